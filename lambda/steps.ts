import { MAX_OBJECT_BYTES, MAX_RESULT_BYTES, MAX_STEPS_BYTES } from '../contract/limits.ts';
import { AN_OBJECT_REF, isObjectRef, type ObjectRef, refTo } from '../contract/object-ref.ts';
import { type RefusedRun, refuseNoJson, refuseResult, STORE_ELSEWHERE } from './refused-run.ts';

/** A run's item holds a step's result in an attribute of this name and the step's. */
const PREFIX = 'step:';

/** The same for a result that lies in the payload bucket: there the item holds a reference. */
const REF_PREFIX = 'stepRef:';

/** Where a run's steps keep their results. */
export interface StepStorage {
  /** Writes an attribute into the item of the run that is held. Rejects when it cannot be written. */
  keepAttribute(name: string, json: string): Promise<void>;
  loadObject(ref: ObjectRef): Promise<string>;
  /** Absent where the queue has no payload bucket. */
  storeObject?(ref: ObjectRef, text: string): Promise<void>;
  /** The run's life, to which objects belong. */
  readonly epoch: number;
}

/** A result, or where it lies. */
export type StoredStep = { readonly json: string } | { readonly ref: ObjectRef };

/**
 * The steps of a run: each is carried out to its stored result once in the run's life, redrives included. A process
 * can still die between a step's effect and its record, so an effect wants its idempotency key as well.
 */
export class Steps {
  readonly #stored: Map<string, StoredStep>;
  readonly #begun = new Set<string>();
  readonly #storage: StepStorage;

  /** @param stored of the run's item, at the claim */
  constructor(stored: ReadonlyMap<string, StoredStep>, storage: StepStorage) {
    this.#stored = new Map(stored);
    this.#storage = storage;
  }

  /** Bytes that the results take in the item, those on their way there included. */
  get bytes(): number {
    let bytes = 0;
    for (const [name, step] of this.#stored) bytes += Buffer.byteLength(toAttribute(name, step).join(''));
    return bytes;
  }

  /** What of it lies in the payload bucket. */
  get refs(): readonly ObjectRef[] {
    return [...this.#stored.values()].flatMap(step => ('ref' in step ? [step.ref] : []));
  }

  /** @returns what JSON carries of the result, in the first attempt too: what a handler sees must not depend on it */
  async step(name: string, carryOut: () => unknown): Promise<unknown> {
    if (!/^[a-zA-Z0-9._-]{1,64}$/.test(name)) {
      throw new RangeError(`a step's name must be 1 to 64 of a-z A-Z 0-9 . _ -, got '${name}'`);
    }
    if (this.#begun.has(name))
      throw new Error(`step '${name}' was begun before in this attempt; give each its own name`);
    this.#begun.add(name);
    const stored = this.#stored.get(name);
    if (stored && 'ref' in stored) return JSON.parse(await this.#storage.loadObject(stored.ref));
    return JSON.parse(stored?.json ?? (await this.#carryOut(name, carryOut)));
  }

  async #carryOut(name: string, carryOut: () => unknown): Promise<string> {
    const json = toJson(name, (await carryOut()) ?? null);
    const step = this.#place(name, json);
    this.#stored.set(name, step); // Before anything is awaited: a step beside this one must count it.
    if ('ref' in step) await this.#storage.storeObject?.(step.ref, json);
    await this.#storage.keepAttribute(...toAttribute(name, step));
    return json;
  }

  /** A result that is large, or for which there is no more room in the item, goes to the payload bucket. */
  #place(name: string, json: string): StoredStep {
    const { storeObject, epoch } = this.#storage;
    const bytes = Buffer.byteLength(json);
    const inItem: StoredStep = { json };
    const inBucket: StoredStep = { ref: refTo(json, epoch) };
    const isLarge = bytes > MAX_RESULT_BYTES || this.#bytesWith(name, inItem) > MAX_STEPS_BYTES;
    const step = storeObject && isLarge ? inBucket : inItem;
    if (step === inBucket && bytes > MAX_OBJECT_BYTES) throw tooLarge(name, bytes, MAX_OBJECT_BYTES);
    const inAll = this.#bytesWith(name, step);
    if (inAll > MAX_STEPS_BYTES) throw tooLarge(name, inAll, MAX_STEPS_BYTES);
    return step;
  }

  #bytesWith(name: string, step: StoredStep): number {
    return this.bytes + Buffer.byteLength(toAttribute(name, step).join(''));
  }
}

function tooLarge(name: string, bytes: number, limit: number): RefusedRun {
  const bucket = limit === MAX_STEPS_BYTES ? 'give the TaskQueue a payloadBucket, or ' : '';
  return refuseResult(
    `the results of the run's steps are ${bytes} bytes with that of '${name}', ${bytes - limit} over the limit of ` +
      `${limit}; ${bucket}${STORE_ELSEWHERE}`,
  );
}

function toAttribute(name: string, step: StoredStep): [name: string, json: string] {
  return 'ref' in step ? [REF_PREFIX + name, JSON.stringify(step.ref)] : [PREFIX + name, step.json];
}

function toJson(name: string, result: unknown): string {
  const what = `the result of step '${name}'`;
  try {
    const json = JSON.stringify(result);
    if (json !== undefined) return json;
  } catch (cause) {
    throw refuseNoJson(what, String(cause), cause);
  }
  throw refuseNoJson(what, typeof result);
}

/**
 * The stored results, by step, among an item's attributes.
 * @throws TypeError when a reference is not what a consumer writes
 */
export function storedSteps(
  attributes: Readonly<Record<string, { S?: string | undefined }>>,
): Map<string, StoredStep> {
  const steps = new Map<string, StoredStep>();
  for (const [name, { S: json }] of Object.entries(attributes)) {
    if (json === undefined) continue;
    if (name.startsWith(PREFIX)) steps.set(name.slice(PREFIX.length), { json });
    if (name.startsWith(REF_PREFIX)) steps.set(name.slice(REF_PREFIX.length), { ref: parseRef(name, json) });
  }
  return steps;
}

function parseRef(name: string, json: string): ObjectRef {
  const ref: unknown = JSON.parse(json);
  if (isObjectRef(ref)) return ref;
  throw new TypeError(`attribute ${name} of a run item must be ${AN_OBJECT_REF}, got ${json.slice(0, 100)}`);
}
