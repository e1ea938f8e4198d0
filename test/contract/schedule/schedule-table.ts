/**
 * Schedule expressions with the times that AWS's documentation or the calendar gives them, for everything that
 * computes times: the contract, the local engine, what synth prints.
 */
export interface ScheduleRow {
  readonly shows: string;
  readonly expression: string;
  readonly timeZone: string;
  readonly after: string;
  /** The next times, in UTC; all there are when fewer than asked for would follow. */
  readonly times: readonly string[];
  /** No further time follows the listed ones. */
  readonly ends?: true;
}

const row = (
  shows: string,
  expression: string,
  [after, ...times]: readonly [string, ...string[]],
  { timeZone = 'UTC', ends }: { timeZone?: string; ends?: true } = {},
): ScheduleRow => ({
  shows,
  expression,
  timeZone,
  after: `${after}:00Z`,
  times: times.map(time => `${time}:00.000Z`),
  ...(ends && { ends }),
});

/** The examples of https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html and of Scheduler's guide. */
const documented: readonly ScheduleRow[] = [
  row('10:00 every day', 'cron(0 10 * * ? *)', ['2026-11-25T10:00', '2026-11-26T10:00', '2026-11-27T10:00']),
  row('12:15 every day', 'cron(15 12 * * ? *)', ['2026-12-31T12:14', '2026-12-31T12:15', '2027-01-01T12:15']),
  row('18:00 Monday to Friday', 'cron(0 18 ? * MON-FRI *)', [
    '2026-11-26T18:00',
    '2026-11-27T18:00',
    '2026-11-30T18:00',
  ]),
  row('8:00 on the first of the month', 'cron(0 8 1 * ? *)', [
    '2026-11-25T00:00',
    '2026-12-01T08:00',
    '2027-01-01T08:00',
  ]),
  row('every 15 minutes', 'cron(0/15 * * * ? *)', [
    '2026-11-25T23:44',
    '2026-11-25T23:45',
    '2026-11-26T00:00',
    '2026-11-26T00:15',
  ]),
  row('every 10 minutes Monday to Friday', 'cron(0/10 * ? * MON-FRI *)', [
    '2026-11-27T23:45',
    '2026-11-27T23:50',
    '2026-11-30T00:00',
    '2026-11-30T00:10',
  ]),
  row('every 5 minutes of office hours', 'cron(0/5 8-17 ? * MON-FRI *)', [
    '2026-11-27T17:50',
    '2026-11-27T17:55',
    '2026-11-30T08:00',
    '2026-11-30T08:05',
  ]),
  row('hours over midnight, whose early ones are of the same day', 'cron(0/30 20-2 ? * MON-FRI *)', [
    '2026-11-29T23:00',
    '2026-11-30T00:00',
    '2026-11-30T00:30',
    '2026-11-30T01:00',
    '2026-11-30T01:30',
    '2026-11-30T02:00',
    '2026-11-30T02:30',
    '2026-11-30T20:00',
  ]),
  row('10:15 on the last Friday of the month, in two years', 'cron(15 10 ? * 6L 2026-2027)', [
    '2026-11-25T00:00',
    '2026-11-27T10:15',
    '2026-12-25T10:15',
    '2027-01-29T10:15',
  ]),
  row('the minutes 1, 11, 21 … of 1/10', 'cron(1/10 * * * ? *)', [
    '2026-11-25T10:35',
    '2026-11-25T10:41',
    '2026-11-25T10:51',
    '2026-11-25T11:01',
  ]),
  row('the weekday nearest to the third, 3W', 'cron(0 9 3W * ? *)', [
    '2026-09-30T00:00',
    '2026-10-02T09:00',
    '2026-11-03T09:00',
    '2026-12-03T09:00',
    '2027-01-04T09:00',
  ]),
  row('the second Tuesday, 3#2', 'cron(0 9 ? * 3#2 *)', [
    '2026-11-25T00:00',
    '2026-12-08T09:00',
    '2027-01-12T09:00',
  ]),
  row('January, February and March', 'cron(0 0 1 JAN,FEB,MAR ? *)', [
    '2026-11-25T00:00',
    '2027-01-01T00:00',
    '2027-02-01T00:00',
    '2027-03-01T00:00',
    '2028-01-01T00:00',
  ]),
  row('days 1 to 15', 'cron(0 0 1-15 * ? *)', ['2026-11-14T00:00', '2026-11-15T00:00', '2026-12-01T00:00']),
];

