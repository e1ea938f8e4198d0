import type { Clock } from '../../clock.ts';
import type { LambdaService } from '../../lambda/lambda-service.ts';
import { AccessDenied, type Authorize } from '../../permissions/access-denied.ts';
import type { Message } from '../../sns/topics.ts';
import { StateFailure } from '../execution/state-failure.ts';
import type { StateMachine } from '../state-machine.ts';
import type { AwsCall, CallAws } from './call-aws.ts';
import { invokeFunction } from './invoke-function.ts';
import { publish } from './publish.ts';
import { type Credentials, type SdkEndpoint, sdkCall } from './sdk-call.ts';

/** What tasks can reach. */
export interface TaskTargets {
  readonly lambda: Pick<LambdaService, 'functionByName' | 'invokeAsync'>;
  readonly sns: { publish(topicArn: string, message: Message): string };
  /** Undefined: everything is allowed. */
  readonly authorizerOf: (machine: StateMachine) => Authorize | undefined;
  readonly credentialsOf: (machine: StateMachine) => Credentials;
  readonly endpoint: SdkEndpoint;
  /** For the time that a request is under way. */
  readonly hold: Clock['hold'];
}

/** Calls services as Step Functions does, with the permissions of the machine's role. */
export function awsCallsOf(machine: StateMachine, targets: () => TaskTargets): CallAws {
  return async call => {
    const { lambda, sns, authorizerOf, credentialsOf, endpoint, hold } = targets();
    try {
      switch (`${call.service}:${call.action}`) {
        case 'lambda:invoke':
          return await invokeFunction(call.arguments, lambda, authorizerOf(machine));
        case 'sns:publish':
          return publish(call.arguments, sns, authorizerOf(machine));
        default:
          return await during(hold, sdkCall(asApiHasIt(call), endpoint, credentialsOf(machine)));
      }
    } catch (error) {
      if (error instanceof AccessDenied) throw new StateFailure('States.Permissions', error.message);
      throw error;
    }
  };
}

async function during<T>(hold: Clock['hold'], request: Promise<T>): Promise<T> {
  const release = hold();
  try {
    return await request;
  } finally {
    release();
  }
}

/** The optimized integration of SQS takes a body of any JSON, and sends its text. */
function asApiHasIt(call: AwsCall): AwsCall {
  if (call.service !== 'sqs' || typeof call.arguments !== 'object' || call.arguments === null) return call;
  const { MessageBody: body, ...rest } = call.arguments as { readonly MessageBody?: unknown };
  if (body === undefined || typeof body === 'string') return call;
  return { ...call, arguments: { ...rest, MessageBody: JSON.stringify(body) } };
}
