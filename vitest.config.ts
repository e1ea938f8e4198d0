import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { SlowFilesFirst } from './test/slow-files-first.ts';

/** Tests that take signals, and that put broken modules in the place of right ones. */
const ALONE = ['test/{bin,faults}/**/*.test.ts'];

export default defineConfig({
  test: {
    // CDK's own template validation costs seconds a process; one test of its own has it on.
    env: { CDK_VALIDATION: 'false' },
    // One more than can work at once: while one file waits for a process that it has started, another can work.
    maxWorkers: availableParallelism() + 1,
    // For slow machines.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    globalSetup: 'test/temporary-folder.ts',
    sequence: { sequencer: SlowFilesFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'a process each',
          include: ALONE,
          typecheck: {
            enabled: true,
            include: ['test/types/**/*.test-d.ts'],
            tsconfig: 'tsconfig.type-tests.json',
          },
        },
      },
      {
        extends: true,
        test: {
          // To load the SDK and CDK takes a process two seconds, which is longer than most files do.
          name: 'one process',
          include: ['test/**/*.test.ts', 'examples/**/*.test.ts'],
          exclude: ALONE,
          isolate: false,
          setupFiles: 'test/leaves-nothing-behind.ts',
        },
      },
    ],
  },
});
