/**
 * The main module of an execution environment's process. Cold starts wait for it: it imports nothing but Node and
 * its own neighbours, unless its time is not the machine's.
 */
import type { EngineMessage, EnvironmentMessage, InvokeMessage } from './environment-protocol.ts';
import type { FunctionError } from './function-api.ts';
import { type Handler, loadHandler, RuntimeError } from './handler-loader.ts';
import { writeConsoleAsJson } from './json-console.ts';
import type { VirtualTime } from './time/virtual-time.ts';

const env = process.env;
/** Handlers take an error-first callback up to nodejs22.x; from nodejs24.x on they must be async. */
const CALLBACKS = Number(/nodejs(\d+)/.exec(env.AWS_EXECUTION_ENV ?? '')?.[1]) < 24;

const send = process.send?.bind(process);
if (!send) throw new Error('environment-bootstrap is started by the Lambda service, not by hand');
// In Lambda a handler has no parent to talk to, and libraries that look for one must not find ours.
delete process.send;
process.on('disconnect', () => process.exit());

let initialized = false;
let currentRequestId: string | undefined;
if (env.AWS_LAMBDA_LOG_FORMAT === 'JSON')
  writeConsoleAsJson(env.AWS_LAMBDA_LOG_LEVEL, () => currentRequestId);
process.on('uncaughtException', error => dieOf(error, 129));
process.on('unhandledRejection', reason => {
  dieOf(new RuntimeError('Runtime.UnhandledPromiseRejection', String(reason), stackOf(reason)), 128);
});

void start();

async function start(): Promise<void> {
  try {
    const time = await timeOf(process.argv[2]);
    const loading = loadHandler(env.LAMBDA_TASK_ROOT ?? '', env._HANDLER ?? '', CALLBACKS);
    // It may wait for time to pass while it loads.
    process.on('message', (message: EngineMessage) => {
      if (message.type !== 'invoke') return void time?.take(message);
      time?.thaw(message.nowMs);
      void loading.then(handler => answer(handler, message));
    });
    await loading;
    initialized = true;
    tell({ type: 'ready' });
  } catch (error) {
    dieOf(error, 1);
  }
}

/** @param startMs what the engine's clock shows, when this process is to follow it; else it has the machine's time. */
async function timeOf(startMs: string | undefined): Promise<VirtualTime | undefined> {
  if (startMs === undefined) return undefined;
  const { installVirtualTime } = await import('./time/virtual-time.ts');
  return installVirtualTime(Number(startMs), tell);
}

async function answer(handler: Handler, message: InvokeMessage): Promise<void> {
  const { requestId } = message;
  currentRequestId = requestId;
  env._X_AMZN_TRACE_ID = message.traceId;
  try {
    const result = await run(handler, JSON.parse(message.eventJson), contextOf(message));
    const payloadJson = toJson(result);
    // As in Lambda, a rejection that nobody handled is reported before the result that came with it.
    await new Promise(setImmediate);
    tell({ type: 'succeeded', requestId, payloadJson });
  } catch (error) {
    tell({ type: 'failed', requestId, error: describe(error), fatal: false });
  }
  currentRequestId = undefined;
}

/** Until nodejs22.x a handler without a promise answers by its callback; its return value counts for nothing. */
async function run(handler: Handler, event: unknown, context: object): Promise<unknown> {
  if (!CALLBACKS) return handler(event, context);
  return new Promise((resolve, reject) => {
    const returned = handler(event, { ...context, callbackWaitsForEmptyEventLoop: true }, (error, result) =>
      error === undefined || error === null ? resolve(result) : reject(error),
    );
    if (returned instanceof Promise) returned.then(resolve, reject);
    else if (handler.length < 3) resolve(null);
  });
}

function contextOf({ requestId, functionArn, remainingMs }: InvokeMessage): object {
  const deadline = Date.now() + remainingMs;
  return {
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    invokedFunctionArn: functionArn,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    awsRequestId: requestId,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
}

function toJson(result: unknown): string {
  try {
    return JSON.stringify(result) ?? 'null';
  } catch (error) {
    throw new RuntimeError('Runtime.JSONStringifyError', 'Unable to stringify response body', stackOf(error));
  }
}

function dieOf(reason: unknown, exitCode: number): void {
  const error = describe(reason);
  const exit = () => process.exit(exitCode);
  if (!initialized) tell({ type: 'initFailed', error }, exit);
  else if (currentRequestId) tell({ type: 'failed', requestId: currentRequestId, error, fatal: true }, exit);
  else exit();
}

function tell(message: EnvironmentMessage, then?: () => void): void {
  send?.(message, undefined, undefined, then);
}

function describe(error: unknown): FunctionError {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: error.stack?.split('\n') ?? [] };
}

function stackOf(error: unknown): string | undefined {
  return error instanceof Error ? error.stack : undefined;
}
