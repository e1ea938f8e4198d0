import { isJsonObject, type JsonObject } from '../../json-value.ts';
import { expressionProblem } from '../expressions/expression.ts';
import { readResource } from '../tasks/resource.ts';
import { aslProblems } from './asl-problems.ts';
import type { Definition, StateType } from './definition.ts';
import { FIELDS, JSONPATH_FIELDS } from './fields.ts';
import { innerLists, variableProblems } from './variable-problems.ts';

/** What is wrong with a definition; each problem names its state. */
export class DefinitionError extends Error {
  override readonly name = 'DefinitionError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/**
 * Reads a state machine. What the local engine would not run as Step Functions does is refused here, never ignored.
 *
 * @param checkLanguage what the language's own rules say; it takes a fifth of a second.
 * @throws DefinitionError
 */
export function parseDefinition(json: string, checkLanguage = aslProblems): Definition {
  const definition = parseObject(json);
  const problems = [
    ...machineProblems(definition),
    ...statesProblems(definition, undefined),
    ...stateNameProblems(definition),
    ...variableProblems(definition),
  ];
  // The validator knows the language's rules, but not what this engine leaves out: its words come second.
  if (problems.length === 0) problems.push(...checkLanguage(definition));
  if (problems.length > 0) throw new DefinitionError(problems);
  return definition as unknown as Definition;
}

function parseObject(json: string): JsonObject {
  let definition: unknown;
  try {
    definition = JSON.parse(json);
  } catch (error) {
    throw new DefinitionError([
      `the definition is not JSON: ${error instanceof Error ? error.message : error}`,
    ]);
  }
  if (!isJsonObject(definition)) throw new DefinitionError(['the definition must be a JSON object']);
  return definition;
}

const MACHINE_FIELDS = ['Comment', 'QueryLanguage', 'StartAt', 'States', 'TimeoutSeconds', 'Version'];

function machineProblems(definition: JsonObject): string[] {
  return Object.keys(definition)
    .filter(field => !MACHINE_FIELDS.includes(field))
    .map(field => `the field ${field} of a state machine is not supported by the local engine`);
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html */
const MAX_NAME_CHARACTERS = 80;

function stateNameProblems(list: JsonObject): string[] {
  if (!isJsonObject(list.States)) return [];
  return Object.entries(list.States).flatMap(([name, state]) => [
    ...(name.length > MAX_NAME_CHARACTERS
      ? [
          `a state's name must have at most ${MAX_NAME_CHARACTERS} characters, got ${name.length} in '${name}'; shorten it`,
        ]
      : []),
    ...(isJsonObject(state) ? innerLists(state).flatMap(stateNameProblems) : []),
  ]);
}

/** @param inherited the query language of what the states are in. */
function statesProblems(list: JsonObject, inherited: string | undefined): string[] {
  const language = typeof list.QueryLanguage === 'string' ? list.QueryLanguage : inherited;
  if (!isJsonObject(list.States)) return [];
  return Object.entries(list.States).flatMap(([name, state]) =>
    isJsonObject(state) ? stateProblems(name, state, language) : [`state ${name} must be an object`],
  );
}

function stateProblems(name: string, state: JsonObject, inherited: string | undefined): string[] {
  const language = state.QueryLanguage ?? inherited ?? 'JSONPath';
  if (language !== 'JSONata') {
    return [
      `state ${name} has the query language ${String(language)}; the local engine runs JSONata only: set QueryLanguage to JSONata`,
    ];
  }
  if (!isStateType(state.Type)) {
    return [
      `state ${name} has the type ${JSON.stringify(state.Type)}, which is not supported by the local engine`,
    ];
  }
  const known = FIELDS[state.Type];
  return [
    ...Object.keys(state)
      .filter(field => !known.includes(field))
      .map(field => fieldProblem(name, state.Type, field)),
    ...expressionProblems(state).map(problem => `state ${name}: ${problem}`),
    ...(state.Type === 'Task' ? resourceProblems(name, state.Resource) : []),
    ...errorNameProblems(name, state),
    ...innerLists(state).flatMap(list => [
      ...processorProblems(name, list),
      ...statesProblems(list, typeof language === 'string' ? language : undefined),
    ]),
  ];
}

function isStateType(type: unknown): type is StateType {
  return typeof type === 'string' && Object.hasOwn(FIELDS, type);
}

function fieldProblem(name: string, type: unknown, field: string): string {
  return JSONPATH_FIELDS.has(field)
    ? `state ${name}: ${field} belongs to JSONPath; a JSONata state has Arguments and Output`
    : `state ${name}: ${field} of ${String(type)} states is not supported by the local engine`;
}

/** Inner states have problems of their own. */
function expressionProblems(state: JsonObject): string[] {
  const { Branches: _branches, ItemProcessor: _processor, ...own } = state;
  return stringsIn(own).flatMap(text => expressionProblem(text) ?? []);
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(stringsIn);
}

function resourceProblems(name: string, resource: unknown): string[] {
  const read = readResource(typeof resource === 'string' ? resource : '');
  return 'problem' in read ? [`state ${name}: ${read.problem}`] : [];
}

/** https://states-language.net/spec.html#errors: `States.ALL` stands alone, and last. */
function errorNameProblems(name: string, state: JsonObject): string[] {
  return ['Retry', 'Catch'].flatMap(field => {
    const handlers = Array.isArray(state[field]) ? state[field].filter(isJsonObject) : [];
    const misplaced = handlers.some(({ ErrorEquals: names }, index) => {
      if (!Array.isArray(names) || !names.includes('States.ALL')) return false;
      return names.length > 1 || index < handlers.length - 1;
    });
    return misplaced
      ? [`state ${name}: States.ALL must be alone in its ErrorEquals, and in the last entry of ${field}`]
      : [];
  });
}

function processorProblems(name: string, { ProcessorConfig: config }: JsonObject): string[] {
  const mode = isJsonObject(config) ? (config.Mode ?? 'INLINE') : 'INLINE';
  return mode === 'INLINE'
    ? []
    : [`state ${name}: a map of mode ${String(mode)} is not supported by the local engine, only INLINE`];
}
