import type { RunError } from '../contract/run.ts';
import type { Settlement } from './settlement.ts';

export interface LogLine {
  readonly level: 'INFO' | 'WARN' | 'ERROR';
  readonly message: string;
  readonly runId?: string;
  readonly task?: string;
  readonly attempt?: number;
  readonly epoch?: number;
  /** What became of the attempt. */
  readonly outcome?: Settlement['status'];
  readonly traceparent?: string;
  readonly durationMs?: number;
  /** From the first send to the attempt's start. */
  readonly waitedMs?: number;
  readonly delayMs?: number;
  readonly error?: RunError;
}

export type Log = (line: LogLine) => void;

/**
 * A line of JSON to standard output. Lambda's JSON log format takes such a line as it is, and every other reader can
 * parse it. https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
 */
export function createLog(now: () => number): Log {
  return line => {
    process.stdout.write(`${JSON.stringify({ timestamp: new Date(now()).toISOString(), ...line })}\n`);
  };
}
