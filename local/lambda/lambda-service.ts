import { statSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import type { Clock } from '../clock.ts';
import type { InvocationFault } from '../faults/fault.ts';
import type { Location, Service } from '../service.ts';
import { type AsyncRequest, type AsyncSettings, createAsyncInvoker } from './async-invocation.ts';
import { createCodeFolder } from './code-folder.ts';
import { createConcurrencyPool } from './concurrency-pool.ts';
import type { ExecutionEnvironment } from './execution-environment.ts';
import type { FunctionError } from './function-api.ts';
import { handleRequest } from './invoke-api.ts';
import { createFunctionHost, type DeployedFunction, type FunctionHost } from './local-function.ts';
import { startOrphanGuard } from './orphan-guard.ts';
import {
  createReplaceableFunction,
  type Invocation,
  type ReplaceableFunction,
} from './replaceable-function.ts';

/** Lambda: functions that are called by event sources, function URLs, and `Invoke` of the Lambda API. */
export interface LambdaService extends Service {
  /**
   * Takes a copy of the function's code. Nothing is started: that happens at the first invocation, or by
   * `initialize`. Throws when the runtime is not Node's, the folder is missing, or the name is taken.
   */
  createFunction(config: FunctionConfig): FunctionHost;
  /**
   * Gives the function of that name other code and configuration, once that has been initialized. Resolves with what
   * stops it from ever working; then the function is as it was. Throws as `createFunction` does, and what `onReplace`
   * throws.
   */
  replaceFunction(config: FunctionConfig): Promise<FunctionError | undefined>;
  /** @param check told of what the function of that name is to be replaced by. @throws what refuses it */
  onReplace(functionName: string, check: (next: FunctionConfig) => void): void;
  /** By name, ARN, or ARN with a version or alias, which all lead to the one version there is locally. */
  functionByName(nameOrArn: string): FunctionHost | undefined;
  /** What the function of that name is now made of. */
  configOf(functionName: string): FunctionConfig | undefined;
  functions(): readonly FunctionHost[];
  /** Kills the process of a function that makes this request; for others it does nothing. Resolves when it is gone. */
  killCaller(request: IncomingMessage): Promise<void>;
  /** Invokes in the background, as services do that do not wait: with retries, destinations, dead-letter queue. */
  invokeAsync(target: FunctionHost, event: unknown, request?: AsyncRequest): void;
  /** Retries, age and destinations of a function's asynchronous invocations, over what it has been given before. */
  configureAsync(functionName: string, settings: Partial<AsyncSettings>): void;
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
  /** Where its lines belong. @default /aws/lambda/ and its name */
  readonly logGroup?: string;
  /** `JSON` makes the console write JSON. @default Text */
  readonly logFormat?: 'JSON' | 'Text';
  /** Of the JSON format: nothing below it is written. */
  readonly applicationLogLevel?: string;
  /** `RecursiveLoop: Allow`. @default false: a chain that has invoked it 16 times is stopped */
  readonly allowRecursion?: boolean;
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
  /** Called with each invocation that has ended, or was throttled. @default nobody is told */
  readonly onInvoked?: (invocation: Invocation) => void;
  /**
   * How many invocations run at once in all functions without reserved concurrency; more are throttled. Each needs a
   * process of about 50 MB, hence 64 by default where an AWS account has 1000.
   */
  readonly accountConcurrency?: number;
  /** What goes wrong on demand with an invocation that begins now. @default nothing */
  readonly faultOf?: (functionName: string) => InvocationFault | undefined;
}

export function createLambdaService(options: LambdaServiceOptions): LambdaService {
  const { clock, location, onInvoked = () => {}, faultOf = () => undefined } = options;
  const environments = new Map<string, ExecutionEnvironment>();
  const functions = new Map<string, ReplaceableFunction>();
  const replacementChecks = new Map<string, ((next: FunctionConfig) => void)[]>();
  const folder = createCodeFolder();
  const orphanGuard = startOrphanGuard(folder.path);
  const unreserved = createConcurrencyPool(options.accountConcurrency ?? 64);
  const asyncInvoker = createAsyncInvoker(clock, (functionName, error) => {
    const text = `A destination of this function did not take its message: ${error}`;
    options.onLog({ functionName, stream: 'stderr', text, at: clock.now() });
  });

  function deploy(config: FunctionConfig): DeployedFunction {
    checkConfig(config);
    const { reservedConcurrency } = config;
    return createFunctionHost({
      ...options,
      faultOf,
      environments,
      ...folder.copy(config.name, config.codeDirectory),
      config,
      concurrency:
        reservedConcurrency === undefined ? unreserved : createConcurrencyPool(reservedConcurrency),
      orphanGuard,
    });
  }

  const service: LambdaService = {
    signingName: 'lambda',
    createFunction(config) {
      if (functions.has(config.name)) {
        throw new Error(
          `Lambda function ${config.name} exists already; give each function a name of its own`,
        );
      }
      const host = createReplaceableFunction(deploy(config), { clock, onInvoked });
      functions.set(config.name, host);
      return host;
    },
    async replaceFunction(config) {
      const host = functions.get(config.name);
      if (host === undefined) throw new Error(`There is no Lambda function ${config.name} to replace`);
      for (const check of replacementChecks.get(config.name) ?? []) check(config);
      return host.replace(deploy(config));
    },
    onReplace(functionName, check) {
      replacementChecks.set(functionName, [...(replacementChecks.get(functionName) ?? []), check]);
    },
    functionByName(nameOrArn) {
      const [, prefix, name] =
        /^(arn:aws:lambda:[^:]+:\d+:function:|\d+:function:)?([\w-]+)(?::[\w$-]+)?$/.exec(nameOrArn) ?? [];
      const host = name ? functions.get(name) : undefined;
      return host && (!prefix || host.arn.endsWith(`${prefix}${name}`)) ? host : undefined;
    },
    configOf: functionName => functions.get(functionName)?.config,
    functions: () => [...functions.values()],
    async killCaller({ headers }) {
      await environments.get(String(headers['x-amz-security-token'] ?? ''))?.kill();
    },
    invokeAsync: asyncInvoker.accept,
    configureAsync: asyncInvoker.configure,
    handle: (request, response, authorize) =>
      handleRequest(request, response, { service, clock, location, authorize }),
    async stop() {
      asyncInvoker.stop();
      await Promise.all([...functions.values()].map(host => host.stop()));
      await orphanGuard.stop();
      await folder.remove();
    },
  };
  return service;
}

function checkConfig({ name, runtime, codeDirectory }: FunctionConfig): void {
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