const fields: readonly ScheduleRow[] = [
  row('every minute', 'cron(* * * * ? *)', [
    '2026-12-31T23:58',
    '2026-12-31T23:59',
    '2027-01-01T00:00',
    '2027-01-01T00:01',
  ]),
  row('every day by the other day field', 'cron(0 0 ? * * *)', [
    '2026-11-25T12:00',
    '2026-11-26T00:00',
    '2026-11-27T00:00',
  ]),
  row('a time that is now comes next time', 'cron(30 6 * * ? *)', ['2026-11-25T06:30', '2026-11-26T06:30']),
  row('a list of minutes in any order', 'cron(45,5,25 9 * * ? *)', [
    '2026-11-25T00:00',
    '2026-11-25T09:05',
    '2026-11-25T09:25',
    '2026-11-25T09:45',
    '2026-11-26T09:05',
  ]),
  row('a list with a value twice', 'cron(5,5,0/5 9 * * ? *)', [
    '2026-11-25T09:00',
    '2026-11-25T09:05',
    '2026-11-25T09:10',
  ]),
  row('a range of minutes', 'cron(58-59 9 * * ? *)', [
    '2026-11-25T00:00',
    '2026-11-25T09:58',
    '2026-11-25T09:59',
    '2026-11-26T09:58',
  ]),
  row('minutes over the hour, of the same hour', 'cron(58-1 9 * * ? *)', [
    '2026-11-25T00:00',
    '2026-11-25T09:00',
    '2026-11-25T09:01',
    '2026-11-25T09:58',
    '2026-11-25T09:59',
    '2026-11-26T09:00',
  ]),
  row('a step in a range', 'cron(10-40/15 9 * * ? *)', [
    '2026-11-25T00:00',
    '2026-11-25T09:10',
    '2026-11-25T09:25',
    '2026-11-25T09:40',
    '2026-11-26T09:10',
  ]),
  row('a step of everything', 'cron(*/20 9 * * ? *)', [
    '2026-11-25T09:00',
    '2026-11-25T09:20',
    '2026-11-25T09:40',
    '2026-11-26T09:00',
  ]),
  row('a step that does not divide the hour begins anew', 'cron(0/25 * * * ? *)', [
    '2026-11-25T09:00',
    '2026-11-25T09:25',
    '2026-11-25T09:50',
    '2026-11-25T10:00',
  ]),
  row('a step of hours', 'cron(0 3/6 * * ? *)', [
    '2026-11-25T00:00',
    '2026-11-25T03:00',
    '2026-11-25T09:00',
    '2026-11-25T15:00',
    '2026-11-25T21:00',
    '2026-11-26T03:00',
  ]),
  row('a step over midnight', 'cron(0 22-4/2 * * ? *)', [
    '2026-11-25T03:00',
    '2026-11-25T04:00',
    '2026-11-25T22:00',
    '2026-11-26T00:00',
    '2026-11-26T02:00',
  ]),
  row('ranges, a step and a value in one list', 'cron(0 0-2,6,18/3 * * ? *)', [
    '2026-11-25T01:30',
    '2026-11-25T02:00',
    '2026-11-25T06:00',
    '2026-11-25T18:00',
    '2026-11-25T21:00',
    '2026-11-26T00:00',
  ]),
  row('months by number', 'cron(0 0 1 6,12 ? *)', [
    '2026-11-25T00:00',
    '2026-12-01T00:00',
    '2027-06-01T00:00',
  ]),
  row('months over the new year', 'cron(0 0 1 NOV-FEB ? *)', [
    '2026-10-01T00:00',
    '2026-11-01T00:00',
    '2026-12-01T00:00',
    '2027-01-01T00:00',
    '2027-02-01T00:00',
    '2027-11-01T00:00',
  ]),
  row('quarters', 'cron(0 0 1 1/3 ? *)', [
    '2026-11-25T00:00',
    '2027-01-01T00:00',
    '2027-04-01T00:00',
    '2027-07-01T00:00',
    '2027-10-01T00:00',
    '2028-01-01T00:00',
  ]),
  row('names in any case', 'cron(0 0 ? jan mon *)', [
    '2026-11-25T00:00',
    '2027-01-04T00:00',
    '2027-01-11T00:00',
  ]),
  row('one year', 'cron(0 0 1 1 ? 2030)', ['2026-11-25T00:00', '2030-01-01T00:00'], { ends: true }),
  row('every fourth year', 'cron(0 0 1 1 ? 2024/4)', [
    '2026-11-25T00:00',
    '2028-01-01T00:00',
    '2032-01-01T00:00',
  ]),
  row(
    'a list of years',
    'cron(0 0 31 12 ? 2027,2029)',
    ['2026-11-25T00:00', '2027-12-31T00:00', '2029-12-31T00:00'],
    { ends: true },
  ),
  row('the last year', 'cron(59 23 31 12 ? 2199)', ['2026-11-25T00:00', '2199-12-31T23:59'], { ends: true }),
  row('a year that is over', 'cron(0 0 1 1 ? 2025)', ['2026-11-25T00:00'], { ends: true }),
];

