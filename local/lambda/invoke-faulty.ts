import type { Clock } from '../clock.ts';
import type { InvocationFault } from '../faults/fault.ts';
import type { InvocationRequest } from './environment-protocol.ts';
import type { EnvironmentAnswer, ExecutionEnvironment } from './execution-environment.ts';

/** Invokes in an environment that fails before the handler is called, or some time later. */
export async function invokeFaulty(
  environment: ExecutionEnvironment,
  request: InvocationRequest,
  { kind, afterMs = 0 }: InvocationFault,
  clock: Clock,
): Promise<EnvironmentAnswer> {
  if (kind === 'throttle') throw new Error('a throttled invocation has no environment');
  // The process is still frozen, and stays so until the function's timeout.
  if (afterMs === 0 && kind === 'timeout') return await new Promise<never>(() => {});
  if (afterMs === 0) {
    environment.fail(kind);
    return await environment.invoke(request);
  }
  const timer = clock.setTimer(() => environment.fail(kind), afterMs);
  try {
    return await environment.invoke(request);
  } finally {
    timer.cancel();
  }
}
