import {
  booleanAt,
  type JsonObject,
  numberAt,
  objectAt,
  oneOfAt,
  required,
  stringAt,
  stringsAt,
} from '../json-value.ts';
import { startFunctionUrl } from '../lambda/function-url.ts';
import type { FunctionUrlCors } from '../lambda/function-url-cors.ts';
import { functionOf } from './function-of.ts';
import type { ResourceType } from './resource-type.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-url.html */
export const functionUrl: ResourceType = {
  properties: ['Cors', 'InvokeMode', 'TargetFunctionArn'],
  // Signatures are not checked: whoever reaches 127.0.0.1 may call.
  withoutEffect: ['AuthType'],

  async create({ properties, cloud }) {
    oneOfAt(properties, 'InvokeMode', ['BUFFERED']);
    const target = functionOf(
      required(stringAt(properties, 'TargetFunctionArn'), 'TargetFunctionArn'),
      cloud,
    );
    const { clock, location } = cloud;
    const { url, stop } = await startFunctionUrl({
      target,
      location,
      clock,
      ...corsOf(objectAt(properties, 'Cors')),
    });
    return {
      ref: target.arn,
      attributes: { FunctionArn: target.arn, FunctionUrl: url },
      summary: { kind: 'functionUrl', functionName: target.name, url },
      stop,
    };
  },
};

function corsOf(declared: JsonObject | undefined): { cors?: FunctionUrlCors } {
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
