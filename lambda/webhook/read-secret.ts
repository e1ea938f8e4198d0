import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { SecretPlace } from '../../contract/webhook-environment.ts';
import { textIn } from './webhook-signature.ts';

export interface SecretClients {
  /** @default a client with the SDK's defaults, loaded when the secret lies in Secrets Manager */
  readonly secretsManager?: SecretsManagerClient;
  /** @default a client with the SDK's defaults, loaded when the secret lies in the Parameter Store */
  readonly ssm?: SSMClient;
}

/**
 * Reads the secret, anew each time. Its value has one secret, or, while the provider changes from one to the other,
 * several: one a line.
 *
 * @throws Error when there is none, which names the place and never the value; and whatever AWS answers
 */
export async function readSecret(place: SecretPlace, clients: SecretClients): Promise<readonly string[]> {
  const what = 'secret' in place ? `secret ${place.secret}` : `parameter ${place.parameter}`;
  const value =
    'secret' in place ? await readFromSecretsManager(place, clients) : await readFromSsm(place, clients);
  if (value === undefined) throw new Error(`The ${what} has no value that is text`);
  const field = 'secret' in place ? place.field : undefined;
  const text = field === undefined ? whole(value, what) : fieldOf(value, field, what);
  const secrets = text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '');
  // An empty key would let anybody sign.
  if (secrets.length === 0) throw new Error(`The ${what} is empty: put the provider's signing secret there`);
  return secrets;
}

type In<Key extends string> = Extract<SecretPlace, Readonly<Record<Key, string>>>;

async function readFromSecretsManager({ secret }: In<'secret'>, { secretsManager }: SecretClients) {
  const { SecretsManagerClient, GetSecretValueCommand } = await import('@aws-sdk/client-secrets-manager');
  const client = secretsManager ?? new SecretsManagerClient({});
  return (await client.send(new GetSecretValueCommand({ SecretId: secret }))).SecretString;
}

async function readFromSsm({ parameter }: In<'parameter'>, { ssm }: SecretClients) {
  const { SSMClient, GetParameterCommand } = await import('@aws-sdk/client-ssm');
  const client = ssm ?? new SSMClient({});
  return (await client.send(new GetParameterCommand({ Name: parameter, WithDecryption: true }))).Parameter
    ?.Value;
}

/** The console stores secrets as JSON, and no provider would sign with that. */
function whole(value: string, what: string): string {
  if (typeof parse(value) !== 'object') return value;
  throw new Error(
    `The ${what} is JSON: name the field of it that has the signing secret, by TaskWebhook's secretField`,
  );
}

function fieldOf(value: string, field: string, what: string): string {
  const text = textIn(parse(value), field);
  if (text !== undefined) return text;
  throw new Error(`The ${what} is no JSON object with a text in its field '${field}'`);
}

function parse(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
