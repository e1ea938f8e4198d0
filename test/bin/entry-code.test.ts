import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { App, AssetStaging, Stack } from 'aws-cdk-lib';
import { expect, test } from 'vitest';
import { createRebundle, keyedByContent } from '../../bin/commands/entry-code.ts';
import type { TaskQueueProps } from '../../lib/index.ts';
import { type Assembly, readAssembly } from '../../local/assembly.ts';
import { newQueue } from '../lib/stack.ts';
import { newFolder } from '../local/engine/written-assembly.ts';

const entryOf = (text: string) =>
  `import { reply } from './reply.ts';\nexport const handler = async () => reply('${text}');`;
const replyOf = (text: string) => `export const reply = (to: string) => '${text} ' + to;`;

/** Two consumers of entries in a folder, one of which imports the other file there. */
async function project(props: Partial<TaskQueueProps> = {}) {
  const folder = await newFolder();
  const path = (name: string) => join(folder, name);
  const write = (name: string, text: string) => writeFile(path(name), text);
  await write('reply.ts', replyOf('dear'));
  await write('first.ts', entryOf('first'));
  await write('second.ts', 'export const handler = async () => "second";');
  const synthesize = async () => {
    // An app is a process of its own.
    AssetStaging.clearAssetHashCache();
    const app = new App({ outdir: path('cdk.out') });
    const stack = new Stack(app, 'Stack');
    newQueue(stack, 'First', { entry: path('first.ts'), ...props });
    newQueue(stack, 'Second', { entry: path('second.ts'), ...props });
    app.synth();
    return await keyedByContent(await readAssembly(path('cdk.out')));
  };
  return { path, write, synthesize, rebundle: createRebundle(process.cwd()) };
}

/** Keys of the two functions' code. */
function codeKeys({ stacks }: Assembly): unknown[] {
  return stacks.flatMap(({ template, constructPaths }) =>
    Object.entries(template.resources)
      .filter(
        ([id, { type }]) => type === 'AWS::Lambda::Function' && constructPaths.get(id)?.endsWith('/Consumer'),
      )
      .map(([, { properties }]) => (properties.Code as { S3Key: string }).S3Key),
  );
}

test('a function with a changed file is bundled as its synthesis would bundle it, the others are left alone', async () => {
  // GIVEN
  const { path, write, synthesize, rebundle } = await project();
  const before = await synthesize();
  await write('reply.ts', replyOf('hello'));
  // WHEN
  const bundled = await rebundle(before, new Set([path('reply.ts')]));
  // THEN
  const [first, second] = codeKeys(before);
  expect(codeKeys(bundled)).toEqual([expect.not.stringMatching(String(first)), second]);
  expect(codeKeys(bundled)).toEqual(codeKeys(await synthesize()));
});

test('the keys are of the content: what is bundled to the same is the same', async () => {
  const { path, write, synthesize, rebundle } = await project();
  const before = await synthesize();
  await write('reply.ts', `// another comment\n${replyOf('dear')}`);
  expect(codeKeys(await rebundle(before, new Set([path('reply.ts')])))).not.toEqual(codeKeys(before));
  const withoutMap = await project({ bundling: { sourcemap: false } });
  const unchanged = await withoutMap.synthesize();
  await withoutMap.write('reply.ts', `// another comment\n${replyOf('dear')}`);
  expect(codeKeys(await withoutMap.rebundle(unchanged, new Set([withoutMap.path('reply.ts')])))).toEqual(
    codeKeys(unchanged),
  );
});

test('a file that is in no entry changes nothing', async () => {
  const { path, synthesize, rebundle } = await project();
  const before = await synthesize();
  expect(codeKeys(await rebundle(before, new Set([path('stack.ts')])))).toEqual(codeKeys(before));
});

test('an entry that cannot be bundled is an error', async () => {
  const { path, write, synthesize, rebundle } = await project();
  const before = await synthesize();
  await write('reply.ts', 'export const reply = ;');
  await expect(rebundle(before, new Set([path('reply.ts')]))).rejects.toThrow('Unexpected ";"');
});

test('options that JSON cannot tell are left to the synthesis', async () => {
  const { path, write, synthesize, rebundle } = await project({ bundling: { mangleProps: /_$/ } });
  const before = await synthesize();
  await write('reply.ts', replyOf('hello'));
  expect(codeKeys(await rebundle(before, new Set([path('reply.ts')])))).toEqual(codeKeys(before));
});
