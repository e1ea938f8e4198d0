import { defineConfig } from 'tsdown';

/** A file in, a file out: each entry point stays as readable in the package as it is here. */
export default defineConfig({
  entry: [
    'lib/index.ts',
    'client/index.ts',
    'lambda/index.ts',
    'testing/index.ts',
    'bin/cli.ts',
    // A program of its own: the process in which the local engine runs a function.
    'local/lambda/environment-bootstrap.ts',
  ],
  root: '.',
  unbundle: true,
  format: ['esm', 'cjs'],
  dts: process.env.npm_lifecycle_event !== 'build:js',
  target: 'node22',
  platform: 'node',
  shims: true,
  report: false,
  logLevel: 'warn',
});
