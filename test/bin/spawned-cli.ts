import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';

export interface SpawnedCli {
  readonly process: ChildProcess;
  /** What it has written so far. */
  stdout(): string;
  stderr(): string;
  /** Waits for the pattern in what it writes to stdout. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  ended(): Promise<number | null>;
}

/** Runs the command in a folder; it is killed when the test ends, if it has not ended by then. */
export function spawnCli(args: readonly string[], folder = process.cwd()): SpawnedCli {
  const cli = join(process.cwd(), 'bin', 'cli.ts');
  const child = spawn(process.execPath, [cli, ...args], { cwd: folder });
  const ended = once(child, 'exit').then(([code]: (number | null)[]) => code ?? null);
  onTestFinished(() => void child.kill('SIGKILL'));
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', chunk => {
    stdout += chunk;
  });
  child.stderr.on('data', chunk => {
    stderr += chunk;
  });
  return {
    process: child,
    stdout: () => stdout,
    stderr: () => stderr,
    printed: pattern =>
      vi.waitFor(() => {
        const match = pattern.exec(stdout);
        if (!match) throw new Error(`${pattern} was not printed; stdout: ${stdout} stderr: ${stderr}`);
        return match;
      }, 20_000),
    ended: () => ended,
  };
}
