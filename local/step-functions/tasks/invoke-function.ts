import { isJsonObject } from '../../json-value.ts';
import type { InvokeResult } from '../../lambda/function-api.ts';
import type { LambdaService } from '../../lambda/lambda-service.ts';
import type { Authorize } from '../../permissions/access-denied.ts';
import { StateFailure } from '../execution/state-failure.ts';

/**
 * `lambda:invoke` with its answer, and the errors' names that Step Functions gives.
 * https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html
 *
 * @throws StateFailure; AccessDenied
 */
export async function invokeFunction(
  given: unknown,
  lambda: Pick<LambdaService, 'functionByName' | 'invokeAsync'>,
  authorize: Authorize | undefined,
): Promise<unknown> {
  const {
    FunctionName: name,
    Payload = {},
    InvocationType = 'RequestResponse',
  } = isJsonObject(given) ? given : {};
  const target = typeof name === 'string' ? lambda.functionByName(name) : undefined;
  if (target === undefined) {
    throw new StateFailure('Lambda.ResourceNotFoundException', `Function not found: ${String(name)}`);
  }
  authorize?.('lambda:InvokeFunction', target.arn);
  if (InvocationType === 'Event') {
    lambda.invokeAsync(target, Payload);
    return { ExecutedVersion: '$LATEST', StatusCode: 202 };
  }
  return { ExecutedVersion: '$LATEST', Payload: payloadOf(await target.invoke(Payload)), StatusCode: 200 };
}

function payloadOf(result: InvokeResult): unknown {
  switch (result.outcome) {
    case 'succeeded':
      return result.payload;
    case 'failed':
      throw new StateFailure(result.error.errorType, JSON.stringify(result.error));
    case 'throttled':
      throw new StateFailure(
        'Lambda.TooManyRequestsException',
        'Rate Exceeded. (Service: Lambda, Status Code: 429)',
      );
    case 'recursive':
      throw new StateFailure('Lambda.RecursiveInvocationException', 'Lambda stopped a recursive loop.');
  }
}
