import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './command.ts';
import { jestTest, nodeTest, vitestTest } from './own-test.ts';
import { projectFiles, writeFiles } from './project-files.ts';

/** Somebody else's project, set up in a way that we did not choose. */
export interface Project {
  readonly name: string;
  /** What its relative imports end in. */
  readonly extension: '' | '.js' | '.ts';
  /** Versions of TypeScript that it type-checks under. */
  readonly compilers: readonly Compiler[];
  readonly packages: readonly string[];
  readonly installOptions?: readonly string[];
  /** Writes what is there before our package is added. */
  create(folder: string): Promise<void>;
  readonly test: { readonly code: string; readonly command: readonly [string, ...string[]] };
}

export const COMPILERS = { 'typescript 5.9': '5.9.3', 'typescript 7': '7.0.2' } as const;
export type Compiler = keyof typeof COMPILERS;

const CDK_CLI = join(import.meta.dirname, '../../node_modules/aws-cdk/bin/cdk');
const NODE_TYPES = '@types/node@24.19.2';
const CDK = ['aws-cdk-lib@2.276.0', 'constructs@10.8.1', NODE_TYPES];
/** The lowest versions that package.json allows. */
const OLDEST_CDK = ['aws-cdk-lib@2.224.0', 'constructs@10.0.0', NODE_TYPES];

/** Node runs the sources as they are. */
const typeStripping = projectFiles({
  extension: '.ts',
  type: 'module',
  cdk: { app: 'node bin/app.ts' },
  compilerOptions: { module: 'nodenext', noEmit: true, allowImportingTsExtensions: true },
});

export const PROJECTS: readonly Project[] = [
  {
    name: 'cdk-init',
    extension: '',
    compilers: ['typescript 7', 'typescript 5.9'],
    packages: [],
    async create(folder) {
      await run(folder, 'node', CDK_CLI, 'init', 'app', '--language=typescript', '--generate-only');
      const app = join(folder, 'bin', 'cdk-init.ts');
      const addition = "\nimport { ShopStack } from '../src/stack';\nnew ShopStack(app, 'Shop');\n";
      await writeFile(app, (await readFile(app, 'utf8')) + addition);
    },
    test: { code: jestTest(''), command: ['npm', 'test'] },
  },
  {
    name: 'commonjs-node10',
    extension: '',
    // TypeScript 7 has no node10 resolution any more.
    compilers: ['typescript 5.9'],
    packages: [...OLDEST_CDK, 'typescript@5.9.3', 'ts-node@10.9.2'],
    create: folder =>
      writeFiles(
        folder,
        projectFiles({
          extension: '',
          type: 'commonjs',
          cdk: { app: 'npx ts-node --transpile-only bin/app.ts' },
          compilerOptions: { module: 'commonjs', moduleResolution: 'node10', esModuleInterop: true },
        }),
      ),
    test: {
      code: nodeTest(''),
      command: ['node', '--require=ts-node/register/transpile-only', 'test/email.test.ts'],
    },
  },
  {
    name: 'esm-node16',
    extension: '.js',
    compilers: ['typescript 5.9', 'typescript 7'],
    packages: [...CDK, 'typescript@5.9.3'],
    create: folder =>
      writeFiles(
        folder,
        projectFiles({
          extension: '.js',
          type: 'module',
          cdk: { app: 'node out/bin/app.js', build: 'npx tsc' },
          compilerOptions: { module: 'node16', outDir: 'out' },
        }),
      ),
    test: { code: nodeTest('.js'), command: ['node', '--test', 'out/test/email.test.js'] },
  },
  {
    name: 'esm-vitest',
    extension: '.ts',
    // What the other one says of the same configuration is seen in the last project.
    compilers: ['typescript 5.9'],
    packages: [...CDK, 'vitest@5.1.1'],
    create: folder => writeFiles(folder, typeStripping),
    test: { code: vitestTest('.ts'), command: ['npx', '--no', 'vitest', 'run'] },
  },
  {
    // Nothing is hoisted: a package finds what it depends on, and nothing else.
    name: 'strict-layout',
    extension: '.ts',
    compilers: ['typescript 7'],
    // NodejsFunction looks for esbuild in the project, and does not see ours.
    packages: [...CDK, 'esbuild@0.28.2'],
    installOptions: ['--install-strategy=linked'],
    create: folder => writeFiles(folder, typeStripping),
    test: { code: nodeTest('.ts'), command: ['node', '--test', 'test/email.test.ts'] },
  },
];
