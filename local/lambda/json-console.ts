import { format } from 'node:util';

const LEVELS: readonly string[] = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];

const LEVEL_OF_METHOD: Readonly<Record<string, string>> = {
  trace: 'TRACE',
  debug: 'DEBUG',
  log: 'INFO',
  info: 'INFO',
  warn: 'WARN',
  error: 'ERROR',
  // Of Lambda's runtime only.
  fatal: 'FATAL',
};

/**
 * Makes the console write a line of JSON a call, to standard output, as Lambda's runtime does for a function whose log
 * format is JSON. What a handler writes to standard output by itself stays as it is.
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html#node-js-logging-advanced
 *
 * @param leastLevel `ApplicationLogLevel`; nothing below it is written.
 */
export function writeConsoleAsJson(
  leastLevel: string | undefined,
  currentRequestId: () => string | undefined,
): void {
  const least = LEVELS.indexOf(leastLevel?.toUpperCase() ?? 'TRACE');
  const methods = Object.entries(LEVEL_OF_METHOD).map(([method, level]) => {
    const write = (...values: unknown[]) => {
      process.stdout.write(`${lineOf(level, currentRequestId(), values)}\n`);
    };
    return [method, LEVELS.indexOf(level) < least ? () => {} : write] as const;
  });
  Object.assign(console, Object.fromEntries(methods));
}

function lineOf(level: string, requestId: string | undefined, values: readonly unknown[]): string {
  const head = { timestamp: new Date().toISOString(), level, requestId };
  const [first, ...others] = values;
  if (others.length === 0) return oneValue(head, first);
  const error = values.find(value => value instanceof Error);
  return JSON.stringify({ ...head, message: format(...values), ...(error && fieldsOf(error)) });
}

/** A single value keeps its structure. */
function oneValue(head: object, value: unknown): string {
  try {
    const errorsAsFields = (_: string, part: unknown) =>
      part instanceof Error ? { ...fieldsOf(part), ...part } : part;
    return JSON.stringify({ ...head, message: value }, errorsAsFields);
  } catch {
    // Circular, or with a BigInt in it.
    return JSON.stringify({ ...head, message: format(value) });
  }
}

function fieldsOf(error: Error): object {
  return {
    errorType: error.constructor.name,
    errorMessage: error.message,
    stackTrace: error.stack?.split('\n') ?? [],
  };
}
