import type { Evaluation } from './resolve.ts';

export function ref(name: string, { scope, fail }: Evaluation): unknown {
  return scope.ref(name) ?? fail(`this stack has no parameter or resource ${name}`);
}

export function attributeOf(logicalId: string, attribute: string, { scope, fail }: Evaluation): unknown {
  return scope.attribute(logicalId, attribute) ?? fail(`${logicalId} has no attribute ${attribute}`);
}

/** Attribute names may contain dots (`Outputs.Name`); logical ids may not. */
export function splitAttribute(reference: string): [logicalId: string, attribute: string] {
  const dot = reference.indexOf('.');
  return [reference.slice(0, dot), reference.slice(dot + 1)];
}

/** A resolved scalar as text, as CloudFormation writes it: `true`, `5`. */
export function text(value: unknown, evaluation: Evaluation): string {
  const resolved = evaluation.resolve(value);
  if (typeof resolved === 'string') return resolved;
  if (typeof resolved === 'number' || typeof resolved === 'boolean') return String(resolved);
  return evaluation.fail(`expected a string, got ${JSON.stringify(resolved)}`);
}

/** An argument that must be a list as written, or a value that resolved to one. */
export function list(value: unknown, { fail }: Evaluation, length?: number): readonly unknown[] {
  if (!Array.isArray(value)) return fail(`expected a list, got ${JSON.stringify(value)}`);
  if (length !== undefined && value.length !== length) {
    return fail(`expected a list of ${length}, got ${JSON.stringify(value)}`);
  }
  return value;
}
