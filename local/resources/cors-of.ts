import { booleanAt, type JsonObject, numberAt, stringsAt } from '../json-value.ts';
import type { Cors } from '../lambda/cors.ts';

/** The `Cors` of a function URL, or the `CorsConfiguration` of an HTTP API. */
export function corsOf(declared: JsonObject | undefined): { cors?: Cors } {
  if (declared === undefined) return {};
  const allowCredentials = booleanAt(declared, 'AllowCredentials');
  const maxAgeSeconds = numberAt(declared, 'MaxAge');
  return {
    cors: {
      allowHeaders: stringsAt(declared, 'AllowHeaders') ?? [],
      allowMethods: stringsAt(declared, 'AllowMethods') ?? [],
      allowOrigins: stringsAt(declared, 'AllowOrigins') ?? [],
      exposeHeaders: stringsAt(declared, 'ExposeHeaders') ?? [],
      ...(allowCredentials === undefined ? {} : { allowCredentials }),
      ...(maxAgeSeconds === undefined ? {} : { maxAgeSeconds }),
    },
  };
}
