import { MAX_STEPS_BYTES } from '../contract/limits.ts';
import { RefusedRun } from './settlement.ts';

/** A run's item holds a step's result in an attribute of this name and the step's. */
const PREFIX = 'step:';

/** Writes attributes into the item of the run that is held. Rejects when they cannot be written. */
export type KeepAttribute = (name: string, json: string) => Promise<void>;

/**
 * The steps of a run: each is carried out to its stored result once in the run's life, redrives included. A process
 * can still die between a step's effect and its record, so an effect wants its idempotency key as well.
 */
export class Steps {
  readonly #stored: Map<string, string>;
  readonly #begun = new Set<string>();
  readonly #keep: KeepAttribute;

  /** @param attributes of the run's item, at the claim */
  constructor(attributes: ReadonlyMap<string, string>, keep: KeepAttribute) {
    this.#stored = new Map(attributes);
    this.#keep = keep;
  }

  /** Bytes that the results take in the item, those on their way there included. */
  get bytes(): number {
    let bytes = 0;
    for (const [name, json] of this.#stored) bytes += Buffer.byteLength(PREFIX + name + json);
    return bytes;
  }

  /** @returns what JSON carries of the result, in the first attempt too: what a handler sees must not depend on it */
  async step(name: string, carryOut: () => unknown): Promise<unknown> {
    if (!/^[a-zA-Z0-9._-]{1,64}$/.test(name)) {
      throw new RangeError(`a step's name must be 1 to 64 of a-z A-Z 0-9 . _ -, got '${name}'`);
    }
    if (this.#begun.has(name))
      throw new Error(`step '${name}' was begun before in this attempt; give each its own name`);
    this.#begun.add(name);
    const json = this.#stored.get(name) ?? (await this.#carryOut(name, carryOut));
    return JSON.parse(json);
  }

  async #carryOut(name: string, carryOut: () => unknown): Promise<string> {
    const json = toJson(name, (await carryOut()) ?? null);
    const bytes = this.bytes + Buffer.byteLength(PREFIX + name + json);
    if (bytes > MAX_STEPS_BYTES) {
      throw refuseResult(
        `the results of the run's steps are ${bytes} bytes with that of '${name}', ${bytes - MAX_STEPS_BYTES} over the ` +
          `limit of ${MAX_STEPS_BYTES}; store it elsewhere and return a reference to it`,
      );
    }
    this.#stored.set(name, json); // Before the write: a step beside this one must count it.
    await this.#keep(PREFIX + name, json);
    return json;
  }
}

function toJson(name: string, result: unknown): string {
  try {
    const json = JSON.stringify(result);
    if (json !== undefined) return json;
  } catch (cause) {
    throw refuseResult(
      `the result of step '${name}' is not JSON (${String(cause)}); return plain data`,
      cause,
    );
  }
  throw refuseResult(`the result of step '${name}' is not JSON (${typeof result}); return plain data`);
}

/** Another attempt would only repeat the step's effect. */
function refuseResult(message: string, cause?: unknown): RefusedRun {
  return new RefusedRun('invalidResult', 'TaskResultError', message, { cause });
}

/** The stored results, by step, among an item's attributes. */
export function storedSteps(
  attributes: Readonly<Record<string, { S?: string | undefined }>>,
): Map<string, string> {
  const steps = new Map<string, string>();
  for (const [name, { S: json }] of Object.entries(attributes)) {
    if (name.startsWith(PREFIX) && json !== undefined) steps.set(name.slice(PREFIX.length), json);
  }
  return steps;
}
