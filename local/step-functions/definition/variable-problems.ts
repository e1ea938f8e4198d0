import { isJsonObject, type JsonObject } from '../../json-value.ts';

/** https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html: a Unicode identifier of 80 characters at most. */
const MAX_CHARACTERS = 80;
const IDENTIFIER = /^\p{ID_Start}\p{ID_Continue}*$/u;

/** What Step Functions refuses of the variables that a list of states assigns, and of those within. */
export function variableProblems(list: JsonObject, outer: ReadonlySet<string> = new Set()): string[] {
  const states = isJsonObject(list.States) ? Object.entries(list.States) : [];
  const own = states.flatMap(([state, definition]) =>
    isJsonObject(definition) ? assigned(definition).map(name => ({ state, name })) : [],
  );
  const visible = new Set([...outer, ...own.map(({ name }) => name)]);
  return [
    ...own.flatMap(({ state, name }) =>
      nameProblem(name, outer).map(problem => `state ${state}: ${problem}`),
    ),
    ...states.flatMap(([, state]) =>
      isJsonObject(state) ? innerLists(state).flatMap(inner => variableProblems(inner, visible)) : [],
    ),
  ];
}

/** By the state itself, by its rules and by what it catches. */
function assigned({ Assign, Choices, Catch }: JsonObject): string[] {
  const rules = [Choices, Catch].flatMap(each => (Array.isArray(each) ? each.filter(isJsonObject) : []));
  return [Assign, ...rules.map(rule => rule.Assign)].filter(isJsonObject).flatMap(Object.keys);
}

function nameProblem(name: string, outer: ReadonlySet<string>): string[] {
  if (name === 'states') return ["the variable 'states' is Step Functions' own; give it another name"];
  if (name.length > MAX_CHARACTERS || !IDENTIFIER.test(name)) {
    return [
      `a variable's name must be an identifier of at most ${MAX_CHARACTERS} characters, got '${name}' of ${name.length}`,
    ];
  }
  return outer.has(name)
    ? [`the variable '${name}' is assigned around this Parallel or Map, too; give it another name in here`]
    : [];
}

export function innerLists({ Branches, ItemProcessor }: JsonObject): JsonObject[] {
  return [...(Array.isArray(Branches) ? Branches : []), ItemProcessor].filter(isJsonObject);
}
