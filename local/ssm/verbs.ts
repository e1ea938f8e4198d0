import { ApiError } from '../json-api/api-error.ts';
import type { JsonVerb } from '../json-api/handle-json-api.ts';
import { booleanAt, oneOfAt, required, stringAt, stringsAt } from '../json-value.ts';
import { PARAMETER_TYPES, type Parameter, type ParameterStore } from './parameter-store.ts';

type Verb = JsonVerb<ParameterStore>;

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html */
const getParameter: Verb = (store, input, authorize) => {
  const name = required(stringAt(input, 'Name'), 'Name');
  authorize?.('ssm:GetParameter', name.startsWith('arn:') ? name : store.arnOf(name));
  const parameter = store.find(name);
  if (!parameter) throw new ApiError('ParameterNotFound', `The parameter ${name} does not exist.`);
  return { Parameter: answerOf(parameter, store, booleanAt(input, 'WithDecryption') ?? false) };
};

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html */
const getParameters: Verb = (store, input, authorize) => {
  const names = required(stringsAt(input, 'Names'), 'Names');
  for (const name of names)
    authorize?.('ssm:GetParameters', name.startsWith('arn:') ? name : store.arnOf(name));
  const decrypted = booleanAt(input, 'WithDecryption') ?? false;
  const found = names.flatMap(name => store.find(name) ?? []);
  return {
    Parameters: found.map(parameter => answerOf(parameter, store, decrypted)),
    InvalidParameters: names.filter(name => store.find(name) === undefined),
  };
};

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html */
const putParameter: Verb = (store, input, authorize) => {
  const name = required(stringAt(input, 'Name'), 'Name');
  authorize?.('ssm:PutParameter', store.arnOf(name));
  const type = oneOfAt(input, 'Type', PARAMETER_TYPES) ?? store.find(name)?.type;
  const overwrite = booleanAt(input, 'Overwrite') ?? false;
  const { version } = store.put(name, required(type, 'Type'), required(stringAt(input, 'Value'), 'Value'), {
    overwrite,
  });
  return { Version: version, Tier: 'Standard' };
};

/** All others of the API are refused by name. */
export const SSM_VERBS: Readonly<Record<string, Verb>> = {
  GetParameter: getParameter,
  GetParameters: getParameters,
  PutParameter: putParameter,
};

/** A secret that nobody asked to decrypt is answered as what it is not. */
function answerOf(
  { name, type, value, version, changedAtMs }: Parameter,
  store: ParameterStore,
  decrypted: boolean,
) {
  const hidden = type === 'SecureString' && !decrypted;
  return {
    Name: name,
    Type: type,
    Value: hidden ? Buffer.from('not decrypted').toString('base64') : value,
    Version: version,
    LastModifiedDate: changedAtMs / 1000,
    ARN: store.arnOf(name),
    DataType: 'text',
  };
}
