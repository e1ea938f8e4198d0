import { randomUUID } from 'node:crypto';
import { ApiError } from '../json-api/api-error.ts';
import type { JsonVerb } from '../json-api/handle-json-api.ts';
import { type JsonObject, numberAt, required, stringAt } from '../json-value.ts';
import type { Authorize } from '../permissions/access-denied.ts';
import type { Secret, SecretStore } from './secret-store.ts';

type Verb = JsonVerb<SecretStore>;

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html */
const getSecretValue: Verb = (store, input, authorize) => {
  const secret = secretOf(store, input, 'GetSecretValue', authorize);
  const id = stringAt(input, 'VersionId');
  const stage = stringAt(input, 'VersionStage') ?? (id === undefined ? 'AWSCURRENT' : undefined);
  const found = stagesOf(secret).find(
    one => (id === undefined || one.version.id === id) && (stage === undefined || one.stage === stage),
  );
  if (!found) {
    const asked = id === undefined ? `staging label: ${stage}` : `VersionId: ${id}`;
    throw new ApiError(
      'ResourceNotFoundException',
      `Secrets Manager can't find the specified secret value for ${asked}`,
    );
  }
  const { version } = found;
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: version.id,
    VersionStages: [found.stage],
    CreatedDate: version.createdAtMs / 1000,
    ...(version.string !== undefined && { SecretString: version.string }),
    ...(version.binary !== undefined && { SecretBinary: version.binary }),
  };
};

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html */
const putSecretValue: Verb = (store, input, authorize) => {
  const secret = secretOf(store, input, 'PutSecretValue', authorize);
  const token = stringAt(input, 'ClientRequestToken') ?? randomUUID();
  const { id } = store.put(secret, givenValue(input), token);
  return { ARN: secret.arn, Name: secret.name, VersionId: id, VersionStages: ['AWSCURRENT'] };
};

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html */
const createSecret: Verb = (store, input, authorize) => {
  const name = required(stringAt(input, 'Name'), 'Name');
  authorize?.('secretsmanager:CreateSecret', name);
  const { arn, current } = store.create(name, givenValue(input), stringAt(input, 'Description'));
  return { ARN: arn, Name: name, VersionId: current.id };
};

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html */
const describeSecret: Verb = (store, input, authorize) =>
  description(secretOf(store, input, 'DescribeSecret', authorize));

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecrets.html */
const listSecrets: Verb = (store, input, authorize) => {
  authorize?.('secretsmanager:ListSecrets', '*');
  const from = Number(stringAt(input, 'NextToken') ?? 0);
  const size = numberAt(input, 'MaxResults') ?? 100;
  const all = store.all();
  const more = from + size < all.length && { NextToken: String(from + size) };
  return { SecretList: all.slice(from, from + size).map(description), ...more };
};

/** All others of the API are refused by name. */
export const SECRETS_MANAGER_VERBS: Readonly<Record<string, Verb>> = {
  CreateSecret: createSecret,
  DescribeSecret: describeSecret,
  GetSecretValue: getSecretValue,
  ListSecrets: listSecrets,
  PutSecretValue: putSecretValue,
};

function secretOf(
  store: SecretStore,
  input: JsonObject,
  action: string,
  authorize: Authorize | undefined,
): Secret {
  const id = required(stringAt(input, 'SecretId'), 'SecretId');
  authorize?.(`secretsmanager:${action}`, store.find(id)?.arn ?? id);
  return store.require(id);
}

function givenValue(input: JsonObject) {
  const [string, binary] = [stringAt(input, 'SecretString'), stringAt(input, 'SecretBinary')];
  if ((string === undefined) !== (binary === undefined)) return { string, binary };
  throw new ApiError('InvalidRequestException', 'You must provide either SecretString or SecretBinary.');
}

function stagesOf({ current, previous }: Secret) {
  return [
    { version: current, stage: 'AWSCURRENT' },
    ...(previous ? [{ version: previous, stage: 'AWSPREVIOUS' }] : []),
  ];
}

function description(secret: Secret): object {
  return {
    ARN: secret.arn,
    Name: secret.name,
    ...(secret.description !== undefined && { Description: secret.description }),
    CreatedDate: secret.createdAtMs / 1000,
    LastChangedDate: secret.current.createdAtMs / 1000,
    VersionIdsToStages: Object.fromEntries(
      stagesOf(secret).map(({ version, stage }) => [version.id, [stage]]),
    ),
  };
}
