import type { Clock } from '../clock.ts';
import { handleJsonApi } from '../json-api/handle-json-api.ts';
import { type JsonObject, numberAt, oneOfAt, required, stringAt } from '../json-value.ts';
import type { Location, Service } from '../service.ts';
import { PARAMETER_TYPES, type Parameter, ParameterStore } from './parameter-store.ts';
import { SSM_VERBS } from './verbs.ts';

/** Systems Manager's Parameter Store in memory: enough to read parameters, and to give them a value. */
export interface SsmService extends Service {
  /** @throws ApiError for a name that is taken or not allowed */
  createParameter(name: string, type: Parameter['type'], value: string): void;
  save(): readonly JsonObject[];
  restore(saved: readonly JsonObject[]): readonly string[];
}

export function createSsmService(options: { clock: Clock; location: Location }): SsmService {
  const store = new ParameterStore(options);
  const fromTemplate = new Map<string, string>();
  const api = { name: 'Systems Manager', verbs: SSM_VERBS, invalid: 'ValidationException' };
  return {
    signingName: 'ssm',
    handle: (request, response, authorize) => handleJsonApi(api, store, request, response, authorize),
    stop: async () => {},
    createParameter(name, type, value) {
      store.put(name, type, value);
      fromTemplate.set(name, value);
    },
    save: () => store.save().map(saved => ({ ...saved, template: fromTemplate.get(String(saved.name)) })),
    restore(saved) {
      for (const entry of saved) {
        const parameter = readParameter(entry);
        // A value that the template has changed is the template's.
        const template = fromTemplate.get(parameter.name);
        if (template === stringAt(entry, 'template')) store.restore(parameter);
      }
      return [];
    },
  };
}

function readParameter(saved: JsonObject): Parameter {
  return {
    name: required(stringAt(saved, 'name'), 'name'),
    type: required(oneOfAt(saved, 'type', PARAMETER_TYPES), 'type'),
    value: required(stringAt(saved, 'value'), 'value'),
    version: required(numberAt(saved, 'version'), 'version'),
    changedAtMs: required(numberAt(saved, 'changedAtMs'), 'changedAtMs'),
  };
}
