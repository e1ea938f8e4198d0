import { readFile, writeFile } from 'node:fs/promises';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { assemblyOf } from '../../../local/synthesize.ts';
import { newFolder, writeAssembly } from './written-assembly.ts';

/** A project whose app writes down the environment it was given. */
async function project(settings: object, app = 'node app.mjs'): Promise<string> {
  const folder = await newFolder();
  const source = `import { writeFileSync } from 'node:fs';
    const { CDK_OUTDIR, CDK_CONTEXT_JSON, CDK_DEFAULT_REGION, CDK_DEFAULT_ACCOUNT } = process.env;
    const seen = { context: JSON.parse(CDK_CONTEXT_JSON), CDK_DEFAULT_REGION, CDK_DEFAULT_ACCOUNT };
    writeFileSync(CDK_OUTDIR + '/seen.json', JSON.stringify(seen));`;
  await writeFile(join(folder, 'app.mjs'), source);
  await writeFile(join(folder, 'cdk.json'), JSON.stringify({ app, ...settings }));
  return folder;
}

test('runs the app of cdk.json as the CDK CLI does', async () => {
  const folder = await project({ context: { stage: 'dev', both: 'cdk.json' }, output: 'build' });
  await writeFile(join(folder, 'cdk.context.json'), '{ "looked": "up", "both": "cdk.context.json" }');
  const assembly = await assemblyOf(folder, { region: 'eu-west-1' });
  expect(assembly).toBe(join(folder, 'build'));
  expect(JSON.parse(await readFile(join(assembly, 'seen.json'), 'utf8'))).toEqual({
    context: { stage: 'dev', both: 'cdk.json', looked: 'up' },
    CDK_DEFAULT_REGION: 'eu-west-1',
    CDK_DEFAULT_ACCOUNT: '000000000000',
  });
});

test('builds first where cdk.json says how', async () => {
  const folder = await project({ build: 'mv app.mjs built.mjs' }, 'node built.mjs');
  await expect(assemblyOf(folder)).resolves.toBe(join(folder, 'cdk.out'));
});

test('runs an app that is synthesized again, and all that it starts, behind the rest', async () => {
  const folder = await project({}, 'node app.mjs && node priority.mjs');
  const source = `import { writeFileSync } from 'node:fs';
    import { getPriority } from 'node:os';
    writeFileSync(process.env.CDK_OUTDIR + '/priority', String(getPriority()));`;
  await writeFile(join(folder, 'priority.mjs'), source);
  const priorityOf = async (assembly: string) => Number(await readFile(join(assembly, 'priority'), 'utf8'));
  const first = await priorityOf(await assemblyOf(folder));
  expect(first).toBe(getPriority());
  expect(await priorityOf(await assemblyOf(folder, { again: true }))).toBeGreaterThan(first);
});

test('takes a folder that is an assembly as it is', async () => {
  const folder = await writeAssembly({});
  expect(await assemblyOf(folder)).toBe(folder);
});

test('fails with what the app wrote when it fails', async () => {
  const folder = await project({}, 'echo "no such export" >&2; exit 3');
  await expect(assemblyOf(folder)).rejects.toThrow(/ended with exit code 3\nno such export$/);
});

test('fails for a cdk.json without an app', async () => {
  const folder = await newFolder();
  await writeFile(join(folder, 'cdk.json'), '{}');
  await expect(assemblyOf(folder)).rejects.toThrow(`"app" in ${folder}/cdk.json is missing`);
});
