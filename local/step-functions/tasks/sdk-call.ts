import { isJsonObject } from '../../json-value.ts';
import { StateFailure } from '../execution/state-failure.ts';
import type { AwsCall } from './call-aws.ts';

export interface SdkEndpoint {
  readonly endpoint: string;
  readonly region: string;
}

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** An SDK client's module: its classes by their names. */
type SdkModule = Readonly<Record<string, unknown>>;

interface SdkService {
  readonly load: () => Promise<SdkModule>;
  readonly client: string;
  /** What the names of its errors begin with, and in optimized integrations. */
  readonly errors: readonly [sdk: string, optimized: string];
}

const SERVICES: Readonly<Record<string, SdkService>> = {
  dynamodb: {
    load: () => import('@aws-sdk/client-dynamodb'),
    client: 'DynamoDBClient',
    errors: ['DynamoDb', 'DynamoDB'],
  },
  s3: { load: () => import('@aws-sdk/client-s3'), client: 'S3Client', errors: ['S3', 'S3'] },
  sfn: { load: () => import('@aws-sdk/client-sfn'), client: 'SFNClient', errors: ['Sfn', 'Sfn'] },
  sqs: { load: () => import('@aws-sdk/client-sqs'), client: 'SQSClient', errors: ['Sqs', 'SQS'] },
};

interface SdkClient {
  send(command: unknown): Promise<unknown>;
  destroy(): void;
}

/**
 * Calls an action of a service through its SDK client, as the AWS SDK integrations do.
 * https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
 *
 * @throws StateFailure named as the service's error: `DynamoDb.ConditionalCheckFailedException`
 */
export async function sdkCall(
  { service, action, optimized, arguments: given }: AwsCall,
  { endpoint, region }: SdkEndpoint,
  credentials: Credentials,
): Promise<unknown> {
  const known = SERVICES[service];
  if (known === undefined) throw new StateFailure('States.Runtime', `${service} has no SDK client here`);
  const module = await known.load();
  const commandName = `${action[0]?.toUpperCase()}${action.slice(1)}Command`;
  const [Client, Command] = [classOf(module, known.client), classOf(module, commandName)];
  if (!Client || !Command) {
    throw new StateFailure('States.Runtime', `The service ${service} has no action ${action}`);
  }
  const client = new Client({
    endpoint,
    region,
    credentials,
    maxAttempts: 1,
    forcePathStyle: true,
  }) as SdkClient;
  try {
    return await plain(
      await client.send(new Command(service === 'sfn' ? recased(given, 'toLowerCase') : given)),
    );
  } catch (error) {
    throw error instanceof StateFailure ? error : failureOf(error, known.errors[optimized ? 1 : 0]);
  } finally {
    client.destroy();
  }

  /** What is passed on is JSON: a body that streams is its text, and what belongs to HTTP is left out. */
  async function plain(answer: unknown): Promise<unknown> {
    if (!isJsonObject(answer)) return {};
    const { $metadata: _http, Body, ...fields } = answer;
    const text = hasText(Body) ? { Body: await Body.transformToString() } : {};
    const json: unknown = JSON.parse(JSON.stringify({ ...fields, ...text }));
    return service === 'sfn' ? recased(json, 'toUpperCase') : json;
  }
}

function classOf(module: SdkModule, name: string): (new (input: unknown) => unknown) | undefined {
  const found = module[name];
  return typeof found === 'function' ? (found as new (input: unknown) => unknown) : undefined;
}

function hasText(body: unknown): body is { transformToString(): Promise<string> } {
  return typeof body === 'object' && body !== null && 'transformToString' in body;
}

/** Step Functions writes its own API's fields with a capital, where the API has none. */
function recased(object: unknown, how: 'toLowerCase' | 'toUpperCase'): unknown {
  if (!isJsonObject(object)) return object;
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => [`${key[0]?.[how]() ?? ''}${key.slice(1)}`, value]),
  );
}

function failureOf(error: unknown, prefix: string): StateFailure {
  const { name, message } =
    error instanceof Error ? error : { name: 'SdkClientException', message: String(error) };
  return new StateFailure(`${prefix}.${name.endsWith('Exception') ? name : `${name}Exception`}`, message);
}
