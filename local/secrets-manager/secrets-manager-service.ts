import type { Clock } from '../clock.ts';
import { handleJsonApi } from '../json-api/handle-json-api.ts';
import { type JsonObject, numberAt, objectAt, required, stringAt } from '../json-value.ts';
import type { Location, Service } from '../service.ts';
import { type Secret, SecretStore, type SecretValue, type SecretVersion } from './secret-store.ts';
import { SECRETS_MANAGER_VERBS } from './verbs.ts';

/** Secrets Manager in memory: enough to read secrets, and to give them a value. */
export interface SecretsManagerService extends Service {
  /** @throws ApiError for a name that is taken or not allowed */
  createSecret(name: string, value: SecretValue, description?: string): Secret;
  save(): readonly JsonObject[];
  restore(saved: readonly JsonObject[]): readonly string[];
}

export function createSecretsManagerService(options: {
  clock: Clock;
  location: Location;
}): SecretsManagerService {
  const store = new SecretStore(options);
  const api = { name: 'Secrets Manager', verbs: SECRETS_MANAGER_VERBS, invalid: 'InvalidParameterException' };
  return {
    signingName: 'secretsmanager',
    handle: (request, response, authorize) => handleJsonApi(api, store, request, response, authorize),
    stop: async () => {},
    createSecret: (name, value, description) => store.create(name, value, description),
    save: () => store.save(),
    restore(saved) {
      for (const entry of saved) {
        const name = required(stringAt(entry, 'name'), 'name');
        const current = readVersion(required(objectAt(entry, 'current'), 'current'));
        const previous = objectAt(entry, 'previous');
        const secret = store.find(name) ?? store.create(name, current);
        secret.current = current;
        secret.previous = previous && readVersion(previous);
      }
      return [];
    },
  };
}

function readVersion(saved: JsonObject): SecretVersion {
  return {
    id: required(stringAt(saved, 'id'), 'id'),
    createdAtMs: required(numberAt(saved, 'createdAtMs'), 'createdAtMs'),
    string: stringAt(saved, 'string'),
    binary: stringAt(saved, 'binary'),
  };
}
