import { cpSync, mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { linkRuntimePackages } from './runtime-packages.ts';
import { pointSourceMapsHome } from './source-maps.ts';

/** Where the engine keeps its copies of functions' code. */
export interface CodeFolder {
  readonly path: string;
  /** Each copy has folders of its own, so that a function's former code stays while it runs. */
  copy(functionName: string, codeDirectory: string): { taskRoot: string; scratchFolder: string };
  remove(): Promise<void>;
}

/**
 * A folder that belongs to no package. Below a `package.json` with `"type": "module"`, and a CDK app's `cdk.out` often
 * is, a CommonJS bundle would load as an empty module, without an error.
 */
export function createCodeFolder(): CodeFolder {
  const folder = mkdtempSync(path.join(realpathSync(tmpdir()), 'background-jobs-lambda-'));
  writeFileSync(path.join(folder, 'package.json'), '{}\n');
  let copies = 0;
  return {
    path: folder,
    copy(functionName, codeDirectory) {
      copies += 1;
      const own = path.join(folder, `${functionName}-${copies}`);
      const taskRoot = path.join(own, 'task');
      const scratchFolder = path.join(own, 'tmp');
      mkdirSync(scratchFolder, { recursive: true });
      cpSync(codeDirectory, taskRoot, { recursive: true, verbatimSymlinks: true });
      pointSourceMapsHome(taskRoot, codeDirectory);
      linkRuntimePackages(folder, codeDirectory);
      return { taskRoot, scratchFolder };
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
