import type { Timer } from '../../clock.ts';
import type { ListScope } from './scope.ts';
import { heartbeatMissed, type TaskTimes, timedOut } from './task-times.ts';
import { unlessAborted } from './wait.ts';

export interface TaskReport {
  /** What the task's holder reports; rejects with the failure it reports, or with a timeout. */
  readonly result: Promise<unknown>;
  /** Rejects as `result` does, and never resolves. */
  readonly failed: Promise<never>;
}

/**
 * Waits for whoever has the token to report the task.
 *
 * @param times `timesOutAt` in milliseconds since the Unix epoch.
 */
export function awaitReport(
  token: string,
  times: Pick<TaskTimes, 'heartbeatSeconds'> & { readonly timesOutAt: number | undefined },
  { clock, tokens, signal, stateMachineArn }: ListScope,
): TaskReport {
  const { heartbeatSeconds, timesOutAt } = times;
  const timers: { timeout?: Timer; heartbeat?: Timer } = {};
  const report = new Promise<unknown>((resolve, reject) => {
    const expectHeartbeat = () => {
      timers.heartbeat?.cancel();
      if (heartbeatSeconds === undefined) return;
      timers.heartbeat = clock.setTimer(() => reject(heartbeatMissed()), heartbeatSeconds * 1000);
    };
    if (timesOutAt !== undefined) {
      timers.timeout = clock.setTimer(() => reject(timedOut()), Math.max(0, timesOutAt - clock.now()));
    }
    expectHeartbeat();
    tokens.wait(token, { stateMachineArn, succeed: resolve, fail: reject, heartbeat: expectHeartbeat });
  });
  const result = unlessAborted(report, signal).finally(() => {
    tokens.spend(token);
    timers.timeout?.cancel();
    timers.heartbeat?.cancel();
  });
  const failed = result.then(() => new Promise<never>(() => {}));
  // Whoever waits for the call alone hears of it by `failed`; nobody may be left to hear of it.
  failed.catch(() => {});
  return { result, failed };
}
