import { type ChildProcess, spawn } from 'node:child_process';
import { dirname } from 'node:path';

export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCommand {
  /** Resolves with the first match in what it has written to stdout; fails when it ends before. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  /** As Ctrl-C does. Resolves when it has ended. */
  interrupt(): Promise<void>;
}

/** An install with an empty cache, on a slow line. */
const LIMIT_MS = 240_000;

/** Runs a command to its end. Fails when it does not end with 0, with all that it wrote. */
export async function run(folder: string, command: string, ...args: readonly string[]): Promise<Output> {
  const { child, output } = start(folder, command, args);
  const code = await ended(child);
  if (code !== 0) throw new Error(`${line(command, args)} ended with ${code}\n${describe(output())}`);
  return output();
}

export function runInBackground(folder: string, command: string, ...args: readonly string[]): RunningCommand {
  const { child, output } = start(folder, command, args);
  const end = ended(child);
  return {
    printed: pattern =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(output().stdout);
          if (match) resolve(match);
        };
        child.stdout?.on('data', look);
        look();
        void end.then(code =>
          reject(new Error(`${line(command, args)} ended with ${code}\n${describe(output())}`)),
        );
      }),
    async interrupt() {
      signalGroup(child.pid, 'SIGINT');
      await end;
    },
  };
}

function start(folder: string, command: string, args: readonly string[]) {
  const child = spawn(command, args, {
    cwd: folder,
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that an interrupt reaches what npx has started, as Ctrl-C in a terminal does.
    detached: true,
  });
  const written = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    written.stdout += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    written.stderr += chunk;
  });
  const kill = () => signalGroup(child.pid, 'SIGKILL');
  const limit = setTimeout(kill, LIMIT_MS);
  process.once('exit', kill);
  child.once('close', () => {
    clearTimeout(limit);
    process.off('exit', kill);
  });
  return { child, output: () => ({ ...written }) };
}

function signalGroup(pid: number | undefined, signal: 'SIGINT' | 'SIGKILL'): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // It has ended.
  }
}

/** A stranger's shell: our Node, and nothing of what npm adds for the scripts of this repository. */
function environment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|CDK_|NODE_OPTIONS$|NODE_PATH$|NODE_ENV$)/i.test(name),
  );
  const path = (process.env.PATH ?? '').split(':').filter(folder => !folder.includes('node_modules'));
  return {
    ...Object.fromEntries(own),
    PATH: [dirname(process.execPath), ...path].join(':'),
    // What is bundled needs no Docker; were it asked for, this would fail.
    CDK_DOCKER: 'no-docker-here',
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_prefer_offline: 'true',
    npm_config_update_notifier: 'false',
  };
}

function ended(child: ChildProcess): Promise<number | string | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? signal));
  });
}

function line(command: string, args: readonly string[]): string {
  return [command, ...args].join(' ');
}

function describe({ stdout, stderr }: Output): string {
  return `${stdout}\n${stderr}`.trim();
}
