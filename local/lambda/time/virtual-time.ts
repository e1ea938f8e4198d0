import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';
import { install } from '@sinonjs/fake-timers';
import type { TimeAnswer, TimeMessage } from '../environment-protocol.ts';
import { watchInputAndOutput } from './input-and-output.ts';

/** The time of this process, which stands still until the engine moves it. */
export interface VirtualTime {
  /** From one invocation to the next: timers that came due meanwhile fire once, as they do after a freeze. */
  thaw(nowMs: number): void;
  take(message: TimeMessage): Promise<void>;
}

/**
 * Puts the engine's time in place of the machine's, for all that is loaded from now on.
 *
 * @param tell answers the engine
 */
export function installVirtualTime(startMs: number, tell: (message: TimeAnswer) => void): VirtualTime {
  const inputAndOutput = watchInputAndOutput(what => tell({ type: 'slow', what }));
  const clock = install({
    now: startMs,
    // Neither immediates nor ticks: they wait for the event loop, not for time.
    toFake: ['Date', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'hrtime'],
    shouldClearNativeTimers: true,
  });
  // Not by fake-timers: it would take `mark`, `measure` and the rest of it away, too.
  Object.defineProperty(performance, 'now', { value: () => clock.now - startMs, configurable: true });
  AbortSignal.timeout = timeoutSignal;
  timers.scheduler.wait = (delayMs, options) => timers.setTimeout(delayMs, undefined, options);
  // For those who import the timers by name.
  syncBuiltinESMExports();

  return {
    thaw: nowMs => void clock.jump(Math.max(0, nowMs - clock.now)),
    async take(message) {
      const { id } = message;
      if (message.type === 'moveTo') {
        clock.tick(Math.max(0, message.nowMs - clock.now));
        return tell({ type: 'moved', id });
      }
      await inputAndOutput.finished(message.waitedFor);
      tell({ type: 'blocked', id, until: clock.timerHeap?.peek()?.callAt ?? null });
    },
  };
}

/** As Node's, over the timers that are in place now. */
function timeoutSignal(delayMs: number): AbortSignal {
  const controller = new AbortController();
  const timedOut = new DOMException('The operation was aborted due to timeout', 'TimeoutError');
  setTimeout(() => controller.abort(timedOut), delayMs);
  return controller.signal;
}
