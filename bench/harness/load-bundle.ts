/** The main module of a fresh process: loads a function's bundle as Lambda does, and tells how long that took. */
import { createRequire } from 'node:module';

const [bundle = ''] = process.argv.slice(2);
const load = createRequire(import.meta.url);
const start = performance.now();
const { handler } = load(bundle);
const elapsedMs = performance.now() - start;
if (typeof handler !== 'function') throw new TypeError(`${bundle} exports no handler`);
process.stdout.write(String(elapsedMs));
