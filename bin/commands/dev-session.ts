import { type Assembly, readAssembly } from '../../local/assembly.ts';
import { type Engine, type EngineOptions, startEngine, type Update } from '../../local/engine.ts';
import { StartError } from '../../local/start-error.ts';
import type { EventSink } from './dev-event.ts';
import { keyedByContent, type Rebundle } from './entry-code.ts';

export interface DevSession {
  readonly engine: Engine;
  /**
   * Makes what runs follow what has changed. Functions whose entries contain a changed file have their new code at once;
   * then the app is synthesized, and functions follow while everything runs, all else by a new start that is confirmed
   * first and keeps what queues, tables and buckets hold. Never rejects for what is wrong with the app.
   *
   * @param changed absolute paths of files
   */
  reload(changed: ReadonlySet<string>): Promise<void>;
  stop(): Promise<void>;
}

export interface DevSessionOptions {
  /** The cloud assembly's folder. */
  readonly assembly: string;
  /** Writes the app's cloud assembly again, and answers its folder. */
  readonly synthesize: () => Promise<string>;
  readonly rebundle: Rebundle;
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
  const { synthesize, rebundle, emit, onEngine, confirm, now } = options;
  const read = async (folder: string) => await keyedByContent(await readAssembly(folder));
  let assembly = await read(options.assembly);
  let engine = await startEngine({ ...options.engine, assembly });
  /** What changes the engine, one after another. */
  let following = Promise.resolve();
  let synthesizing = Promise.resolve();
  let superseded = new AbortController();
  let stopped = false;

  function inTurn(follow: () => Promise<void>): Promise<void> {
    const followed = following.then(async () => {
      if (!stopped) await follow();
    });
    following = followed.catch(() => {}); // Whoever waits for this one is told.
    return followed;
  }

  async function followCode(changed: ReadonlySet<string>, startedAt: number): Promise<void> {
    try {
      const next = await rebundle(assembly, changed);
      const update = await engine.prepareUpdate(next);
      if (update.difference.others.length === 0) await followFunctions(next, update, startedAt);
    } catch {
      // What does not work may need what else has changed. If not, it is the synthesized app that will not work.
    }
  }

  async function followFunctions(next: Assembly, update: Update, startedAt: number): Promise<void> {
    const { functions } = update.difference;
    if (functions.length === 0) return;
    engine = await update.replaceFunctions();
    assembly = next;
    await onEngine(engine);
    const paths = functions.map(({ constructPath }) => constructPath);
    emit({ event: 'reloaded', functions: paths, durationMs: Math.round(now() - startedAt) });
  }

  async function follow(next: Assembly, startedAt: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const update = await engine.prepareUpdate(next);
    if (update.difference.others.length > 0) await confirmed(next, update, signal);
    else await followFunctions(next, update, startedAt);
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
    reload(changed) {
      superseded.abort();
      superseded = new AbortController();
      const { signal } = superseded;
      const startedAt = now();
      const code = inTurn(() => followCode(changed, startedAt));
      synthesizing = synthesizing.then(async () => {
        await code;
        if (signal.aborted || stopped) return;
        try {
          const next = await read(await synthesize());
          await inTurn(() => follow(next, startedAt, signal));
        } catch (error) {
          if (signal.aborted) return;
          emit({
            event: 'reloadFailed',
            message: error instanceof StartError ? error.message : errorText(error),
          });
        }
      });
      return synthesizing;
    },
    async stop() {
      stopped = true;
      superseded.abort();
      await synthesizing;
      await following;
      await engine.stop();
    },
  };
}

function errorText(error: unknown): string {
  return (error instanceof Error ? error.stack : undefined) ?? String(error);
}
