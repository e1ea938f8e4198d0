import { type Assembly, readAssembly } from '../../local/assembly.ts';
import { type Engine, type EngineOptions, startEngine, type Update } from '../../local/engine.ts';
import { StartError } from '../../local/start-error.ts';
import type { EventSink } from './dev-event.ts';

export interface DevSession {
  readonly engine: Engine;
  /**
   * Synthesizes again and makes what runs follow: functions while everything runs, all else by a new start that is
   * confirmed first and keeps what queues, tables and buckets hold. Never rejects for what is wrong with the app.
   */
  reload(): Promise<void>;
  stop(): Promise<void>;
}

export interface DevSessionOptions {
  /** The cloud assembly's folder. */
  readonly assembly: string;
  /** Writes the app's cloud assembly again, and answers its folder. */
  readonly synthesize: () => Promise<string>;
  readonly engine: Omit<EngineOptions, 'assembly' | 'snapshot'>;
  readonly emit: EventSink;
  /** Called with the engine whenever it is another one. */
  readonly onEngine: (engine: Engine) => Promise<void>;
  /** Whether changed stacks are to be applied. The signal ends the question when the app has changed again. */
  readonly confirm: (signal: AbortSignal) => Promise<boolean>;
  /** Milliseconds of any origin. */
  readonly now: () => number;
}

/** @throws StartError for whatever cannot be started. */
export async function startSession(options: DevSessionOptions): Promise<DevSession> {
  const { synthesize, emit, onEngine, confirm, now } = options;
  let assembly = await readAssembly(options.assembly);
  let engine = await startEngine({ ...options.engine, assembly });
  let reloading = Promise.resolve();
  let superseded = new AbortController();
  let stopped = false;

  async function reload(signal: AbortSignal): Promise<void> {
    if (signal.aborted || stopped) return;
    const startedAt = now();
    const next = await readAssembly(await synthesize());
    const update = await engine.prepareUpdate(next);
    const { functions, others } = update.difference;
    if (others.length > 0) return confirmed(next, update, signal);
    if (functions.length === 0) return;
    engine = await update.replaceFunctions();
    assembly = next;
    await onEngine(engine);
    const paths = functions.map(({ constructPath }) => constructPath);
    emit({ event: 'reloaded', functions: paths, durationMs: Math.round(now() - startedAt) });
  }

  async function confirmed(next: Assembly, { difference }: Update, signal: AbortSignal): Promise<void> {
    emit({ event: 'stacksChanged', changes: [...difference.others, ...difference.functions] });
    if (!(await confirm(signal)) || stopped) return;
    const { port: _sameAsBefore, ...rest } = options.engine;
    const snapshot = await engine.stopForRestart();
    const again = { ...rest, port: Number(new URL(engine.endpoint).port), snapshot };
    try {
      engine = await startEngine({ ...again, assembly: next });
      assembly = next;
    } catch (error) {
      engine = await startEngine({ ...again, assembly });
      await announceRestart();
      throw error;
    }
    await announceRestart();
  }

  async function announceRestart(): Promise<void> {
    await onEngine(engine);
    emit({ event: 'restarted', engine });
  }

  return {
    get engine() {
      return engine;
    },
    reload() {
      superseded.abort();
      superseded = new AbortController();
      const { signal } = superseded;
      reloading = reloading.then(() =>
        reload(signal).catch((error: unknown) => {
          const message = error instanceof StartError ? error.message : errorText(error);
          emit({ event: 'reloadFailed', message });
        }),
      );
      return reloading;
    },
    async stop() {
      stopped = true;
      superseded.abort();
      await reloading;
      await engine.stop();
    },
  };
}

function errorText(error: unknown): string {
  return (error instanceof Error ? error.stack : undefined) ?? String(error);
}