const daysOfMonth: readonly ScheduleRow[] = [
  row('the 31st, of months that have one', 'cron(0 0 31 * ? *)', [
    '2026-12-31T00:00',
    '2027-01-31T00:00',
    '2027-03-31T00:00',
    '2027-05-31T00:00',
  ]),
  row('29 February', 'cron(0 0 29 2 ? *)', ['2026-11-25T00:00', '2028-02-29T00:00', '2032-02-29T00:00']),
  row('29 February, which 2100 has not', 'cron(0 0 29 2 ? *)', ['2096-02-29T00:00', '2104-02-29T00:00']),
  row('30 February', 'cron(0 0 30 2 ? *)', ['2026-11-25T00:00'], { ends: true }),
  row('days over the end of the month', 'cron(0 0 30-2 * ? *)', [
    '2027-01-31T12:00',
    '2027-02-01T00:00',
    '2027-02-02T00:00',
    '2027-03-01T00:00',
    '2027-03-02T00:00',
    '2027-03-30T00:00',
  ]),
  row('every tenth day from the first', 'cron(0 0 1/10 * ? *)', [
    '2026-11-22T00:00',
    '2026-12-01T00:00',
    '2026-12-11T00:00',
    '2026-12-21T00:00',
    '2026-12-31T00:00',
    '2027-01-01T00:00',
  ]),
  row('the last day of the month', 'cron(0 9 L * ? *)', [
    '2027-01-31T09:00',
    '2027-02-28T09:00',
    '2027-03-31T09:00',
    '2027-04-30T09:00',
  ]),
  row('the last day of a leap February', 'cron(0 9 L 2 ? *)', [
    '2026-11-25T00:00',
    '2027-02-28T09:00',
    '2028-02-29T09:00',
  ]),
  row('the last weekday of the month', 'cron(0 9 LW * ? *)', [
    '2027-01-01T00:00',
    '2027-01-29T09:00',
    '2027-02-26T09:00',
    '2027-03-31T09:00',
  ]),
  row('1W when the first is a Saturday is Monday the third', 'cron(0 9 1W * ? *)', [
    '2027-04-30T00:00',
    '2027-05-03T09:00',
    '2027-06-01T09:00',
  ]),
  row('1W when the first is a Sunday is Monday the second', 'cron(0 9 1W * ? *)', [
    '2026-10-31T00:00',
    '2026-11-02T09:00',
    '2026-12-01T09:00',
  ]),
  row('15W on a Saturday is Friday', 'cron(0 9 15W * ? *)', [
    '2027-05-01T00:00',
    '2027-05-14T09:00',
    '2027-06-15T09:00',
  ]),
  row('15W on a Sunday is Monday', 'cron(0 9 15W * ? *)', [
    '2026-11-01T00:00',
    '2026-11-16T09:00',
    '2026-12-15T09:00',
  ]),
  row('31W on a Sunday is Friday, within the month', 'cron(0 9 31W * ? *)', [
    '2027-01-01T00:00',
    '2027-01-29T09:00',
    '2027-03-31T09:00',
    '2027-05-31T09:00',
  ]),
];

