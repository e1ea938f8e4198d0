import { isJsonObject } from '../json-value.ts';
import { attributeOf, ref, splitAttribute, text } from './lookups.ts';
import type { Intrinsic } from './resolve.ts';

/** `${Name}`, `${LogicalId.Attribute}`, `${AWS::Region}`, and `${!Literal}`, which stands for `${Literal}`. */
const PLACEHOLDER = /\$\{(!?)([^{}]*)\}/g;

/** `Fn::Sub`, as a string or as `[string, variables]`. */
export const substitute: Intrinsic = (argument, evaluation) => {
  const [body, variables] = Array.isArray(argument) ? argument : [argument, {}];
  if (typeof body !== 'string' || !isJsonObject(variables)) {
    return evaluation.fail(`expected a string or [string, variables], got ${JSON.stringify(argument)}`);
  }
  return body.replaceAll(PLACEHOLDER, (_placeholder, literal: string, name: string) => {
    if (literal) return `\${${name}}`;
    if (Object.hasOwn(variables, name)) return text(variables[name], evaluation);
    const value = name.includes('.')
      ? attributeOf(...splitAttribute(name), evaluation)
      : ref(name, evaluation);
    return text(value, evaluation);
  });
};

/** The names that a `Fn::Sub` looks up outside its own variables. */
export function namesIn(argument: unknown): string[] {
  const [body, variables] = Array.isArray(argument) ? argument : [argument, {}];
  if (typeof body !== 'string') return [];
  return [...body.matchAll(PLACEHOLDER)]
    .filter(
      ([, literal, name = '']) => !literal && !(isJsonObject(variables) && Object.hasOwn(variables, name)),
    )
    .map(([, , name = '']) => name);
}
