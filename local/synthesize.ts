import { type SpawnOptionsWithStdioTuple, type StdioNull, type StdioPipe, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isJsonObject, type JsonObject, objectAt, required, stringAt } from './json-value.ts';
import { DEFAULT_ACCOUNT_ID, DEFAULT_REGION } from './place.ts';
import { StartError, startErrorIn } from './start-error.ts';

/** What an app without an explicit environment is told about it (`CDK_DEFAULT_REGION`, `CDK_DEFAULT_ACCOUNT`). */
export interface SynthesizeOptions {
  /** @default us-east-1 */
  readonly region?: string;
  /** @default 000000000000 */
  readonly accountId?: string;
  /**
   * For an app that has been synthesized before and runs: with Node's compile cache, and behind whatever else has work
   * for the processor.
   * @default false
   */
  readonly again?: boolean;
}

/**
 * The cloud assembly of a folder: the folder itself, or what the app of its `cdk.json` writes.
 *
 * @throws StartError when it is neither, or the app fails.
 */
export async function assemblyOf(folder: string, options: SynthesizeOptions = {}): Promise<string> {
  const isAssembly = existsSync(join(folder, 'manifest.json')) && !existsSync(join(folder, 'cdk.json'));
  return isAssembly ? folder : synthesize(folder, options);
}

/**
 * Runs the app of a folder's `cdk.json` as the CDK CLI does, and answers the folder of the cloud assembly it wrote.
 * https://github.com/aws/aws-cdk-cli/blob/main/packages/aws-cdk/lib/cxapp/exec.ts
 *
 * @throws StartError when there is no `cdk.json` or the app fails, with what the app wrote.
 */
async function synthesize(
  projectFolder: string,
  { region = DEFAULT_REGION, accountId = DEFAULT_ACCOUNT_ID, again = false }: SynthesizeOptions,
): Promise<string> {
  const folder = resolve(projectFolder);
  const settings = await readJson(join(folder, 'cdk.json'));
  if (settings === undefined) {
    throw new StartError(
      `there is neither a cdk.json nor a cloud assembly in ${folder}; give the folder of a CDK project or its cdk.out`,
    );
  }
  const outdir = outputFolder(folder, settings);
  await mkdir(outdir, { recursive: true });
  const environment = {
    // `cdk synth` and `cdk deploy` validate the template. Here it would take most of the time, and an app that has the
    // empty stack of `cdk init` fails it unless the CLI runs it.
    CDK_VALIDATION: 'false',
    ...(again && { NODE_COMPILE_CACHE: join(outdir, '.node-compile-cache') }),
    ...process.env,
    CDK_OUTDIR: outdir,
    CDK_CONTEXT_JSON: JSON.stringify(await readContext(folder, settings)),
    CDK_DEFAULT_REGION: region,
    CDK_DEFAULT_ACCOUNT: accountId,
  };
  const build = stringAt(settings, 'build');
  const app = required(stringAt(settings, 'app'), `"app" in ${join(folder, 'cdk.json')}`);
  const how = { cwd: folder, env: environment, behind: again };
  if (build !== undefined) await run(build, how);
  await run(app, how);
  return outdir;
}

function outputFolder(projectFolder: string, settings: JsonObject): string {
  return resolve(projectFolder, stringAt(settings, 'output') ?? 'cdk.out');
}

/** Lookups (VPCs, zones, …) that `cdk synth` once made are kept in `cdk.context.json`. */
async function readContext(folder: string, settings: JsonObject): Promise<JsonObject> {
  return { ...(await readJson(join(folder, 'cdk.context.json'))), ...objectAt(settings, 'context') };
}

async function readJson(file: string): Promise<JsonObject | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    return undefined;
  }
  try {
    const document: unknown = JSON.parse(text);
    if (isJsonObject(document)) return document;
  } catch (error) {
    throw startErrorIn(`${file} is not JSON`, error);
  }
  throw new StartError(`${file} is not a JSON object`);
}

interface RunOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** At a low priority, which all that the command starts has from its beginning. */
  readonly behind: boolean;
}

function run(command: string, { cwd, env, behind }: RunOptions): Promise<void> {
  const options: SpawnOptionsWithStdioTuple<StdioNull, StdioPipe, StdioPipe> = {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  };
  return new Promise((succeed, fail) => {
    const child =
      behind && process.platform !== 'win32'
        ? spawn('nice', ['/bin/sh', '-c', command], options)
        : spawn(command, { ...options, shell: true });
    const output: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
    child.on('error', fail);
    child.on('close', (code, signal) => {
      if (code === 0) return succeed();
      const written = Buffer.concat(output).toString().trimEnd();
      fail(new StartError(`"${command}" in ${cwd} ended with ${signal ?? `exit code ${code}`}\n${written}`));
    });
  });
}
