import { randomInt } from 'node:crypto';
import { booleanAt, type JsonObject, numberAt, onlyKnown, parseJsonObject, stringAt } from '../json-value.ts';
import { StartError } from '../start-error.ts';

const LOWERCASE = 'abcdefghijklmnopqrstuvwxyz';
/** As AWS lists it: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html */
const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

/**
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-secretsmanager-secret-generatesecretstring.html
 *
 * @throws StartError for what no password can be
 */
export function generateSecretString(options: JsonObject): string {
  onlyKnown(options, [
    'ExcludeCharacters',
    'ExcludeLowercase',
    'ExcludeNumbers',
    'ExcludePunctuation',
    'ExcludeUppercase',
    'GenerateStringKey',
    'IncludeSpace',
    'PasswordLength',
    'RequireEachIncludedType',
    'SecretStringTemplate',
  ]);
  const password = generatePassword(options);
  const [key, template] = [stringAt(options, 'GenerateStringKey'), stringAt(options, 'SecretStringTemplate')];
  if (key === undefined && template === undefined) return password;
  if (key === undefined || template === undefined) {
    throw new StartError('GenerateStringKey and SecretStringTemplate must be given together');
  }
  return JSON.stringify({ ...parseTemplate(template), [key]: password });
}

function parseTemplate(template: string): JsonObject {
  const value = parseJsonObject(template);
  if (value === undefined)
    throw new StartError(`SecretStringTemplate must be a JSON object, got ${template}`);
  return value;
}

function generatePassword(options: JsonObject): string {
  const excluded = stringAt(options, 'ExcludeCharacters') ?? '';
  const included = (key: string, characters: string) => (booleanAt(options, key) ? '' : characters);
  const types = [
    included('ExcludeLowercase', LOWERCASE),
    included('ExcludeUppercase', LOWERCASE.toUpperCase()),
    included('ExcludeNumbers', '0123456789'),
    included('ExcludePunctuation', PUNCTUATION),
    booleanAt(options, 'IncludeSpace') ? ' ' : '',
  ]
    .map(characters => [...characters].filter(character => !excluded.includes(character)))
    .filter(characters => characters.length > 0);
  const all = types.flat();
  const length = numberAt(options, 'PasswordLength') ?? 32;
  const mustHave = booleanAt(options, 'RequireEachIncludedType') === false ? [] : types;
  if (all.length === 0 || !(length >= Math.max(1, mustHave.length) && length <= 4096)) {
    throw new StartError(`no password of ${length} characters has these types of characters`);
  }
  const characters = [
    ...mustHave.map(pick),
    ...Array.from({ length: length - mustHave.length }, () => pick(all)),
  ];
  return shuffle(characters).join('');
}

function pick(characters: readonly string[]): string {
  return characters[randomInt(characters.length)] ?? '';
}

function shuffle(characters: string[]): string[] {
  for (let last = characters.length - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    const character = characters[last] ?? '';
    characters[last] = characters[other] ?? '';
    characters[other] = character;
  }
  return characters;
}
