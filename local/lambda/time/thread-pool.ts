import crypto from 'node:crypto';
import zlib from 'node:zlib';
import type { UnderWay } from './input-and-output.ts';

type Callback = (...results: unknown[]) => void;
// biome-ignore lint/suspicious/noExplicitAny: whatever the function of Node that is wrapped takes and answers
type AnyFunction = (...args: any[]) => unknown;

/** Of `node:crypto`, those that take a callback. */
const CRYPTO = [
  ...['checkPrime', 'generateKey', 'generateKeyPair', 'generatePrime', 'hkdf', 'pbkdf2', 'randomBytes'],
  ...['randomFill', 'randomInt', 'scrypt', 'sign', 'verify', 'diffieHellman'],
];

/** Compression and cryptography that run in Node's thread pool, of which Node's own list of resources says nothing. */
export function watchThreadPool(): UnderWay {
  const running = new Set<{ readonly what: string }>();

  function begin(what: string): () => void {
    const job = { what };
    running.add(job);
    return () => void running.delete(job);
  }

  /** Counts from the call to its callback, which is its last argument. */
  function wrapCallback(holder: object, name: string): void {
    const original: unknown = Reflect.get(holder, name);
    if (typeof original !== 'function') return;
    const wrapped = function (this: unknown, ...args: unknown[]) {
      const callback = args.at(-1);
      if (typeof callback !== 'function') return (original as AnyFunction).apply(this, args);
      const end = begin(name);
      const ending: Callback = (...results) => {
        end();
        (callback as Callback)(...results);
      };
      try {
        return (original as AnyFunction).apply(this, [...args.slice(0, -1), ending]);
      } catch (error) {
        end();
        throw error;
      }
    };
    // What `promisify` looks for is among them.
    Reflect.set(holder, name, Object.defineProperties(wrapped, Object.getOwnPropertyDescriptors(original)));
  }

  function wrapPromise(holder: object, name: string): void {
    const original: unknown = Reflect.get(holder, name);
    if (typeof original !== 'function') return;
    Reflect.set(holder, name, function (this: unknown, ...args: unknown[]) {
      const end = begin(name);
      return Promise.resolve((original as AnyFunction).apply(this, args)).finally(end);
    });
  }

  for (const name of CRYPTO) wrapCallback(crypto, name);
  const subtle = Object.getPrototypeOf(crypto.webcrypto.subtle) as object;
  for (const name of Object.getOwnPropertyNames(subtle))
    if (name !== 'constructor') wrapPromise(subtle, name);
  // What all of zlib's streams have in common, and functions such as `gzip` are made of streams.
  const stream = Object.getPrototypeOf(Object.getPrototypeOf(zlib.Gzip.prototype)) as object;
  for (const name of ['_transform', '_flush', '_final']) wrapCallback(stream, name);
  return () => [...running].map(({ what }) => what);
}
