import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { afterAll, expect, test } from 'vitest';
import { PayloadBucket, type TaskQueueProps } from '../../lib/index.ts';
import { newQueue } from './stack.ts';

const folder = mkdtempSync(join(tmpdir(), 'bundle-entry-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The folder of the consumer's bundle, of an app that is written to `outdir`. */
function bundle(props: Partial<TaskQueueProps> = {}, outdir = mkdtempSync(join(folder, 'out-'))): string {
  const app = new App({ outdir });
  newQueue(new Stack(app, 'Stack'), 'Email', props);
  const assembly = app.synth();
  const asset = readdirSync(assembly.directory).find(name => /^asset\.[0-9a-f]{64}$/.test(name));
  return join(assembly.directory, asset ?? 'no asset');
}

test('the consumer is one CommonJS file that exports its handler, and a source map', async () => {
  const path = bundle();

  expect(readdirSync(path).sort()).toEqual(['index.js', 'index.js.map']);
  // Outside of this project's "type": "module", as in Lambda.
  const { handler } = createRequire(import.meta.url)(join(path, 'index.js'));
  await expect(handler({ Records: [{ messageId: 'a' }] })).resolves.toEqual({
    batchItemFailures: [{ itemIdentifier: 'a' }],
  });
});

test('an error keeps the name of its class', async () => {
  const { handler } = createRequire(import.meta.url)(join(bundle(), 'index.js'));

  await expect(handler({ Records: [] })).rejects.toMatchObject({ name: 'NotDoneError' });
});

test('the bundle is the same wherever it is written, and names its sources from the project', () => {
  const [first, second] = [
    bundle(),
    bundle({}, mkdtempSync(join(mkdtempSync(join(folder, 'deep-')), 'out-'))),
  ];

  expect(first.slice(-64)).toBe(second.slice(-64));
  expect(JSON.parse(readFileSync(join(first, 'index.js.map'), 'utf8'))).toMatchObject({
    sources: ['test/lib/fixtures/consumer.ts'],
  });
});

test('esbuild’s options are passed on', () => {
  const path = bundle({ bundling: { sourcemap: false, minify: false, banner: { js: '// ours' } } });

  expect(readdirSync(path)).toEqual(['index.js']);
  expect(readFileSync(join(path, 'index.js'), 'utf8')).toMatch(/^"use strict";\n?\/\/ ours|^\/\/ ours/);
});

test('fails with esbuild’s reason when the entry cannot be bundled', () => {
  const entry = join(folder, 'broken.ts');
  writeFileSync(entry, 'import { gone } from "./gone.ts"; export const handler = gone;');

  expect(() => bundle({ entry, bundling: { logLevel: 'silent' } })).toThrow(
    /Stack\/Email: esbuild could not bundle '.*broken\.ts': .*Could not resolve "\.\/gone\.ts"/s,
  );
});

const S3 = 'PutObjectCommand';

/**
 * The text of the bundle of an entry that is written here, in this project's reach.
 *
 * @param library what a package has, which the entry finds by the name `library`
 */
function bundleOf(
  source: string,
  props: (stack: Stack) => Partial<TaskQueueProps> = () => ({}),
  library = '',
): string {
  const path = mkdtempSync(join(process.cwd(), 'test/lib/fixtures/entry-'));
  try {
    const entry = join(path, 'consumer.ts');
    writeFileSync(entry, source);
    mkdirSync(join(path, 'node_modules/library'), { recursive: true });
    writeFileSync(join(path, 'node_modules/library/index.js'), library);
    const outdir = mkdtempSync(join(folder, 'out-'));
    const stack = new Stack(new App({ outdir }), 'Stack');
    newQueue(stack, 'Email', { entry, ...props(stack) });
    const { directory } = (stack.node.root as App).synth();
    const asset = readdirSync(directory).find(name => /^asset\.[0-9a-f]{64}$/.test(name));
    return readFileSync(join(directory, asset ?? 'no asset', 'index.js'), 'utf8');
  } finally {
    rmSync(path, { recursive: true });
  }
}

const LAZY = "export const handler = async () => (await import('@aws-sdk/client-s3')).PutObjectCommand;";
const EAGER =
  "import { PutObjectCommand } from '@aws-sdk/client-s3'; export const handler = () => PutObjectCommand;";

test('S3’s client, loaded only when it is needed, stays out of the bundle of a queue without a payload bucket', () => {
  const text = bundleOf(LAZY);

  expect(text).toContain('import("@aws-sdk/client-s3")');
  expect(text.length).toBeLessThan(5000);
});

test('it is in the bundle of a queue with one', () => {
  const text = bundleOf(LAZY, stack => ({ payloadBucket: new PayloadBucket(stack, 'Payloads') }));

  expect(text).not.toContain('("@aws-sdk/client-s3")');
  expect(text).toContain(S3);
});

test('it stays out where only parts of this package load it that the entry does not use', () => {
  const text = bundleOf(
    "import { createConsumer, handle } from '../../../../lambda/index.ts'; export const handler = createConsumer([]);",
  );

  // A bundle is no text to print where it is not what was expected.
  expect(text.includes('import("@aws-sdk/client-s3")')).toBe(true);
  expect(text.includes('CreateMultipartUploadCommand')).toBe(false);
});

test('it is in the bundle of handlers that load it at their start', () => {
  const text = bundleOf(EAGER);

  expect(text).not.toContain('("@aws-sdk/client-s3")');
  expect(text.length).toBeGreaterThan(50_000);
});

test('and of handlers whose library does', () => {
  const text = bundleOf("export { handler } from 'library';", undefined, EAGER);

  expect(text).not.toContain('("@aws-sdk/client-s3")');
  expect(text.length).toBeGreaterThan(50_000);
});

test('what the AWS SDK looks for credentials with outside of Lambda stays out of the bundle', () => {
  const text = bundleOf(
    "import { SQSClient } from '@aws-sdk/client-sqs'; export const handler = () => new SQSClient();",
  );

  for (const source of ['ini', 'process', 'sso', 'web-identity']) {
    expect(text).toContain(`import("@aws-sdk/credential-provider-${source}")`);
  }
  expect(text.includes('AssumeRoleCommand')).toBe(false);
});

test('and that which handlers load at their start is in it', () => {
  const text = bundleOf(
    "import { fromIni } from '@aws-sdk/credential-provider-ini'; export const handler = fromIni();",
  );

  expect(text.includes('("@aws-sdk/credential-provider-ini")')).toBe(false);
  expect(text.includes('AssumeRoleCommand')).toBe(true);
});
