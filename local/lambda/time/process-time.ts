import type { Clock } from '../../clock.ts';
import type { EngineMessage, EnvironmentMessage } from '../environment-protocol.ts';

/** The engine's end of the time of one process: the other is `virtual-time.ts`. */
export interface ProcessTime {
  /** From here to `rest` the clock waits for the process. */
  run(): void;
  /** It is frozen or gone: it takes no part in time. */
  rest(): void;
  /** True when it was about time. */
  take(message: EnvironmentMessage): boolean;
}

export function createProcessTime(options: {
  readonly clock: Clock;
  readonly functionName: string;
  readonly send: (message: EngineMessage) => void;
}): ProcessTime {
  const { clock, functionName, send } = options;
  const asked = new Map<number, (dueAt: number) => void>();
  let lastId = 0;
  let leave: (() => void) | undefined;

  function ask(question: (id: number) => EngineMessage): Promise<number> {
    lastId++;
    const id = lastId;
    return new Promise(resolve => {
      asked.set(id, resolve);
      send(question(id));
    });
  }

  return {
    run() {
      leave ??= clock.join?.({
        blockedUntil: waitedFor => ask(id => ({ type: 'whenBlocked', id, waitedFor: [...waitedFor] })),
        moveTo: async nowMs => void (await ask(id => ({ type: 'moveTo', id, nowMs }))),
      });
    },
    rest() {
      leave?.();
      leave = undefined;
      for (const answer of asked.values()) answer(Number.POSITIVE_INFINITY);
      asked.clear();
    },
    take(message) {
      if (message.type === 'slow') return warn(message.what);
      if (message.type !== 'blocked' && message.type !== 'moved') return false;
      asked.get(message.id)?.(message.type === 'blocked' ? (message.until ?? Number.POSITIVE_INFINITY) : 0);
      asked.delete(message.id);
      return true;
    },
  };

  function warn(what: readonly string[]): true {
    process.emitWarning(
      `Time stands still for ${functionName}, whose handler has been waiting for 10 s for ${what.join(', ')}`,
    );
    return true;
  }
}
