import { isJsonObject, type JsonObject } from '../json-value.ts';
import { StartError } from '../start-error.ts';
import { intrinsics } from './intrinsics.ts';

/** What the intrinsics of a template are resolved against. Each lookup answers undefined for what it does not know. */
export interface Scope {
  readonly region: string;
  readonly mappings: JsonObject;
  /** Parameters, pseudo parameters and resources. */
  ref(name: string): unknown;
  attribute(logicalId: string, attribute: string): unknown;
  exported(name: string): unknown;
  stackOutput(stackName: string, outputName: string): unknown;
}

/** An intrinsic function: its argument as written, still unresolved, to its value. */
export type Intrinsic = (argument: unknown, evaluation: Evaluation) => unknown;

export interface Evaluation {
  readonly scope: Scope;
  /** Where in the template the intrinsic stands, for messages. */
  readonly where: string;
  /** Resolves an intrinsic's own argument. */
  resolve(value: unknown): unknown;
  fail(problem: string): never;
}

/**
 * The value with every intrinsic in it replaced. `Fn::If` and `AWS::NoValue` are already gone: `chooseBranches`
 * decides those before anything is created.
 *
 * @throws StartError naming `where` and the intrinsic.
 */
export function resolve(value: unknown, scope: Scope, where: string): unknown {
  if (typeof value === 'string') return refuseDynamicReference(value, where);
  if (Array.isArray(value)) return value.map((item, index) => resolve(item, scope, `${where}[${index}]`));
  if (!isJsonObject(value)) return value;

  const name = intrinsicOf(value);
  if (name === undefined) return resolveEntries(value, scope, where);

  const at = `${where}, ${name}`;
  const fail = (problem: string): never => {
    throw new StartError(`${at}: ${problem}`);
  };
  const intrinsic = intrinsics[name] ?? fail('this intrinsic function is not supported');
  return intrinsic(value[name], { scope, where: at, resolve: inner => resolve(inner, scope, at), fail });
}

/** The name of the intrinsic function that an object is a call of; undefined for plain data. */
export function intrinsicOf(value: JsonObject): string | undefined {
  const [key, ...others] = Object.keys(value);
  if (key === undefined || others.length > 0) return undefined;
  return key === 'Ref' || key.startsWith('Fn::') ? key : undefined;
}

function resolveEntries(value: JsonObject, scope: Scope, where: string): JsonObject {
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, resolve(item, scope, `${where}.${key}`)]),
  );
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html */
function refuseDynamicReference(value: string, where: string): string {
  if (!value.includes('{{resolve:')) return value;
  throw new StartError(`${where}: dynamic references are not supported, got ${JSON.stringify(value)}`);
}
