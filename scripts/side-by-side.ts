/**
 * Runs scripts of package.json side by side: `node scripts/side-by-side.ts check:types check:style`. What a script has
 * printed comes in one piece, when it has ended. Fails when one of them does.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

async function runScript(name: string): Promise<boolean> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, ['--run', name], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const ending = `${name}: ${code === 0 ? 'ok' : 'FAILED'}, ${seconds} s`;
  console.log(`${ending}\n${stdout}${stderr}`.trimEnd());
  return code === 0;
}

const scripts = process.argv.slice(2);
const passed = await Promise.all(scripts.map(runScript));
const failed = scripts.filter((_, index) => !passed[index]);
if (failed.length > 0) {
  console.log(`failed: ${failed.join(', ')}`);
  process.exitCode = 1;
}
