import type { Place } from '../place.ts';
import { AccessDenied, type Authorize } from './access-denied.ts';

/** As whom a function logs, and where. */
interface LoggingFunction {
  readonly roleArn: string;
  readonly logGroup: string;
}

/** Which functions' lines reach their log groups. */
export interface Logging {
  set(functionName: string, logs: LoggingFunction): void;
  /** What keeps the function from its log group. */
  denialOf(functionName: string): string | undefined;
}

export function createLogging(options: {
  readonly place: Place;
  /** What is not known of the role. */
  readonly gapsOf: (roleArn: string) => readonly string[];
  readonly authorizerOfFunction: (functionName: string) => Authorize | undefined;
}): Logging {
  const { place, gapsOf, authorizerOfFunction } = options;
  const functions = new Map<string, LoggingFunction>();
  /** Nobody logs before all policies exist, and they stay what they are. */
  const denials = new Map<string, string | undefined>();

  /** https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html#monitoring-cloudwatchlogs-prereqs */
  function findDenial(functionName: string): string | undefined {
    const logs = functions.get(functionName);
    // What is not known of the role may allow it, and is reported as such.
    if (logs === undefined || gapsOf(logs.roleArn).length > 0) return undefined;
    const stream = `arn:aws:logs:${place.region}:${place.accountId}:log-group:${logs.logGroup}:log-stream:any`;
    try {
      for (const action of ['CreateLogStream', 'PutLogEvents'])
        authorizerOfFunction(functionName)?.(`logs:${action}`, stream);
    } catch (error) {
      if (error instanceof AccessDenied) return error.message;
      throw error;
    }
    return undefined;
  }

  return {
    set(functionName, logs) {
      functions.set(functionName, logs);
      denials.delete(functionName);
    },
    denialOf(functionName) {
      if (!denials.has(functionName)) denials.set(functionName, findDenial(functionName));
      return denials.get(functionName);
    },
  };
}
