import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { type Clock, createRealClock } from '../../../local/clock.ts';
import {
  createLambdaService,
  type FunctionConfig,
  type FunctionLogLine,
  type LambdaService,
} from '../../../local/lambda/lambda-service.ts';
import type { FunctionHost } from '../../../local/lambda/local-function.ts';
import { LOCATION } from './lambda-location.ts';

export interface LambdaFixture {
  readonly service: LambdaService;
  readonly logs: FunctionLogLine[];
  /** A function whose code is this one file, and a CommonJS one unless told otherwise. */
  create(code: string, config?: Partial<FunctionConfig> & { readonly file?: string }): FunctionHost;
}

/** The local Lambda, and its functions' code in folders that are gone when the test is. */
export function startLambda(options: { clock?: Clock; accountConcurrency?: number } = {}): LambdaFixture {
  const logs: FunctionLogLine[] = [];
  const service = createLambdaService({
    clock: createRealClock(),
    location: LOCATION,
    onLog: line => logs.push(line),
    ...options,
  });
  onTestFinished(() => service.stop());
  return {
    service,
    logs,
    create(code, { file = 'index.js', ...config } = {}) {
      const codeDirectory = temporaryFolder();
      writeFileSync(path.join(codeDirectory, file), code);
      return service.createFunction({
        name: 'fn',
        codeDirectory,
        handler: 'index.handler',
        runtime: 'nodejs24.x',
        timeoutSeconds: 10,
        memoryMb: 128,
        environment: {},
        ...config,
      });
    },
  };
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'background-jobs-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** As `ps` has it: `T` is stopped, `Z` has ended and nobody has asked how; empty when there is none. */
export function stateOf(pid: number): string {
  return spawnSync('ps', ['-o', 'state=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
}

export function isAlive(pid: number): boolean {
  return /^[^Z]/.test(stateOf(pid));
}