const daysOfWeek: readonly ScheduleRow[] = [
  row('1 is Sunday', 'cron(0 9 ? * 1 *)', ['2026-11-25T00:00', '2026-11-29T09:00', '2026-12-06T09:00']),
  row('7 is Saturday', 'cron(0 9 ? * 7 *)', ['2026-11-25T00:00', '2026-11-28T09:00', '2026-12-05T09:00']),
  row('2-6 is Monday to Friday', 'cron(0 9 ? * 2-6 *)', [
    '2026-11-27T09:00',
    '2026-11-30T09:00',
    '2026-12-01T09:00',
  ]),
  row('SUN', 'cron(0 9 ? * SUN *)', ['2026-11-25T00:00', '2026-11-29T09:00']),
  row('a list of names', 'cron(0 9 ? * MON,WED *)', [
    '2026-11-25T09:00',
    '2026-11-30T09:00',
    '2026-12-02T09:00',
    '2026-12-07T09:00',
  ]),
  row('a range over the weekend', 'cron(0 9 ? * FRI-MON *)', [
    '2026-11-25T00:00',
    '2026-11-27T09:00',
    '2026-11-28T09:00',
    '2026-11-29T09:00',
    '2026-11-30T09:00',
    '2026-12-04T09:00',
  ]),
  row('L is Saturday, the last day of the week', 'cron(0 9 ? * L *)', [
    '2026-11-25T00:00',
    '2026-11-28T09:00',
    '2026-12-05T09:00',
  ]),
  row('the last Friday by name', 'cron(0 9 ? * FRIL *)', [
    '2026-11-27T09:00',
    '2026-12-25T09:00',
    '2027-01-29T09:00',
  ]),
  row('the last Sunday', 'cron(0 9 ? * 1L *)', [
    '2026-11-25T00:00',
    '2026-11-29T09:00',
    '2026-12-27T09:00',
    '2027-01-31T09:00',
  ]),
  row('the first Monday', 'cron(0 9 ? * MON#1 *)', [
    '2026-11-25T00:00',
    '2026-12-07T09:00',
    '2027-01-04T09:00',
  ]),
  row('the fifth Friday, of months that have one', 'cron(0 9 ? * 6#5 *)', [
    '2026-11-25T00:00',
    '2027-01-29T09:00',
    '2027-04-30T09:00',
    '2027-07-30T09:00',
  ]),
  row('Thanksgiving', 'cron(0 12 ? NOV THU#4 *)', [
    '2026-11-25T00:00',
    '2026-11-26T12:00',
    '2027-11-25T12:00',
  ]),
];

