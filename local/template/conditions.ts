import { isJsonObject, type JsonObject } from '../json-value.ts';
import { StartError } from '../start-error.ts';
import { intrinsicOf } from './resolve.ts';

/** Says whether the condition of that name holds. */
export type Conditions = (name: string) => boolean;

/**
 * Evaluates the template's `Conditions`, each when it is first asked for: they may name each other.
 *
 * @param resolve resolves what the conditions compare: parameters and mappings, never resources.
 */
export function evaluateConditions(
  declared: JsonObject,
  resolve: (value: unknown, where: string) => unknown,
): Conditions {
  const known = new Map<string, boolean>();
  const inProgress = new Set<string>();

  function holds(name: string): boolean {
    const answer = known.get(name);
    if (answer !== undefined) return answer;
    const where = `Conditions.${name}`;
    if (!Object.hasOwn(declared, name)) throw new StartError(`${where} is not declared`);
    if (inProgress.has(name)) throw new StartError(`${where} depends on itself`);
    inProgress.add(name);
    const result = evaluate(declared[name], where);
    known.set(name, result);
    return result;
  }

  function evaluate(expression: unknown, where: string): boolean {
    if (!isJsonObject(expression)) return fail(expression, where);
    if (typeof expression.Condition === 'string') return holds(expression.Condition);
    const name = intrinsicOf(expression) ?? '';
    const operands = expression[name];
    if (!Array.isArray(operands)) return fail(expression, where);
    const [first, second] = operands;
    const at = `${where}, ${name}`;
    switch (name) {
      case 'Fn::And':
        return operands.every(operand => evaluate(operand, at));
      case 'Fn::Or':
        return operands.some(operand => evaluate(operand, at));
      case 'Fn::Not':
        return !evaluate(first, at);
      case 'Fn::Equals':
        return asText(resolve(first, at)) === asText(resolve(second, at));
      case 'Fn::Contains': {
        const items = resolve(first, at);
        return Array.isArray(items) && items.map(asText).includes(asText(resolve(second, at)));
      }
      default:
        return fail(expression, where);
    }
  }

  return holds;
}

/**
 * Decides every `Fn::If` in a value and takes out what is `AWS::NoValue`; undefined when the value itself is.
 * It runs before anything is created, so that an unused branch neither counts as a reference nor as a property.
 */
export function chooseBranches(value: unknown, conditions: Conditions, where: string): unknown {
  if (Array.isArray(value)) {
    return value
      .map((item, index) => chooseBranches(item, conditions, `${where}[${index}]`))
      .filter(item => item !== undefined);
  }
  if (!isJsonObject(value)) return value;
  const intrinsic = intrinsicOf(value);
  if (intrinsic === 'Ref' && value.Ref === 'AWS::NoValue') return undefined;
  if (intrinsic === 'Fn::If')
    return chooseBranches(branchOf(value['Fn::If'], conditions, where), conditions, where);
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, item]) => [key, chooseBranches(item, conditions, `${where}.${key}`)] as const)
      .filter(([, item]) => item !== undefined),
  );
}

function branchOf(argument: unknown, conditions: Conditions, where: string): unknown {
  if (!Array.isArray(argument) || argument.length !== 3 || typeof argument[0] !== 'string') {
    throw new StartError(
      `${where}, Fn::If: expected [condition, then, else], got ${JSON.stringify(argument)}`,
    );
  }
  return conditions(argument[0]) ? argument[1] : argument[2];
}

function fail(expression: unknown, where: string): never {
  throw new StartError(
    `${where}: expected Fn::And, Fn::Or, Fn::Not, Fn::Equals, Fn::Contains or Condition, got ${JSON.stringify(expression)}`,
  );
}

/** CloudFormation compares parameters, which are always text, with numbers and booleans as written. */
function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
