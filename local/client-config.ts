import type { Location } from './service.ts';

/** Accepted by every service here; no service checks them. */
const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };

export interface ClientConfig {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export function clientConfig({ endpoint, region }: Location): ClientConfig {
  return { endpoint, region, credentials: CREDENTIALS };
}

/** https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html */
export function clientEnvironment({ endpoint, region }: Location): Readonly<Record<string, string>> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
  };
}
