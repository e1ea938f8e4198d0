import * as cloudformation from '@aws-sdk/client-cloudformation';
import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as eventbridge from '@aws-sdk/client-eventbridge';
import * as lambda from '@aws-sdk/client-lambda';
import * as s3 from '@aws-sdk/client-s3';
import * as scheduler from '@aws-sdk/client-scheduler';
import * as secretsmanager from '@aws-sdk/client-secrets-manager';
import * as sfn from '@aws-sdk/client-sfn';
import * as sns from '@aws-sdk/client-sns';
import * as sqs from '@aws-sdk/client-sqs';
import * as ssm from '@aws-sdk/client-ssm';
import { createRealClock } from '../../../local/clock.ts';
import { ACTIONS as CLOUDFORMATION_ACTIONS } from '../../../local/cloudformation/actions.ts';
import { createDynamoDbService } from '../../../local/dynamodb/dynamodb-service.ts';
import { EVENTS_VERBS } from '../../../local/events/verbs.ts';
import { OPERATIONS as LAMBDA_OPERATIONS } from '../../../local/lambda/invoke-api.ts';
import { S3Error } from '../../../local/s3/s3-error.ts';
import { refuseUnsupported } from '../../../local/s3/unsupported.ts';
import { ROUTES } from '../../../local/scheduler/verbs.ts';
import { SECRETS_MANAGER_VERBS } from '../../../local/secrets-manager/verbs.ts';
import { ACTIONS } from '../../../local/sns/actions.ts';
import { VERBS } from '../../../local/sqs/verbs.ts';
import { SSM_VERBS } from '../../../local/ssm/verbs.ts';
import { VERBS as STEP_FUNCTIONS_VERBS } from '../../../local/step-functions/verbs.ts';

export interface Api {
  /** What the engine dispatches. */
  readonly served: readonly string[];
  /** What else is in the SDK's client. */
  readonly refused: readonly string[];
}

/** Each service's operations: all that the SDK's client has, by what the engine does with them. */
export async function readApis() {
  return {
    sqs: split(sqs, servedBy(VERBS)),
    sns: split(sns, operation => Object.hasOwn(ACTIONS, operation)),
    stepFunctions: split(sfn, servedBy(STEP_FUNCTIONS_VERBS)),
    dynamodb: split(dynamodb, await dynamoDbOperations()),
    s3: split(s3, await s3Operations()),
    lambda: split(lambda, operation =>
      Object.values(LAMBDA_OPERATIONS).some(served => served.operation === operation),
    ),
    cloudFormation: split(cloudformation, servedBy(CLOUDFORMATION_ACTIONS)),
    secretsManager: split(secretsmanager, operation => Object.hasOwn(SECRETS_MANAGER_VERBS, operation)),
    ssm: split(ssm, operation => Object.hasOwn(SSM_VERBS, operation)),
    events: split(eventbridge, operation => Object.hasOwn(EVENTS_VERBS, operation)),
    scheduler: split(scheduler, operation => Object.hasOwn(ROUTES, operation)),
  } satisfies Record<string, Api>;
}

function servedBy(verbs: Readonly<Record<string, unknown>>): (operation: string) => boolean {
  return operation => Object.hasOwn(verbs, operation) && verbs[operation] !== 'refused';
}

function split(client: object, isServed: (operation: string) => boolean): Api {
  const operations = commandsOf(client);
  return { served: operations.filter(isServed), refused: operations.filter(name => !isServed(name)) };
}

function commandsOf(client: object): string[] {
  return Object.keys(client)
    .filter(name => name.endsWith('Command') && name !== '$Command')
    .map(name => name.slice(0, -'Command'.length))
    .sort();
}

async function dynamoDbOperations(): Promise<(operation: string) => boolean> {
  const location = { region: 'us-east-1', accountId: '000000000000', endpoint: 'http://127.0.0.1:0' };
  const service = createDynamoDbService({ clock: createRealClock(), location });
  await service.stop();
  return operation => service.operations.includes(operation);
}

/** Has every member that S3's requests require in their path, query or headers. */
const ANY_INPUT = {
  Bucket: 'bucket',
  Key: 'key',
  Id: 'id',
  UploadId: 'upload',
  PartNumber: 1,
  CopySource: 'bucket/key',
  RenameSource: 'key',
  RequestRoute: 'route',
  RequestToken: 'token',
  Annotation: 'annotation',
  AnnotationName: 'annotation',
  MultipartUpload: {},
  Body: '',
  Delete: { Objects: [] },
  ObjectAttributes: ['ETag'],
};

/** Not the same request as what it is called: the engine takes it for another one. */
const NOT_ITSELF = ['ListDirectoryBuckets', 'WriteGetObjectResponse'];

/** S3's operations have no names on the wire, so each one's request is built and shown to what refuses requests. */
async function s3Operations(): Promise<(operation: string) => boolean> {
  const served = new Set<string>();
  for (const operation of commandsOf(s3)) {
    const request = await s3RequestOf(operation);
    if (!NOT_ITSELF.includes(operation) && isServed(request)) served.add(operation);
  }
  return operation => served.has(operation);
}

type Request = Parameters<typeof refuseUnsupported>[0];

async function s3RequestOf(operation: string): Promise<Request> {
  let request: Request | undefined;
  const client = new s3.S3Client({
    region: 'us-east-1',
    endpoint: 'http://127.0.0.1:1',
    credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
    maxAttempts: 1,
    // It warns of bodies without a length.
    logger: { debug() {}, info() {}, warn() {}, error() {} },
  });
  client.middlewareStack.add(
    () => async args => {
      const { method, path, query, headers } = args.request as Record<string, unknown> & Request;
      const parameters = new URLSearchParams(query as Record<string, string>);
      request = { method, url: `${String(path)}?${parameters}`, headers };
      throw new Error('not sent');
    },
    { step: 'finalizeRequest', priority: 'low' },
  );
  const Command = Reflect.get(s3, `${operation}Command`) as new (input: object) => s3.GetObjectCommand;
  const sent = await client.send(new Command(ANY_INPUT)).catch((error: unknown) => error);
  client.destroy();
  if (!request)
    throw new Error(`${operation} made no request; ANY_INPUT lacks what it requires`, { cause: sent });
  return request;
}

function isServed(request: Request): boolean {
  try {
    refuseUnsupported(request);
    return true;
  } catch (error) {
    if (error instanceof S3Error) return false;
    throw error;
  }
}
