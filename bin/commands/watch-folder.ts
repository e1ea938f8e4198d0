import { createHash } from 'node:crypto';
import { type FSWatcher, readdirSync, readFileSync, statSync, watch } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { createRealClock, type Timer } from '../../local/clock.ts';

/** An editor saves a file by several events, and a checkout touches many files. */
const QUIET_MS = 50;

/**
 * Calls back when files below a folder have changed, once for all that change together, with their absolute paths. Not watched: `node_modules`,
 * folders and files that begin with a dot, and `ignored` folders. (`fs.watch` can watch recursively, but on Linux walks
 * all of `node_modules` for it.) A file that is written again with the same content has not changed.
 */
export function watchFolder(
  folder: string,
  ignored: readonly string[],
  { onChange, onError }: { onChange: (paths: ReadonlySet<string>) => void; onError: (error: Error) => void },
): { stop(): void } {
  const clock = createRealClock();
  const skipped = new Set(ignored.map(path => resolve(path)));
  const watchers = new Map<string, FSWatcher>();
  const digests = new Map<string, string>();
  let changes = new Set<string>();
  let timer: Timer | undefined;

  function watchBelow(path: string): void {
    if (watchers.has(path)) return;
    try {
      const watcher = watch(path, (_event, name) => changed(join(path, name ?? '')));
      // The folder was removed.
      watcher.on('error', () => forget(path));
      watchers.set(path, watcher);
      for (const entry of readdirSync(path, { withFileTypes: true })) {
        const child = join(path, entry.name);
        if (entry.isDirectory() && !isSkipped(child)) watchBelow(child);
      }
    } catch (error) {
      onError(new Error(`changes in ${path} are not noticed`, { cause: error }));
    }
  }

  function forget(path: string): void {
    watchers.get(path)?.close();
    watchers.delete(path);
  }

  function isSkipped(path: string): boolean {
    const name = basename(path);
    return name === 'node_modules' || name.startsWith('.') || skipped.has(path);
  }

  function changed(path: string): void {
    if (isSkipped(path)) return;
    const digest = digestOf(path);
    if (digest === 'folder') watchBelow(path);
    if (digest === 'gone') forget(path);
    if (digests.get(path) === digest) return;
    digests.set(path, digest);
    timer?.cancel();
    changes.add(path);
    timer = clock.setTimer(() => {
      const together = changes;
      changes = new Set();
      onChange(together);
    }, QUIET_MS);
  }

  watchBelow(resolve(folder));
  return {
    stop() {
      timer?.cancel();
      for (const path of [...watchers.keys()]) forget(path);
    },
  };
}

function digestOf(path: string): string {
  try {
    if (statSync(path).isDirectory()) return 'folder';
    return createHash('sha256').update(readFileSync(path)).digest('hex');
  } catch {
    return 'gone';
  }
}
