/** `npm run docs:parity` */
import { writeFile } from 'node:fs/promises';
import { readParity, renderPage } from './page.ts';

await writeFile(new URL('../../../docs/local-parity.md', import.meta.url), renderPage(await readParity()));
