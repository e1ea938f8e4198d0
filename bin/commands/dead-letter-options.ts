import { type Command, InvalidArgumentError } from 'commander';
import type { DeadLetterFilter } from '../../client/dead-letter-filter.ts';
import { StartError } from '../../local/start-error.ts';

export interface FilterOptions {
  readonly task?: string;
  readonly cause?: NonNullable<DeadLetterFilter['cause']>;
  readonly error?: string;
  readonly text?: string;
  readonly from?: Date;
  readonly to?: Date;
}

const CAUSES: Readonly<Record<NonNullable<DeadLetterFilter['cause']>, true>> = {
  attemptsUsedUp: true,
  notRetryable: true,
  lost: true,
  malformed: true,
  unknownTask: true,
  invalidPayload: true,
  payloadLost: true,
  invalidResult: true,
  expired: true,
  native: true,
};

export function addFilterOptions(command: Command): Command {
  return command
    .option('--task <name>', 'of this task only')
    .option('--cause <cause>', `one of ${Object.keys(CAUSES).join(', ')}`, parseCause)
    .option('--error <fingerprint>', 'of one group, as dead-letters --group prints it')
    .option('--text <text>', 'with this text in the error or the message')
    .option('--from <date>', 'given up at this time or later', parseDate)
    .option('--to <date>', 'given up at this time or before', parseDate);
}

export function toFilter({ task, cause, error, text, from, to }: FilterOptions): DeadLetterFilter {
  return {
    ...(task !== undefined && { task: { name: task } }),
    ...(cause !== undefined && { cause }),
    ...(error !== undefined && { error }),
    ...(text !== undefined && { text }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  };
}

/** Of a verb's other options, those that mean something for one run only, or for all only; absent ones are undefined. */
interface TargetOptions {
  readonly ofOne?: object;
  readonly ofAll: object;
}

/** @throws StartError unless exactly one of a run's id and --all is given, with options that go with it */
export function requireTarget(
  id: string | undefined,
  all: boolean | undefined,
  { ofOne = {}, ofAll }: TargetOptions,
): void {
  if (id === undefined && !all) throw new StartError("give a run's id, or --all");
  if (id !== undefined && all) throw new StartError(`give a run's id or --all, not both; got ${id}`);
  const [option] =
    Object.entries(id === undefined ? ofOne : ofAll).find(([, value]) => value !== undefined) ?? [];
  if (option === undefined) return;
  const flag = `--${option.replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`;
  throw new StartError(
    id === undefined
      ? `${flag} goes with a run's id, not with --all`
      : `${flag} goes with --all, not with a run's id; got ${id}`,
  );
}

function parseCause(text: string): NonNullable<DeadLetterFilter['cause']> {
  if (!isCause(text)) throw new InvalidArgumentError(`a cause is one of ${Object.keys(CAUSES).join(', ')}.`);
  return text;
}

const isCause = (text: string): text is NonNullable<DeadLetterFilter['cause']> => Object.hasOwn(CAUSES, text);

export function parseDate(text: string): Date {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) {
    throw new InvalidArgumentError('a date is written as 2030-01-31 or 2030-01-31T08:00:00Z.');
  }
  return date;
}

export function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('a whole number of 1 or more.');
  return count;
}