/** When clocks change: Paris 29 March and 25 October 2026, New York 8 March and 1 November, Sydney 4 October and 5 April, Lord Howe the same days by half an hour. */
const zones: readonly ScheduleRow[] = [
  row(
    'winter and summer time',
    'cron(0 8 * * ? *)',
    ['2026-03-27T08:00', '2026-03-28T07:00', '2026-03-29T06:00', '2026-03-30T06:00'],
    { timeZone: 'Europe/Paris' },
  ),
  row(
    'summer and winter time',
    'cron(0 8 * * ? *)',
    ['2026-10-23T08:00', '2026-10-24T06:00', '2026-10-25T07:00', '2026-10-26T07:00'],
    { timeZone: 'Europe/Paris' },
  ),
  row(
    'a time that clocks are put forward over is skipped',
    'cron(30 2 * * ? *)',
    ['2026-03-27T12:00', '2026-03-28T01:30', '2026-03-30T00:30'],
    { timeZone: 'Europe/Paris' },
  ),
  row(
    'the last minute before the gap, and the first after it',
    'cron(59,0 1,3 29 3 ? 2026)',
    ['2026-03-28T12:00', '2026-03-29T00:00', '2026-03-29T00:59', '2026-03-29T01:00', '2026-03-29T01:59'],
    { timeZone: 'Europe/Paris', ends: true },
  ),
  row(
    'a time that comes twice fires the first time',
    'cron(30 2 * * ? *)',
    ['2026-10-24T12:00', '2026-10-25T00:30', '2026-10-26T01:30'],
    { timeZone: 'Europe/Paris' },
  ),
  row(
    'asked in between, a time that comes twice has been',
    'cron(30 2 * * ? *)',
    ['2026-10-25T01:10', '2026-10-26T01:30'],
    { timeZone: 'Europe/Paris' },
  ),
  row(
    'minutes of the hour that is skipped',
    'cron(0/30 * * * ? *)',
    ['2026-03-29T00:00', '2026-03-29T00:30', '2026-03-29T01:00', '2026-03-29T01:30'],
    { timeZone: 'Europe/Paris' },
  ),
  row(
    'minutes of the hour that comes twice fire the first time',
    'cron(0/30 * * * ? *)',
    ['2026-10-25T00:00', '2026-10-25T00:30', '2026-10-25T02:00', '2026-10-25T02:30'],
    { timeZone: 'Europe/Paris' },
  ),
  row(
    'New York, spring',
    'cron(15 2 * * ? *)',
    ['2026-03-06T12:00', '2026-03-07T07:15', '2026-03-09T06:15'],
    { timeZone: 'America/New_York' },
  ),
  row(
    'New York, autumn',
    'cron(15 1 * * ? *)',
    ['2026-10-31T12:00', '2026-11-01T05:15', '2026-11-02T06:15'],
    { timeZone: 'America/New_York' },
  ),
  row(
    'Sydney, spring in October',
    'cron(30 2 * * ? *)',
    ['2026-10-02T18:00', '2026-10-04T15:30', '2026-10-05T15:30'],
    { timeZone: 'Australia/Sydney' },
  ),
  row(
    'Sydney, autumn in April',
    'cron(30 2 * * ? *)',
    ['2026-04-03T18:00', '2026-04-04T15:30', '2026-04-05T16:30'],
    { timeZone: 'Australia/Sydney' },
  ),
  row(
    'Lord Howe skips half an hour',
    'cron(0/15 2 4 10 ? 2026)',
    ['2026-10-03T00:00', '2026-10-03T15:30', '2026-10-03T15:45'],
    { timeZone: 'Australia/Lord_Howe', ends: true },
  ),
  row(
    'Lord Howe repeats half an hour',
    'cron(0/15 1-2 5 4 ? 2026)',
    [
      '2026-04-04T00:00',
      '2026-04-04T14:00',
      '2026-04-04T14:15',
      '2026-04-04T14:30',
      '2026-04-04T14:45',
      '2026-04-04T15:30',
      '2026-04-04T15:45',
      '2026-04-04T16:00',
      '2026-04-04T16:15',
    ],
    { timeZone: 'Australia/Lord_Howe', ends: true },
  ),
  row(
    'a zone without daylight saving',
    'cron(0 9 * * ? *)',
    ['2026-03-28T01:00', '2026-03-29T00:00', '2026-03-30T00:00'],
    { timeZone: 'Asia/Tokyo' },
  ),
  row(
    'a zone that is 5 h 45 min ahead',
    'cron(0 9 ? * MON *)',
    ['2026-11-25T00:00', '2026-11-30T03:15', '2026-12-07T03:15'],
    { timeZone: 'Asia/Kathmandu' },
  ),
  row(
    'the weekday is that of the zone, a day ahead of UTC',
    'cron(0 8 ? * MON *)',
    ['2026-11-28T00:00', '2026-11-29T18:00', '2026-12-06T18:00'],
    { timeZone: 'Pacific/Kiritimati' },
  ),
  row(
    'the last day of the month is that of the zone, behind UTC',
    'cron(0 20 L * ? *)',
    ['2026-11-25T00:00', '2026-12-01T04:00', '2027-01-01T04:00'],
    { timeZone: 'America/Los_Angeles' },
  ),
  row(
    'clocks that change at midnight: there is no 00:00',
    'cron(0 0 * * ? *)',
    ['2026-09-05T00:00', '2026-09-05T04:00', '2026-09-07T03:00'],
    { timeZone: 'America/Santiago' },
  ),
];

/** Every cron row; the other kinds of expression have no table: their times are their text. */
export const scheduleTable: readonly ScheduleRow[] = [
  ...documented,
  ...fields,
  ...daysOfMonth,
  ...daysOfWeek,
  ...zones,
];
