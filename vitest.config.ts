import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'examples/**/*.test.ts'],
    typecheck: { enabled: true, include: ['test/types/**/*.test-d.ts'], tsconfig: 'tsconfig.check.json' },
    // CDK's own template validation costs seconds a process; one test of its own has it on.
    env: { CDK_VALIDATION: 'false' },
    // Two at least: while one file waits for a process that died, another can work.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // For slow machines.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
