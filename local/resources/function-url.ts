import type { Cloud } from '../cloud.ts';
import { objectAt, oneOfAt, required, stringAt } from '../json-value.ts';
import { startFunctionUrl } from '../lambda/function-url.ts';
import { corsOf } from './cors-of.ts';
import { functionOf } from './function-of.ts';
import type { ResourceType } from './resource-type.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-url.html */
export const functionUrl: ResourceType = {
  properties: ['AuthType', 'Cors', 'InvokeMode', 'TargetFunctionArn'],
  withoutEffect: [],

  async create({ properties, cloud }) {
    oneOfAt(properties, 'InvokeMode', ['BUFFERED']);
    const target = functionOf(
      required(stringAt(properties, 'TargetFunctionArn'), 'TargetFunctionArn'),
      cloud,
    );
    const authType = required(oneOfAt(properties, 'AuthType', ['AWS_IAM', 'NONE'] as const), 'AuthType');
    const { clock } = cloud;
    const { url, stop } = await startFunctionUrl({
      target,
      clock,
      onAnswer: status => cloud.cloudwatch.recordUrlRequest(target.name, status),
      // With AWS_IAM: signatures are not checked, so whoever reaches 127.0.0.1 may call, but no page of elsewhere.
      ...(authType === 'NONE'
        ? { authorize: () => authorizeAnybody(cloud, target.arn) }
        : { pagesSign: true }),
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

/**
 * A URL without authentication is public only where the function's policy says so.
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html#urls-auth-none
 *
 * @throws AccessDenied
 */
function authorizeAnybody({ permissions }: Cloud, functionArn: string): void {
  const authorize = permissions.authorizerOfAnybody();
  const keys = { 'lambda:functionurlauthtype': 'NONE', 'lambda:invokedviafunctionurl': 'true' };
  authorize?.('lambda:InvokeFunctionUrl', functionArn, keys);
  authorize?.('lambda:InvokeFunction', functionArn, keys);
}
