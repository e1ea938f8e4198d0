import { expect, test } from 'vitest';
import { describeSchedule } from '../../bin/commands/describe-schedule.ts';
import type { KnownSchedule } from '../../bin/commands/known-schedule.ts';
import { parseSchedule } from '../../contract/schedule/schedule.ts';

const SINCE = new Date('2026-01-01T00:00:00Z');
const NIGHTLY: KnownSchedule = {
  ...{ name: 'Shop/Nightly', scheduleName: 'Nightly', group: 'g', arn: 'arn', task: 'purge' },
  target: { arn: 'arn:aws:sqs:eu-west-1:1:queue', input: '{}' },
  expression: 'cron(30 3 * * ? *)',
  times: parseSchedule('cron(30 3 * * ? *)', 'Europe/Paris'),
  ...{ timeZone: 'Europe/Paris', enabled: true, createdAt: SINCE, modifiedAt: SINCE },
};
const dueAt = new Date('2026-10-25T02:30:00Z');
const next = [new Date('2026-10-26T02:30:00Z')];
const describe = (schedule: Partial<KnownSchedule>, last = {}, times = next) =>
  describeSchedule({ schedule: { ...NIGHTLY, ...schedule }, last: { dueAt, ...last }, next: times }).split(
    '\n',
  );

test('a schedule is shown on the clocks of its zone, with the run of its last time', () => {
  const run = { runId: 'r-1', task: 'purge', status: 'succeeded', epoch: 0, attempt: 1, createdAt: SINCE };

  expect(describe({ flexibleWindowMinutes: 15 }, { run })).toEqual([
    'Shop/Nightly  purge',
    '  cron(30 3 * * ? *) Europe/Paris, within 15 min',
    '  last  Sun 2026-10-25 03:30 +01:00  succeeded  r-1',
    '  next  Mon 2026-10-26 03:30 +01:00',
  ]);
});

test('of a last time without a run nothing is known', () => {
  expect(describe({})[2]).toBe('  last  Sun 2026-10-25 03:30 +01:00  no run of it is known');
});

test('one that sends no task says where it sends', () => {
  const { task: _, ...other } = NIGHTLY;

  expect(describeSchedule({ schedule: other, last: { dueAt }, next })).toBe(
    [
      'Shop/Nightly  arn:aws:sqs:eu-west-1:1:queue',
      '  cron(30 3 * * ? *) Europe/Paris',
      '  last  Sun 2026-10-25 03:30 +01:00',
      '  next  Mon 2026-10-26 03:30 +01:00',
    ].join('\n'),
  );
});

test('one whose times are over says so, and one that only AWS can read', () => {
  expect(describe({}, {}, []).at(-1)).toBe('  has no time to come');
  const { times: _, ...unread } = NIGHTLY;
  expect(describeSchedule({ schedule: unread, last: undefined, next: [] })).toMatch(
    / {2}only AWS knows its times$/,
  );
});

test('a disabled one has no times to come', () => {
  expect(describe({ enabled: false }, {}, [])).toEqual([
    'Shop/Nightly  purge  disabled',
    '  cron(30 3 * * ? *) Europe/Paris',
    '  last  Sun 2026-10-25 03:30 +01:00  no run of it is known',
  ]);
});
