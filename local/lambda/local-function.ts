import { randomUUID } from 'node:crypto';
import type { Clock, Timer } from '../clock.ts';
import type { InvocationFault } from '../faults/fault.ts';
import type { Location } from '../service.ts';
import type { ConcurrencyPool } from './concurrency-pool.ts';
import { createEnvironmentPool } from './environment-pool.ts';
import type { InvocationRequest } from './environment-protocol.ts';
import { environmentVariables } from './environment-variables.ts';
import {
  type EnvironmentAnswer,
  type ExecutionEnvironment,
  startExecutionEnvironment,
} from './execution-environment.ts';
import type { FunctionError, InvokeOptions, InvokeResult, LocalFunction } from './function-api.ts';
import { invokeFaulty } from './invoke-faulty.ts';
import type { FunctionConfig, FunctionLogLine } from './lambda-service.ts';
import { MAX_INVOCATIONS_IN_A_CHAIN, traceInvocation } from './lineage.ts';
import type { OrphanGuard } from './orphan-guard.ts';

export interface FunctionHost extends LocalFunction {
  /** Undefined when it shares the account's, so that throttling is not of its own making. */
  readonly reservedConcurrency: number | undefined;
  /**
   * Starts an execution environment, and keeps it for the first invocation. Resolves with what stops the function
   * from ever working: a module that does not load, a handler that is not exported.
   */
  initialize(): Promise<FunctionError | undefined>;
  /** Kills all environments, busy ones too: their invocations are answered as failed. */
  stop(): Promise<void>;
}

