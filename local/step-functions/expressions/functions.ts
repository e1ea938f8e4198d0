import { createHash, randomUUID } from 'node:crypto';
import type { Expression } from 'jsonata';

const HASHES: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

type OwnFunction = Parameters<Expression['registerFunction']>[1];

/** https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html#jsonata-functions-range */
const MAX_RANGE = 1000;

/**
 * The functions that Step Functions adds to JSONata, and the one that it takes away.
 * https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
 */
export const stepFunctionsOwn: Readonly<Record<string, OwnFunction>> = {
  partition(list: readonly unknown[], size: number) {
    if (!(size > 0)) throw new Error(`$partition: the size must be more than 0, got ${size}`);
    const length = Math.ceil(list.length / size);
    return Array.from({ length }, (_, index) => list.slice(index * size, (index + 1) * size));
  },
  range(first: number, last: number, step: number) {
    if (!step) throw new Error(`$range: the step must not be 0, got ${step}`);
    const length = Math.max(0, Math.floor((last - first) / step) + 1);
    if (length > MAX_RANGE) throw new Error(`$range: at most ${MAX_RANGE} numbers, got ${length}`);
    return Array.from({ length }, (_, index) => first + index * step);
  },
  hash(text: unknown, algorithm: string) {
    const name = HASHES[algorithm];
    if (name === undefined) {
      throw new Error(
        `$hash: the algorithm must be one of ${Object.keys(HASHES).join(', ')}, got ${algorithm}`,
      );
    }
    return createHash(name)
      .update(typeof text === 'string' ? text : JSON.stringify(text))
      .digest('hex');
  },
  /** @param seed makes the number the same each time. */
  random(seed?: number) {
    return seed === undefined ? Math.random() : seededFraction(seed);
  },
  uuid: () => randomUUID(),
  parse(json: string): unknown {
    return JSON.parse(json);
  },
  eval() {
    throw new Error('$eval is not supported by Step Functions: use $parse');
  },
};

function seededFraction(seed: number): number {
  return createHash('sha256').update(String(seed)).digest().readUInt32BE() / 2 ** 32;
}
