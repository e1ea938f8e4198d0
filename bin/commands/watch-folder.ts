import { createHash } from 'node:crypto';
import { type FSWatcher, readdirSync, readFileSync, statSync, type WatchEventType, watch } from 'node:fs';
import { basename, join, resolve, sep } from 'node:path';
import { createRealClock, type Timer } from '../../local/clock.ts';

/** An editor saves a file by several events, and a checkout touches many files. */
const QUIET_MS = 50;

/**
 * Calls back when files below a folder have changed, once for all that change together, with their absolute paths. Not
 * watched: `node_modules`, folders and files that begin with a dot, and `ignored` folders. (`fs.watch` can watch
 * recursively, but on Linux walks all of `node_modules` for it.) A file that is written again with the same content has
 * not changed.
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
      const watcher = watch(path, (event, name) => changed(join(path, name ?? ''), event));
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

  /** What is watched of a folder that is gone would never tell of another one in its place. */
  function forget(path: string): void {
    for (const [watched, watcher] of watchers) {
      if (watched !== path && !watched.startsWith(path + sep)) continue;
      watcher.close();
      watchers.delete(watched);
    }
  }

  function isSkipped(path: string): boolean {
    const name = basename(path);
    return name === 'node_modules' || name.startsWith('.') || skipped.has(path);
  }

  function changed(path: string, event: WatchEventType): void {
    if (isSkipped(path)) return;
    const digest = digestOf(path);
    // Of a folder, `rename` says that there is a new one; it may have come before this one was seen to be gone.
    const isNewFolder = digest === 'folder' && event === 'rename';
    if (digest === 'gone' || isNewFolder) forget(path);
    if (isNewFolder) watchBelow(path);
    else if (digest === 'folder' || digests.get(path) === digest) return;
    digests.set(path, digest);
    timer?.cancel();
    changes.add(path);
    timer = clock.setTimer(() => {
      const together = changes;
      changes = new Set();
      onChange(together);
    }, QUIET_MS);
  }

  const root = resolve(folder);
  watchBelow(root);
  return {
    stop() {
      timer?.cancel();
      forget(root);
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
