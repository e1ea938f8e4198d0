import type { IncomingMessage } from 'node:http';

/**
 * Who calls: the access key id a request was signed with, or undefined when it carries no SigV4 credential.
 * Signatures are not verified: the engine has no secrets to protect and accepts any credentials, as long as a
 * request says which key it was signed with.
 */
export function callerOf(request: IncomingMessage): string | undefined {
  return credentialOf(request)?.accessKeyId;
}

/** The service a request is for, by the name it was signed for, else by its `x-amz-target`. */
export function signingNameOf(request: IncomingMessage): string | undefined {
  return credentialOf(request)?.signingName ?? signingNameOfTarget(request.headers['x-amz-target']);
}

const AUTHORIZATION = /^AWS4-\S+\s.*?\bCredential=([^,\s]+)/;
/** `AKID/20261122/eu-west-1/sqs/aws4_request`; multi-region signatures (SigV4A) have no region. */
const CREDENTIAL = /^([^/]+)\/\d{8}\/(?:[^/]+\/)?([^/]+)\/aws4_request$/;

function credentialOf(request: IncomingMessage): { accessKeyId: string; signingName: string } | undefined {
  const credential =
    AUTHORIZATION.exec(request.headers.authorization ?? '')?.[1] ?? presignedCredential(request.url ?? '');
  const [, accessKeyId, signingName] = CREDENTIAL.exec(credential ?? '') ?? [];
  return accessKeyId && signingName ? { accessKeyId, signingName } : undefined;
}

function presignedCredential(url: string): string | null {
  return url.includes('X-Amz-Credential=')
    ? new URLSearchParams(url.slice(url.indexOf('?') + 1)).get('X-Amz-Credential')
    : null;
}

const SIGNING_NAMES: ReadonlyMap<string, string> = new Map([
  ['AmazonSQS', 'sqs'],
  ['DynamoDB_20120810', 'dynamodb'],
  ['AWSStepFunctions', 'states'],
]);

function signingNameOfTarget(target: string | string[] | undefined): string | undefined {
  return typeof target === 'string' ? SIGNING_NAMES.get(target.slice(0, target.indexOf('.'))) : undefined;
}
