import type { IncomingMessage } from 'node:http';

/**
 * Of a function URL (https://docs.aws.amazon.com/lambda/latest/api/API_Cors.html) or an HTTP API
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html).
 */
export interface Cors {
  readonly allowCredentials?: boolean;
  readonly allowHeaders?: readonly string[];
  readonly allowMethods?: readonly string[];
  readonly allowOrigins?: readonly string[];
  readonly exposeHeaders?: readonly string[];
  readonly maxAgeSeconds?: number;
}

/** Where CORS is configured, preflights are answered without the function: it is not invoked. */
export function isPreflight(request: IncomingMessage): boolean {
  const { origin } = request.headers;
  return (
    request.method === 'OPTIONS' && origin !== undefined && 'access-control-request-method' in request.headers
  );
}

/** None when the origin is not allowed. */
export function preflightHeaders(request: IncomingMessage, cors: Cors): Record<string, string> {
  const shared = corsHeaders(request, { ...cors, exposeHeaders: [] });
  if (Object.keys(shared).length === 0) return {};
  const { allowMethods = [], allowHeaders = [], maxAgeSeconds } = cors;
  return {
    ...shared,
    ...(allowMethods.length > 0 && { 'access-control-allow-methods': allowMethods.join(',') }),
    ...(allowHeaders.length > 0 && { 'access-control-allow-headers': allowHeaders.join(',') }),
    ...(maxAgeSeconds !== undefined && { 'access-control-max-age': String(maxAgeSeconds) }),
  };
}

/** What is added to the function's answer, over the function's own; none when the origin is not allowed. */
export function corsHeaders(request: IncomingMessage, cors: Cors): Record<string, string> {
  const { origin } = request.headers;
  const { allowOrigins = [], exposeHeaders = [], allowCredentials } = cors;
  const anyOrigin = allowOrigins.includes('*');
  if (origin === undefined || !(anyOrigin || allowOrigins.includes(origin))) return {};
  // Browsers refuse `*` together with credentials.
  const echo = !anyOrigin || allowCredentials;
  return {
    'access-control-allow-origin': echo ? origin : '*',
    ...(echo && { vary: 'Origin' }),
    ...(allowCredentials && { 'access-control-allow-credentials': 'true' }),
    ...(exposeHeaders.length > 0 && { 'access-control-expose-headers': exposeHeaders.join(',') }),
  };
}
