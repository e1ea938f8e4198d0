import { styleText } from 'node:util';
import { isJsonObject, type JsonObject } from '../../local/json-value.ts';

const COLOURS = {
  TRACE: 'gray',
  DEBUG: 'gray',
  INFO: 'green',
  WARN: 'yellow',
  ERROR: 'red',
  FATAL: 'red',
} as const;

/** Whether a line is metrics for CloudWatch, in its embedded format: nothing for people to read. */
export function isMetrics(text: string): boolean {
  return text.startsWith('{"_aws":{');
}

/**
 * A structured line of a function's log for people to read: time, level, task, message, the error's first line; the
 * rest of its stack below. Any other text is left as it is.
 */
export function formatLogLine(text: string, stream: NodeJS.WriteStream): string {
  const line = parse(text);
  if (line === undefined) return relativePaths(text);
  const { timestamp, level, message, task, attempt, runId, durationMs, delayMs } = line;
  const colour = Object.entries(COLOURS).find(([name]) => name === level)?.[1] ?? 'reset';
  const dim = (words: string) => styleText('gray', words, { stream });
  const details = [
    attempt !== undefined && `attempt ${attempt}`,
    durationMs !== undefined && `${durationMs} ms`,
    delayMs !== undefined && `again in ${Math.round(Number(delayMs) / 1000)} s`,
  ].filter(detail => detail !== false);
  const [error, ...stack] = errorLines(line.error);
  const first = [
    dim(timeOf(timestamp)),
    styleText(colour, String(level).padEnd(5), { stream }),
    task,
    typeof message === 'string' ? message : JSON.stringify(message),
    error,
    details.length > 0 && dim(`(${details.join(', ')})`),
    runId !== undefined && dim(String(runId)),
  ];
  return [first.filter(Boolean).join(' '), ...stack.map(dim)].join('\n');
}

function parse(text: string): JsonObject | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const line: unknown = JSON.parse(text);
    return isJsonObject(line) && 'level' in line && 'message' in line ? line : undefined;
  } catch {
    // A line that begins like JSON and is none.
    return undefined;
  }
}

function timeOf(timestamp: unknown): string {
  const time = new Date(typeof timestamp === 'string' ? timestamp : Number.NaN);
  return Number.isNaN(time.getTime()) ? '' : time.toTimeString().slice(0, 8);
}

function errorLines(error: unknown): string[] {
  if (!isJsonObject(error)) return [];
  const { name = 'Error', message = '', stack } = error;
  const first = `${name}: ${message}`;
  if (typeof stack !== 'string') return [first];
  const frames = stack.split('\n').filter(frame => /^\s+at /.test(frame));
  return [first, ...frames.map(relativePaths)];
}

/** Terminals make links of paths, and short ones can be read. */
function relativePaths(text: string): string {
  return text.replaceAll(`${process.cwd()}/`, '').replaceAll(`file://`, '');
}
