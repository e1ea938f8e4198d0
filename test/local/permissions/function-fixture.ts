import type { ClientConfig } from '../../../local/client-config.ts';
import type { Engine, EngineOptions } from '../../../local/engine.ts';
import { accessKeyIdOf } from '../../../local/lambda/environment-variables.ts';
import { runningShop } from '../engine/running.ts';

export const FUNCTION = {
  Type: 'AWS::Lambda::Function',
  Properties: {
    FunctionName: 'worker',
    Code: { ZipFile: 'exports.handler = async event => event;' },
    Handler: 'index.handler',
    Runtime: 'nodejs24.x',
    Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
  },
};

export const SESSION = 'arn:aws:sts::000000000000:assumed-role/Worker/worker';

const LOGGING = { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: '*' };

/** It also allows logging, as any role of a function should. */
export function roleWith(statements: readonly object[], properties: object = {}): object {
  const Policies = [
    { PolicyName: 'Inline', PolicyDocument: { Statement: statements } },
    { PolicyName: 'Logging', PolicyDocument: { Statement: LOGGING } },
  ];
  return { Type: 'AWS::IAM::Role', Properties: { RoleName: 'Worker', Policies, ...properties } };
}

export interface Shop {
  readonly engine: Engine;
  /** Makes clients call as the function `worker` does. */
  readonly asFunction: ClientConfig;
}

/** A stack with the function `worker`, its role `Worker` with these statements, and these resources. */
export async function shopWhereWorkerMay(
  statements: readonly object[],
  resources: Readonly<Record<string, object>> = {},
): Promise<Shop> {
  return shopOf({ Role: roleWith(statements), Worker: FUNCTION, ...resources });
}

/** A stack of these resources, with permissions on; one is the function `worker`. */
export async function shopOf(
  resources: Readonly<Record<string, object>>,
  options: Partial<EngineOptions> = {},
): Promise<Shop> {
  const engine = await runningShop({ Resources: resources }, { permissions: 'on', ...options });
  const credentials = { accessKeyId: accessKeyIdOf('worker'), secretAccessKey: 'local' };
  return { engine, asFunction: { ...engine.clientConfig, credentials } };
}
