import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { required } from '../../environment.ts';

const MAX_AGE_MS = 5 * 60_000;

const client = new SecretsManagerClient();
let read: { readonly at: number; readonly secret: string } | undefined;

/** Read anew every five minutes. An application would have one for each endpoint. */
export async function signingSecret(): Promise<string> {
  if (read === undefined || Date.now() - read.at > MAX_AGE_MS) {
    const SecretId = required('SIGNING_SECRET');
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId }));
    if (!SecretString) throw new Error(`The secret ${SecretId} has no text`);
    read = { at: Date.now(), secret: SecretString };
  }
  return read.secret;
}
