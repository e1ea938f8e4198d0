import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { afterAll, beforeAll } from 'vitest';

/** @returns where the assembly is, once the tests of this file run */
export function synthesizedForAllTests(addStacks: (app: App) => void): () => string {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'background-jobs-synthesized-'));
    const app = new App({ outdir: folder });
    addStacks(app);
    app.synth();
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return () => folder;
}
