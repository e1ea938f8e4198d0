import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isNativeError } from 'node:util/types';
import type { Clock } from '../clock.ts';
import type { EngineMessage, EnvironmentMessage, InvocationRequest } from './environment-protocol.ts';
import type { FunctionError } from './function-api.ts';
import { splitLines } from './log-lines.ts';
import type { OrphanGuard } from './orphan-guard.ts';
import { createProcessTime } from './time/process-time.ts';

/**
 * One process that runs a function's handler, one invocation at a time. It is frozen (SIGSTOP) whenever it has
 * nothing to answer, as in Lambda: timers and promises that a handler leaves behind go on in the next invocation.
 */
export interface ExecutionEnvironment {
  /** Resolves once the module is loaded, with the error if it is not usable: then the environment is of no use. */
  readonly initialized: Promise<FunctionError | undefined>;
  /** False once the process has ended or is about to. */
  readonly usable: boolean;
  invoke(request: InvocationRequest): Promise<EnvironmentAnswer>;
  /** Makes it fail: hang for good, end as V8 ends a process whose heap is full, or be killed. */
  fail(how: 'timeout' | 'outOfMemory' | 'crash'): void;
  /** Resolves when the process is gone. */
  readonly ended: Promise<void>;
  /** Ends the process and all it started. Resolves when it is gone. */
  kill(): Promise<void>;
}

export type EnvironmentAnswer = { readonly payloadJson: string } | { readonly error: FunctionError };

export interface EnvironmentOptions {
  readonly functionName: string;
  readonly taskRoot: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly memoryMb: number;
  /** The process's, too, when it is a clock that processes can join. */
  readonly clock: Clock;
  readonly orphanGuard: OrphanGuard;
  readonly onLog: (line: { requestId?: string; stream: 'stdout' | 'stderr'; text: string }) => void;
}

export function startExecutionEnvironment(options: EnvironmentOptions): ExecutionEnvironment {
  const child = forkBootstrap(options);
  const exited = new Promise<void>(resolve => child.once('exit', () => resolve()));
  const { pid } = child;
  // A process that died in the meantime reports it by `exit`; a failed send says nothing more.
  const send = (message: EngineMessage) => void child.send(message, () => {});
  const time = createProcessTime({ clock: options.clock, functionName: options.functionName, send });
  time.run();
  if (pid !== undefined) options.orphanGuard.born(pid);

  let requestId: string | undefined;
  let usable = true;
  let settle: (answer: EnvironmentAnswer) => void;
  const logs = (['stdout', 'stderr'] as const).map(stream =>
    splitLines(child[stream], text => options.onLog({ ...(requestId && { requestId }), stream, text })),
  );

  const initialized = new Promise<FunctionError | undefined>(resolve => {
    settle = answer => resolve('error' in answer ? answer.error : undefined);
  });
  child.on('message', (message: EnvironmentMessage) => {
    if (time.take(message)) return;
    if (message.type === 'initFailed' || (message.type === 'failed' && message.fatal)) usable = false;
    signal(child, 'SIGSTOP');
    // Output is written before the answer is sent, to another pipe. The poll that brought the answer brings it too,
    // so after this poll (`setImmediate`) it has been read.
    setImmediate(() => answered('error' in message ? message : 'payloadJson' in message ? message : READY));
  });
  child.on('exit', (code, exitSignal) => {
    usable = false;
    // What the handler started and left behind.
    signal(child, 'SIGKILL');
    if (pid !== undefined) options.orphanGuard.died(pid);
    child.once('close', () => answered({ error: exitError(requestId, code, exitSignal) }));
  });
  child.on('error', error => {
    usable = false;
    answered({
      error: { errorType: 'Runtime.ExitError', errorMessage: `The process failed: ${error.message}` },
    });
  });

  function answered(answer: EnvironmentAnswer): void {
    time.rest();
    for (const log of logs) log.flush();
    requestId = undefined;
    settle(answer);
  }

  return {
    initialized,
    get usable() {
      return usable;
    },
    invoke(request) {
      requestId = request.requestId;
      return new Promise(resolve => {
        settle = resolve;
        time.run();
        signal(child, 'SIGCONT');
        send({ type: 'invoke', ...request, nowMs: options.clock.now() });
      });
    },
    fail(how) {
      // What hangs waits for nothing that time could bring.
      if (how === 'timeout') time.rest();
      signal(child, FAILURES[how]);
    },
    ended: exited,
    async kill() {
      usable = false;
      time.rest();
      if (child.exitCode !== null || child.signalCode !== null || pid === undefined) return;
      signal(child, 'SIGKILL');
      await exited;
    },
  };
}

const READY: EnvironmentAnswer = { payloadJson: 'null' };

function forkBootstrap({ taskRoot, variables, memoryMb, clock }: EnvironmentOptions): ChildProcess {
  // The bootstrap lies beside this module, as source or as built.
  const bootstrap = `./environment-bootstrap${path.extname(fileURLToPath(import.meta.url))}`;
  // As Lambda's own start script does, a tenth of the memory is left for all that is not the old heap.
  const heapMb = memoryMb - Math.floor(memoryMb / 10);
  const startMs = clock.join ? [String(clock.now())] : [];
  return fork(fileURLToPath(new URL(bootstrap, import.meta.url)), startMs, {
    cwd: taskRoot,
    env: variables,
    execArgv: [`--max-old-space-size=${heapMb}`],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // A process group of its own: a Ctrl-C in the terminal stops the engine, not a handler in the middle of its work,
    // and a signal to the group reaches what the handler started.
    detached: process.platform !== 'win32',
  });
}

const FAILURES = { timeout: 'SIGSTOP', outOfMemory: 'SIGABRT', crash: 'SIGKILL' } as const;

function signal(child: ChildProcess, name: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL' | 'SIGABRT'): void {
  if (child.pid === undefined) return;
  if (process.platform === 'win32') {
    if (name === 'SIGKILL' || name === 'SIGABRT') child.kill(name);
    return;
  }
  try {
    process.kill(-child.pid, name);
  } catch (error) {
    // ESRCH: the group is gone. EPERM: macOS says so when only a zombie is left of it.
    const code = isNativeError(error) && 'code' in error ? error.code : undefined;
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}

function exitError(
  requestId: string | undefined,
  code: number | null,
  signalName: string | null,
): FunctionError {
  const how = signalName ? `signal: ${SIGNAL_WORDS[signalName] ?? signalName}` : `exit status ${code}`;
  const reason =
    code === 0 ? 'Runtime exited without providing a reason' : `Runtime exited with error: ${how}`;
  const prefix = requestId ? `RequestId: ${requestId} ` : '';
  return { errorType: 'Runtime.ExitError', errorMessage: `${prefix}Error: ${reason}` };
}

/** Lambda names signals as Go does. V8 aborts when its heap is full. */
const SIGNAL_WORDS: Readonly<Record<string, string>> = {
  SIGABRT: 'aborted',
  SIGKILL: 'killed',
  SIGSEGV: 'segmentation fault',
  SIGTERM: 'terminated',
};
