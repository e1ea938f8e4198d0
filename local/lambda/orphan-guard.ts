import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Ends the processes of execution environments, and removes their folder, when the engine itself cannot. */
export interface OrphanGuard {
  born(pid: number): void;
  died(pid: number): void;
  stop(): Promise<void>;
}

/**
 * The end of its input is the end of the engine, even by SIGKILL. A shell, because it costs 1 MB where another Node
 * would cost 40. Each environment leads a process group of its own, hence the minus before the ids.
 */
const SCRIPT = `
alive=' '
while read -r change pid; do
  case $change in
    born) alive="$alive-$pid " ;;
    died) alive="\${alive%% -$pid *} \${alive#* -$pid }" ;;
  esac
done
[ "$alive" = ' ' ] || kill -9 $alive
rm -rf -- "$1"
`;

/**
 * A frozen (stopped) process does not notice that its parent died, and one in an endless loop does not either; both
 * would stay for ever. On Windows nothing is frozen, and the environments' own `disconnect` has to do.
 */
export function startOrphanGuard(folder: string): OrphanGuard {
  if (process.platform === 'win32') return { born() {}, died() {}, async stop() {} };
  const shell = spawn('/bin/sh', ['-c', SCRIPT, 'orphan-guard', folder], {
    cwd: '/',
    env: { PATH: process.env.PATH },
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const exited = once(shell, 'exit');
  shell.unref();
  // Somebody ended the guard: there is nobody to tell any more, and the engine goes on without.
  shell.stdin.on('error', () => {});
  return {
    born: pid => void shell.stdin.write(`born ${pid}\n`),
    died: pid => void shell.stdin.write(`died ${pid}\n`),
    async stop() {
      shell.ref();
      shell.stdin.end();
      await exited;
    },
  };
}
