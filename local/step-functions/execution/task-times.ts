import type { Timer } from '../../clock.ts';
import type { ListScope } from './scope.ts';
import { StateFailure } from './state-failure.ts';

export interface TaskTimes {
  readonly timeoutSeconds: number | undefined;
  readonly heartbeatSeconds: number | undefined;
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html: heartbeats are of tasks that wait for a token. */
export function deadlineOf({ timeoutSeconds }: TaskTimes, nowMs: number): number | undefined {
  return timeoutSeconds === undefined ? undefined : nowMs + timeoutSeconds * 1000;
}

export const timedOut = () => new StateFailure('States.Timeout', '');
export const heartbeatMissed = () => new StateFailure('States.HeartbeatTimeout', '');

/**
 * @param deadline in milliseconds since the Unix epoch; undefined for none.
 * @throws StateFailure `States.Timeout`; what is at work goes on by itself.
 */
export async function withinTime<T>(
  work: Promise<T>,
  deadline: number | undefined,
  { clock }: Pick<ListScope, 'clock'>,
): Promise<T> {
  if (deadline === undefined) return await work;
  let timer: Timer | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = clock.setTimer(() => reject(timedOut()), Math.max(0, deadline - clock.now()));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    timer?.cancel();
  }
}
