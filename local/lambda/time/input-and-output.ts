import { setImmediate, setTimeout } from 'node:timers';
import { watchRequests } from './requests.ts';
import { watchSockets } from './sockets.ts';
import { watchThreadPool } from './thread-pool.ts';

/** What this process has under way outside of its own code. */
export interface InputAndOutput {
  /**
   * Resolves once there is nothing of it, and the handler has gone on as far as it can.
   *
   * @param waitedFor ports of this process on which the engine answers only when time passes: they are waited for no more
   */
  finished(waitedFor: readonly number[]): Promise<void>;
}

/** A part of it: what is under way, in words. */
export type UnderWay = (waitedFor: ReadonlySet<number>) => readonly string[];

/** A promise that was resolved, and what follows from it, may take some turns of the event loop. */
const TURNS = 3;

/** How long until it is told what is waited for. */
const PATIENCE_MS = 10_000;

/**
 * To be called before anything is loaded that may begin something, and before the timers are no longer the machine's.
 *
 * @param onSlow told once of what has not ended for ten seconds
 */
export function watchInputAndOutput(onSlow: (what: readonly string[]) => void): InputAndOutput {
  const machine = { setTimeout, setImmediate, now: performance.now.bind(performance) };
  const parts: readonly UnderWay[] = [
    watchRequests(),
    watchSockets(machine.now),
    watchThreadPool(),
    activeResources,
  ];
  let ports: ReadonlySet<number> = new Set();
  let questions = 0;
  let waiting: Promise<void> | undefined;

  async function untilFinished(): Promise<void> {
    let tellAt = machine.now() + PATIENCE_MS;
    for (;;) {
      const answered = questions;
      for (let turn = 0; turn < TURNS; turn++) {
        await new Promise<void>(resolve => machine.setImmediate(resolve));
      }
      const what = parts.flatMap(part => part(ports));
      // Who has asked meanwhile may have set off something that takes its turns, too.
      if (what.length === 0 && answered === questions) return;
      if (machine.now() > tellAt) {
        onSlow([...new Set(what)]);
        tellAt = Number.POSITIVE_INFINITY;
      }
      await new Promise(resolve => machine.setTimeout(resolve, 1));
    }
  }

  return {
    finished(waitedFor) {
      // Also for those who asked before.
      ports = new Set(waitedFor);
      questions++;
      // One loop for all: each would see the immediates of the others, and none would ever end.
      waiting ??= untilFinished().finally(() => {
        waiting = undefined;
      });
      return waiting;
    },
  };
}

/** Handles that lie open for as long as somebody might use them, and the machine's timers, which only Node's own are. */
const AT_REST = new Set([
  ...[
    'FSEventWrap',
    'MessagePort',
    'PipeWrap',
    'SignalWrap',
    'StatWatcher',
    'TCPServerWrap',
    'TCPSocketWrap',
  ],
  ...['TLSWrap', 'TTYWrap', 'Timeout', 'UDPWrap', 'Worker'],
]);

/** Files, name lookups, connections that are being opened, child processes, immediates. */
function activeResources(): readonly string[] {
  return process.getActiveResourcesInfo().filter(name => !AT_REST.has(name));
}
