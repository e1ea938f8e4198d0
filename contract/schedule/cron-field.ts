/** One of the six fields of AWS's cron. @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html */
export interface CronField {
  /** As AWS calls it. */
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Names for the values, in order from `min`. */
  readonly names?: readonly string[];
  /** What may stand in the field, for messages. */
  readonly allowed: string;
}

/** How a problem of one field is reported: what is wrong, and the text that was given. */
export type Complain = (problem: string) => RangeError;

/** @param text without a wildcard other than `,`, `-`, `*` and `/` @returns the values, ascending */
export function parseCronValues(text: string, field: CronField, complain: Complain): readonly number[] {
  const values = new Set(text.split(',').flatMap(part => valuesOf(part, field, complain)));
  return [...values].sort((a, b) => a - b);
}

/** `*`, `5`, `2-8` or one of them with a step: `0/15` is from 0 to the largest value, every fifteenth. */
function valuesOf(part: string, field: CronField, complain: Complain): number[] {
  const [range = '', step, ...more] = part.split('/');
  if (more.length > 0) throw complain('has more than one /');
  const by = step === undefined ? 1 : parseStep(step, field, complain);
  const [from, to] = parseRange(range, step !== undefined, field, complain);
  // A range may go over the end, as 22-2 hours and FRI-MON do.
  const length = to >= from ? to - from : to + field.max - field.min + 1 - from;
  const values: number[] = [];
  for (let offset = 0; offset <= length; offset += by) {
    values.push(field.min + ((from - field.min + offset) % (field.max - field.min + 1)));
  }
  return values;
}

function parseRange(range: string, stepped: boolean, field: CronField, complain: Complain): [number, number] {
  if (range === '*') return [field.min, field.max];
  const [first = '', last, ...more] = range.split('-');
  if (more.length > 0) throw complain('has more than one -');
  const from = parseCronValue(first, field, complain);
  if (last === undefined) return [from, stepped ? field.max : from];
  const to = parseCronValue(last, field, complain);
  if (from > to && field.name === 'year') throw complain('has a range that ends before it begins');
  return [from, to];
}

function parseStep(step: string, field: CronField, complain: Complain): number {
  const by = /^\d{1,4}$/.test(step) ? Number(step) : 0;
  if (by < 1 || by > field.max) throw complain(`has the step '${step}', a step is from 1 to ${field.max}`);
  return by;
}

/** @param text a number or a name */
export function parseCronValue(text: string, field: CronField, complain: Complain): number {
  const named = field.names?.indexOf(text.toUpperCase()) ?? -1;
  if (named >= 0) return field.min + named;
  const value = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= field.min && value <= field.max)) {
    throw complain(text === '' ? 'has an empty part' : `has '${text}'`);
  }
  return value;
}
