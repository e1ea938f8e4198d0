import { cpSync, mkdirSync, mkdtempSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Clock } from '../clock.ts';
import type { Location, Service } from '../service.ts';
import { createAsyncInvoker } from './async-invocation.ts';
import { createConcurrencyPool } from './concurrency-pool.ts';
import { handleInvoke } from './invoke-api.ts';
import { createFunctionHost, type FunctionHost } from './local-function.ts';
import { startOrphanGuard } from './orphan-guard.ts';

/** Lambda: functions that are called by event sources, function URLs, and `Invoke` of the Lambda API. */
export interface LambdaService extends Service {
  /**
   * Takes a copy of the function's code. Nothing is started: that happens at the first invocation, or by
   * `initialize`. Throws when the runtime is not Node's, the folder is missing, or the name is taken.
   */
  createFunction(config: FunctionConfig): FunctionHost;
  /** By name, ARN, or ARN with a version or alias, which all lead to the one version there is locally. */
  functionByName(nameOrArn: string): FunctionHost | undefined;
  functions(): readonly FunctionHost[];
}

/** What a template says of an `AWS::Lambda::Function`, as far as it has an effect here. */
export interface FunctionConfig {
  readonly name: string;
  /** The asset's folder. */
  readonly codeDirectory: string;
  /** File and export: `index.handler`. The file may end in `.js`, `.mjs` or `.cjs`. */
  readonly handler: string;
  /** `nodejs24.x`, `nodejs22.x`, … It decides how handlers are called; all run on the Node that runs the engine. */
  readonly runtime: string;
  readonly timeoutSeconds: number;
  /** Bounds the JavaScript heap, not buffers outside of it. */
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly reservedConcurrency?: number;
}

export interface FunctionLogLine {
  readonly functionName: string;
  /** Absent during initialization. */
  readonly requestId?: string;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}

export interface LambdaServiceOptions {
  readonly clock: Clock;
  readonly location: Location;
  readonly onLog: (line: FunctionLogLine) => void;
  /**
   * How many invocations run at once in all functions without reserved concurrency; more are throttled. Each needs a
   * process of about 50 MB, hence 64 by default where an AWS account has 1000.
   */
  readonly accountConcurrency?: number;
}

export function createLambdaService(options: LambdaServiceOptions): LambdaService {
  const { clock, location } = options;
  const functions = new Map<string, FunctionHost>();
  const folder = createCodeFolder();
  const orphanGuard = startOrphanGuard(folder);
  const unreserved = createConcurrencyPool(options.accountConcurrency ?? 64);
  const asyncInvoker = createAsyncInvoker(clock);

  const service: LambdaService = {
    signingName: 'lambda',
    createFunction(config) {
      checkConfig(config, functions.has(config.name));
      const { reservedConcurrency } = config;
      const host = createFunctionHost({
        ...options,
        ...copyCode(config, path.join(folder, config.name)),
        config,
        concurrency:
          reservedConcurrency === undefined ? unreserved : createConcurrencyPool(reservedConcurrency),
        orphanGuard,
      });
      functions.set(config.name, host);
      return host;
    },
    functionByName(nameOrArn) {
      const [, prefix, name] =
        /^(arn:aws:lambda:[^:]+:\d+:function:|\d+:function:)?([\w-]+)(?::[\w$-]+)?$/.exec(nameOrArn) ?? [];
      const host = name ? functions.get(name) : undefined;
      return host && (!prefix || host.arn.endsWith(`${prefix}${name}`)) ? host : undefined;
    },
    functions: () => [...functions.values()],
    handle: (request, response) => handleInvoke(request, response, { service, asyncInvoker, location }),
    async stop() {
      asyncInvoker.stop();
      await Promise.all([...functions.values()].map(host => host.stop()));
      await orphanGuard.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return service;
}

/**
 * A folder that belongs to no package. Below a `package.json` with `"type": "module"`, and a CDK app's `cdk.out` often
 * is, a CommonJS bundle would load as an empty module, without an error.
 */
function createCodeFolder(): string {
  const folder = mkdtempSync(path.join(realpathSync(tmpdir()), 'background-jobs-lambda-'));
  writeFileSync(path.join(folder, 'package.json'), '{}\n');
  return folder;
}

function copyCode(config: FunctionConfig, folder: string): { taskRoot: string; scratchFolder: string } {
  const taskRoot = path.join(folder, 'task');
  const scratchFolder = path.join(folder, 'tmp');
  mkdirSync(scratchFolder, { recursive: true });
  cpSync(config.codeDirectory, taskRoot, { recursive: true, verbatimSymlinks: true });
  return { taskRoot, scratchFolder };
}

function checkConfig({ name, runtime, codeDirectory }: FunctionConfig, taken: boolean): void {
  if (taken) throw new Error(`Lambda function ${name} exists already; give each function a name of its own`);
  if (!/^nodejs\d+\.x$/.test(runtime)) {
    throw new Error(
      `Lambda function ${name} has runtime ${runtime}; only Node.js (nodejs24.x, …) runs locally`,
    );
  }
  if (!statSync(codeDirectory, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Error(
      `Lambda function ${name} has no code folder at ${codeDirectory}; synthesize the app again`,
    );
  }
}
