import { BlockList, isIP } from 'node:net';
import { isJsonObject } from '../json-value.ts';
import { invalidPattern } from './invalid-pattern.ts';

type Test = (leaf: unknown) => boolean;

/** Whether a value of a field matches; `absent` asks for a field that has none. */
export type Matcher = Test | 'absent';

type Operator = (operand: unknown, fail: (expected: string) => never) => Test;

/**
 * One item of a field's list: a value, or an object with one operator.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 *
 * @throws ApiError InvalidEventPatternException
 */
export function compileMatcher(field: string, item: unknown): Matcher {
  if (!isJsonObject(item)) {
    if (Array.isArray(item)) throw invalidPattern(`"${field}": a list must not be in a list`);
    return leaf => leaf === item;
  }
  const [[name = '', operand] = [], ...others] = Object.entries(item);
  if (others.length > 0) throw invalidPattern(`"${field}": only one operator is allowed in an object`);
  if (name !== 'exists') return compileTest(field, name, operand);
  if (typeof operand !== 'boolean') throw invalidPattern(`"${field}": exists must be true or false`);
  return operand ? () => true : 'absent';
}

export function isOperator(name: string): boolean {
  return name === 'exists' || Object.hasOwn(OPERATORS, name);
}

function compileTest(field: string, name: string, operand: unknown): Test {
  const operator = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
  if (!operator) throw invalidPattern(`"${field}": unrecognized match type ${name}`);
  return operator(operand, expected => {
    throw invalidPattern(`"${field}": ${name} must be ${expected}, got ${JSON.stringify(operand)}`);
  });
}

const OPERATORS: Readonly<Record<string, Operator>> = {
  prefix: (operand, fail) => affix(operand, fail, (text, part) => text.startsWith(part)),
  suffix: (operand, fail) => affix(operand, fail, (text, part) => text.endsWith(part)),
  'equals-ignore-case': (operand, fail) => {
    const expected = textOf(operand, fail).toLowerCase();
    return leaf => typeof leaf === 'string' && leaf.toLowerCase() === expected;
  },
  wildcard: (operand, fail) => {
    const expression = compileWildcard(textOf(operand, fail), fail);
    return leaf => typeof leaf === 'string' && expression.test(leaf);
  },
  numeric: compileNumeric,
  cidr: (operand, fail) => {
    const [address = '', bits = '', ...rest] = textOf(operand, fail).split('/');
    const version = isIP(address);
    if (
      version === 0 ||
      rest.length > 0 ||
      !/^\d{1,3}$/.test(bits) ||
      Number(bits) > (version === 4 ? 32 : 128)
    ) {
      return fail('an address and a number of bits, such as 10.0.0.0/24');
    }
    const block = new BlockList();
    const family = version === 4 ? 'ipv4' : 'ipv6';
    block.addSubnet(address, Number(bits), family);
    return leaf => typeof leaf === 'string' && isIP(leaf) === version && block.check(leaf, family);
  },
  'anything-but': compileAnythingBut,
};

/** `{ "prefix": "a" }` or `{ "prefix": { "equals-ignore-case": "a" } }` */
function affix(
  operand: unknown,
  fail: (expected: string) => never,
  holds: (text: string, part: string) => boolean,
): Test {
  if (isJsonObject(operand)) {
    const { 'equals-ignore-case': part, ...others } = operand;
    if (typeof part !== 'string' || Object.keys(others).length > 0)
      return fail('a string or equals-ignore-case');
    return leaf => typeof leaf === 'string' && holds(leaf.toLowerCase(), part.toLowerCase());
  }
  const part = textOf(operand, fail);
  return leaf => typeof leaf === 'string' && holds(leaf, part);
}

function textOf(operand: unknown, fail: (expected: string) => never): string {
  return typeof operand === 'string' ? operand : fail('a string');
}

/** `*` is any text; `\*` is an asterisk, `\\` a backslash. Two in a row are not allowed. */
function compileWildcard(pattern: string, fail: (expected: string) => never): RegExp {
  const tokens = pattern.match(/\\[\\*]|[\s\S]/g) ?? [];
  const source = tokens.map((token, index) => {
    if (token === '*') return tokens[index - 1] === '*' ? fail('without two * in a row') : '.*';
    if (token === '\\') return fail('without a \\ before another character than * and \\');
    return token.slice(-1).replace(/[\\^$.*+?()[\]{}|/-]/, '\\$&');
  });
  return new RegExp(`^${source.join('')}$`, 's');
}

const COMPARISONS: ReadonlyMap<unknown, (value: number, limit: number) => boolean> = new Map([
  ['=', (value, limit) => value === limit],
  ['<', (value, limit) => value < limit],
  ['<=', (value, limit) => value <= limit],
  ['>', (value, limit) => value > limit],
  ['>=', (value, limit) => value >= limit],
]);

/** `["=", 5]`, `[">", 0, "<=", 5]`; numbers up to 5e9, of either sign. */
function compileNumeric(operand: unknown, fail: (expected: string) => never): Test {
  const expected = 'one or two comparisons with numbers up to 5e9, such as [">", 0, "<=", 5]';
  if (!Array.isArray(operand) || (operand.length !== 2 && operand.length !== 4)) return fail(expected);
  const tests: ((value: number) => boolean)[] = [];
  for (let index = 0; index < operand.length; index += 2) {
    const comparison = COMPARISONS.get(operand[index]);
    const limit: unknown = operand[index + 1];
    if (!comparison || typeof limit !== 'number' || Math.abs(limit) > 5e9) return fail(expected);
    tests.push(value => comparison(value, limit));
  }
  return leaf => typeof leaf === 'number' && tests.every(test => test(leaf));
}

const NEGATED = ['prefix', 'suffix', 'equals-ignore-case', 'wildcard'];

/** A value or a list of them, or one of the operators above over a text or a list of texts. */
function compileAnythingBut(operand: unknown, fail: (expected: string) => never): Test {
  if (!isJsonObject(operand)) {
    const values: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
    const kinds = new Set(values.map(value => typeof value));
    if (kinds.size !== 1 || !(kinds.has('string') || kinds.has('number'))) {
      return fail('texts or numbers, not both and nothing else');
    }
    return leaf => !values.includes(leaf);
  }
  const [[name = '', texts] = [], ...others] = Object.entries(operand);
  if (others.length > 0 || !NEGATED.includes(name)) return fail(`one of ${NEGATED.join(', ')}`);
  const list: readonly unknown[] = Array.isArray(texts) ? texts : [texts];
  if (list.length === 0) return fail('a list that is not empty');
  const tests = list.map(text => compileTest('anything-but', name, text));
  return leaf => !tests.some(test => test(leaf));
}