/** One that the service has made, with what it was made of. */
export interface DeployedFunction extends FunctionHost {
  readonly config: FunctionConfig;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib */
const INIT_LIMIT_MS = 10_000;

/** One that has loaded its module, or the error of that; and how long an invocation may take in it. */
interface Initialized {
  readonly environment: ExecutionEnvironment;
  readonly error?: FunctionError | undefined;
  readonly remainingMs: number;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: 6 MB and room for what wraps it. */
const MAX_RESPONSE_BYTES = 6_291_556;

export function createFunctionHost(options: {
  readonly config: FunctionConfig;
  readonly taskRoot: string;
  readonly scratchFolder: string;
  readonly clock: Clock;
  readonly location: Location;
  readonly concurrency: ConcurrencyPool;
  readonly orphanGuard: OrphanGuard;
  /** Those of all functions that run, by the session token they sign with. */
  readonly environments: Map<string, ExecutionEnvironment>;
  /** What goes wrong on demand with an invocation that begins now. */
  readonly faultOf: (functionName: string) => InvocationFault | undefined;
  readonly onLog: (line: FunctionLogLine) => void;
}): DeployedFunction {
  const { config, clock, location, concurrency } = options;
  const { name, timeoutSeconds } = config;
  const timeoutMs = timeoutSeconds * 1000;
  const arn = `arn:aws:lambda:${location.region}:${location.accountId}:function:${name}`;
  const pool = createEnvironmentPool(() => {
    const sessionToken = randomUUID();
    const environment = startExecutionEnvironment({
      functionName: name,
      taskRoot: options.taskRoot,
      variables: environmentVariables({ ...options, logStreamName: logStreamName(clock), sessionToken }),
      memoryMb: config.memoryMb,
      clock,
      orphanGuard: options.orphanGuard,
      onLog,
    });
    options.environments.set(sessionToken, environment);
    void environment.ended.then(() => options.environments.delete(sessionToken));
    return environment;
  });
  const listeners = new Map<string, NonNullable<InvokeOptions['onLine']>>();

  function onLog(line: Pick<FunctionLogLine, 'requestId' | 'stream' | 'text'>): void {
    if (line.requestId) listeners.get(line.requestId)?.(line.text);
    options.onLog({ ...line, functionName: name, at: clock.now() });
  }

  /** What the service itself says, not the handler. */
  function log(text: string, requestId?: string): void {
    onLog({ stream: 'stderr', text, ...(requestId && { requestId }) });
  }

  /** The answer, or `undefined` when there is none in time; the environment is killed then. */
  async function within<T>(limitMs: number, environment: ExecutionEnvironment, answer: Promise<T>) {
    let timer: Timer | undefined;
    const timedOut = new Promise<undefined>(resolve => {
      timer = clock.setTimer(() => {
        void environment.kill();
        resolve(undefined);
      }, limitMs);
    });
    const result = await Promise.race([answer.then(value => ({ value })), timedOut]);
    timer?.cancel();
    return result;
  }

  /** What takes too long is begun anew as part of the invocation, of whose time it takes. */
  async function startInitialized(): Promise<Initialized> {
    const slow = pool.start();
    const inTime = await within(INIT_LIMIT_MS, slow, slow.initialized);
    if (inTime) return { environment: slow, error: inTime.value, remainingMs: timeoutMs };
    pool.release(slow);
    const begunMs = clock.now();
    const environment = pool.start();
    const result = await within(timeoutMs, environment, environment.initialized);
    const remainingMs = timeoutMs - (clock.now() - begunMs);
    return { environment, error: result ? result.value : timeoutError(timeoutSeconds), remainingMs };
  }

  async function runIn(
    { environment, remainingMs }: Initialized,
    invocation: Invocation,
    fault: InvocationFault | undefined,
  ): Promise<EnvironmentAnswer> {
    const { requestId } = invocation;
    const request: InvocationRequest = { ...invocation, functionArn: arn, remainingMs };
    const invoked = fault ? invokeFaulty(environment, request, fault, clock) : environment.invoke(request);
    const result = await within(remainingMs, environment, invoked);
    const answer = result ? result.value : { error: timeoutError(timeoutSeconds, requestId) };
    if ('error' in answer) logError(answer.error, requestId);
    return answer;
  }

  function logError({ errorType, errorMessage, trace }: FunctionError, requestId?: string): void {
    for (const text of trace?.length ? trace : [`${errorType}: ${errorMessage}`]) log(text, requestId);
  }

  async function run(invocation: Invocation, fault: InvocationFault | undefined): Promise<InvokeResult> {
    const warm = pool.takeIdle();
    const initialized = warm ? { environment: warm, remainingMs: timeoutMs } : await startInitialized();
    const { environment, error } = initialized;
    if (error) logError(error);
    const answer = error ? { error } : await runIn(initialized, invocation, fault);
    pool.release(environment);
    return resultOf(answer);
  }

  return {
    name,
    arn,
    config,
    timeoutSeconds,
    reservedConcurrency: config.reservedConcurrency,
    async invoke(event, { requestId = randomUUID(), traceHeaders = [], onLine } = {}) {
      const trace = traceInvocation(arn, traceHeaders, clock.now());
      if (trace.earlierInvocations >= MAX_INVOCATIONS_IN_A_CHAIN && !config.allowRecursion) {
        log(RECURSION_STOPPED);
        return { outcome: 'recursive' };
      }
      const fault = pool.stopped ? undefined : options.faultOf(name);
      if (pool.stopped || fault?.kind === 'throttle' || !concurrency.enter()) return { outcome: 'throttled' };
      if (onLine) listeners.set(requestId, onLine);
      try {
        const eventJson = JSON.stringify(event) ?? 'null';
        return await run({ requestId, traceId: trace.header, eventJson }, fault);
      } finally {
        listeners.delete(requestId);
        concurrency.leave();
      }
    },
    async initialize() {
      if (pool.stopped)
        return { errorType: 'Runtime.ExitError', errorMessage: 'The local Lambda has stopped' };
      const { environment, error } = await startInitialized();
      pool.release(environment);
      return error;
    },
    stop: () => pool.stop(),
  };
}

type Invocation = Pick<InvocationRequest, 'requestId' | 'traceId' | 'eventJson'>;

const RECURSION_STOPPED =
  `Lambda stopped a recursive loop: a chain of requests has invoked this function ${MAX_INVOCATIONS_IN_A_CHAIN} times. ` +
  'If it is meant to, set its recursiveLoop to ALLOW.';

function resultOf(answer: EnvironmentAnswer): InvokeResult {
  if ('error' in answer) return { outcome: 'failed', error: answer.error };
  if (Buffer.byteLength(answer.payloadJson) > MAX_RESPONSE_BYTES) {
    const errorMessage = `Response payload size exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`;
    return { outcome: 'failed', error: { errorType: 'Function.ResponseSizeTooLarge', errorMessage } };
  }
  return { outcome: 'succeeded', payload: JSON.parse(answer.payloadJson) };
}

function timeoutError(timeoutSeconds: number, requestId?: string): FunctionError {
  const prefix = requestId ? `RequestId: ${requestId} ` : '';
  const errorMessage = `${prefix}Error: Task timed out after ${timeoutSeconds.toFixed(2)} seconds`;
  return { errorType: 'Sandbox.Timedout', errorMessage };
}

/** `2026/11/22/[$LATEST]0a1b…` */
function logStreamName(clock: Clock): string {
  const day = new Date(clock.now()).toISOString().slice(0, 10).replaceAll('-', '/');
  return `${day}/[$LATEST]${randomHex()}`;
}

function randomHex(): string {
  return randomUUID().replaceAll('-', '');
}
