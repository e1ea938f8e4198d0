import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    typecheck: { enabled: true, include: ['test/types/**/*.test-d.ts'] },
    // CDK's own template validation costs seconds a process; one test of its own has it on.
    env: { CDK_VALIDATION: 'false' },
    // No test waits in real time; this is for slow machines only.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
