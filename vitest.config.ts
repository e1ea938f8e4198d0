import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { SlowFilesFirst } from './test/slow-files-first.ts';

/** Folders whose tests start no process and leave nothing behind, which `leaves-nothing-behind.ts` sees to. */
const SHARING = [
  'test/{client,contract,lambda,lib}/**/*.test.ts',
  'test/local/{dynamodb,front-door,s3,scheduler,sns,sqs,step-functions,template}/**/*.test.ts',
];

export default defineConfig({
  test: {
    // CDK's own template validation costs seconds a process; one test of its own has it on.
    env: { CDK_VALIDATION: 'false' },
    // One more than can work at once: while one file waits for a process that it has started, another can work.
    maxWorkers: availableParallelism() + 1,
    // For slow machines.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    sequence: { sequencer: SlowFilesFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'a process each',
          include: ['test/**/*.test.ts', 'examples/**/*.test.ts'],
          exclude: SHARING,
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
          // To start a process and to load the SDK and CDK into it takes longer than most of these files.
          name: 'one process',
          include: SHARING,
          isolate: false,
          setupFiles: 'test/leaves-nothing-behind.ts',
        },
      },
    ],
  },
});
