import { describe, expect, it } from 'vitest';
import { parseSchedule } from '../../../contract/schedule/schedule.ts';

const refusal = (expression: string, timeZone: string | undefined = 'Europe/Paris') => {
  try {
    parseSchedule(expression, timeZone, 'Digest: schedule');
  } catch (error) {
    return error;
  }
};

const DAYS_OF_MONTH = 'allowed is 1-31 with , - * /, or ?, L, LW or a day and W, such as 15W';
const DAYS_OF_WEEK =
  'allowed is 1-7 or SUN-SAT (1 is Sunday) with , - *, or ?, L, a day and L, such as 6L, or one day and #1 to #5, such as 2#1';

describe('a field of a cron', () => {
  it.each([
    ['60 9 * * ? *', "minutes has '60', allowed is 0-59 with , - * /"],
    ['-1 9 * * ? *', 'minutes has an empty part, allowed is 0-59 with , - * /'],
    ['0, 9 * * ? *', 'minutes has an empty part, allowed is 0-59 with , - * /'],
    ['1-2-3 9 * * ? *', 'minutes has more than one -, allowed is 0-59 with , - * /'],
    ['0/5/5 9 * * ? *', 'minutes has more than one /, allowed is 0-59 with , - * /'],
    ['0/0 9 * * ? *', "minutes has the step '0', a step is from 1 to 59, allowed is 0-59 with , - * /"],
    ['0/60 9 * * ? *', "minutes has the step '60', a step is from 1 to 59, allowed is 0-59 with , - * /"],
    ['? 9 * * ? *', "minutes has '?', allowed is 0-59 with , - * /"],
    ['0 24 * * ? *', "hours has '24', allowed is 0-23 with , - * /"],
    ['0 9am * * ? *', "hours has '9am', allowed is 0-23 with , - * /"],
    ['0 9 0 * ? *', `day-of-month has '0', ${DAYS_OF_MONTH}`],
    ['0 9 32 * ? *', `day-of-month has '32', ${DAYS_OF_MONTH}`],
    ['0 9 32W * ? *', `day-of-month has '32', ${DAYS_OF_MONTH}`],
    ['0 9 1,L * ? *', `day-of-month has 'L', ${DAYS_OF_MONTH}`],
    ['0 9 L-3 * ? *', `day-of-month has 'L', ${DAYS_OF_MONTH}`],
    ['0 9 1 13 ? *', "month has '13', allowed is 1-12 or JAN-DEC with , - * /"],
    ['0 9 1 JANUARY ? *', "month has 'JANUARY', allowed is 1-12 or JAN-DEC with , - * /"],
    ['0 9 ? * 0 *', `day-of-week has '0', ${DAYS_OF_WEEK}`],
    ['0 9 ? * 8 *', `day-of-week has '8', ${DAYS_OF_WEEK}`],
    ['0 9 ? * 2#6 *', `day-of-week has a # that is not one day and #1 to #5, ${DAYS_OF_WEEK}`],
    ['0 9 ? * 3#1,6#3 *', `day-of-week has a # that is not one day and #1 to #5, ${DAYS_OF_WEEK}`],
    [
      '0 9 ? * 2/2 *',
      `day-of-week has a step, which this field does not take; list the days, ${DAYS_OF_WEEK}`,
    ],
    ['0 9 ? * 15W *', `day-of-week has '15W', ${DAYS_OF_WEEK}`],
    ['0 9 1 1 ? 1969', "year has '1969', allowed is 1970-2199 with , - * /"],
    ['0 9 1 1 ? 2200', "year has '2200', allowed is 1970-2199 with , - * /"],
    ['0 9 1 1 ? 2030-2028', 'year has a range that ends before it begins, allowed is 1970-2199 with , - * /'],
  ])('fails on %s, naming the field, what it has and what is allowed', (fields, problem) => {
    expect(refusal(`cron(${fields})`)).toEqual(
      new RangeError(`Digest: schedule: ${problem}; got 'cron(${fields})'`),
    );
  });
});

describe('the day fields of a cron', () => {
  const rule = 'one of day-of-month and day-of-week must be ?, and only one';

  it.each([
    ['0 9 * * * *', "write 'cron(0 9 * * ? *)'"],
    ['0 9 1 * * *', "write 'cron(0 9 1 * ? *)'"],
    ['0 9 * * MON *', "write 'cron(0 9 ? * MON *)'"],
    ['0 9 ? * ? *', 'write * in the other for every day'],
    ['0 9 1 * MON *', 'days of both kinds take two schedules'],
  ])('fails on %s, with what to write instead', (fields, fix) => {
    expect(refusal(`cron(${fields})`)).toEqual(
      new RangeError(`Digest: schedule: ${rule}; ${fix}; got 'cron(${fields})'`),
    );
  });
});

describe('a cron with another number of fields', () => {
  it.each([
    ['0 8 * * *', '0 8 * * ? *'],
    ['*/5 8-17 * * 1-5', '*/5 8-17 ? * 2-6 *'],
    ['0 8 1 * *', '0 8 1 * ? *'],
    ['0 8 * * 0', '0 8 ? * 1 *'],
    ['0 8 * * 7', '0 8 ? * 1 *'],
    ['0 8 * * 0,6', '0 8 ? * 1,7 *'],
    ['0 8 * * MON-FRI', '0 8 ? * MON-FRI *'],
    ['0 8 * * 5#1', '0 8 ? * 6#1 *'],
    ['0 8 * * */2', '0 8 ? * 1,3,5,7 *'],
    ['0 8 * * 1-5/2', '0 8 ? * 2,4,6 *'],
    ['0 8 ? JAN 1', '0 8 ? JAN 2 *'],
  ])('is translated in the message: five fields %s are %s', (five, six) => {
    expect(refusal(`cron(${five})`)).toEqual(
      new RangeError(
        `Digest: schedule needs six fields, cron(minutes hours day-of-month month day-of-week year), and has 5; in AWS's fields it is 'cron(${six})'; got 'cron(${five})'`,
      ),
    );
    expect(refusal(`cron(${six})`)).toBeUndefined();
  });

  it('is told to be two schedules when five fields restrict both kinds of day', () => {
    expect(refusal('cron(0 8 1 * 1)')).toEqual(
      new RangeError(
        "Digest: schedule needs six fields, cron(minutes hours day-of-month month day-of-week year), and has 5; it restricts both day fields, which in AWS takes two schedules, each with ? in one of them; got 'cron(0 8 1 * 1)'",
      ),
    );
  });

  it.each([
    ['', 0],
    ['0 8', 2],
    ['0 0 8 * * ? *', 7],
  ])('fails on %j', (fields, count) => {
    expect(String(refusal(`cron(${fields})`))).toContain(`and has ${count}; got 'cron(${fields})'`);
  });
});

describe('a rate', () => {
  it.each([
    '0 minutes',
    '-1 hours',
    '1.5 hours',
    '5',
    'minutes',
    '5 seconds',
    '2 weeks',
    '5minutes',
    '',
  ])('fails on %j', inside => {
    expect(refusal(`rate(${inside})`)).toEqual(
      new RangeError(
        `Digest: schedule: a rate must be a whole number from 1 and minutes, hours or days, such as 'rate(5 minutes)'; got 'rate(${inside})'`,
      ),
    );
  });

  it.each([
    ['1 minutes', '1 minute'],
    ['5 minute', '5 minutes'],
    ['1 days', '1 day'],
    ['24 hour', '24 hours'],
  ])('fails on the unit of %s', (given, right) => {
    expect(refusal(`rate(${given})`)).toEqual(
      new RangeError(
        `Digest: schedule: a rate of 1 has a singular unit, any other a plural one, here 'rate(${right})'; got 'rate(${given})'`,
      ),
    );
  });
});

describe('a one-time schedule', () => {
  it.each([
    '2026-12-01',
    '2026-12-01 08:00:00',
    '2026-12-01T08:00',
    '2026-12-01T08:00:00Z',
    '2026-12-01T08:00:00+01:00',
    '2026-13-01T08:00:00',
    '2026-02-29T08:00:00',
    '2026-12-01T24:00:00',
    'tomorrow',
  ])('fails on %s', inside => {
    expect(refusal(`at(${inside})`)).toEqual(
      new RangeError(
        `Digest: schedule: a one-time schedule must be a date and time without an offset, 'at(yyyy-mm-ddThh:mm:ss)'; got 'at(${inside})'`,
      ),
    );
  });

  it('fails on a time that clocks are put forward over', () => {
    expect(refusal('at(2026-03-29T02:30:00)')).toEqual(
      new RangeError(
        "Digest: schedule: clocks in Europe/Paris are put forward over that time, so it never comes; got 'at(2026-03-29T02:30:00)'",
      ),
    );
  });
});

describe('a time zone', () => {
  it.each([undefined, ''])('is needed by a cron and a one-time schedule, got %j', timeZone => {
    const missing = new RangeError(
      "Digest: schedule needs a time zone, a name of the IANA database such as 'Europe/Paris' or 'UTC'",
    );
    for (const expression of ['cron(0 8 * * ? *)', 'at(2026-12-01T08:00:00)']) {
      expect(() => parseSchedule(expression, timeZone, 'Digest: schedule')).toThrow(missing);
    }
    expect(() => parseSchedule('rate(1 day)', timeZone)).not.toThrow();
  });

  it.each(['Mars/Olympus', 'CEST', '+01:00', 'UTC+1', 'Europe/Paris '])('fails on %j', timeZone => {
    expect(refusal('cron(0 8 * * ? *)', timeZone)).toEqual(
      new RangeError(
        `Digest: schedule: the time zone must be a name of the IANA database, such as 'Europe/Paris' or 'UTC'; got '${timeZone}'`,
      ),
    );
  });

  it('fails on a name in another case, with the right one', () => {
    expect(refusal('cron(0 8 * * ? *)', 'europe/paris')).toEqual(
      new RangeError(
        "Digest: schedule: the time zone must be a name of the IANA database, here 'Europe/Paris'; got 'europe/paris'",
      ),
    );
  });

  it.each([
    'UTC',
    'US/Pacific',
    'Asia/Kolkata',
    'Asia/Calcutta',
    'Etc/GMT+5',
    'America/Argentina/Buenos_Aires',
  ])('may be %s', timeZone => {
    expect(refusal('cron(0 8 * * ? *)', timeZone)).toBeUndefined();
  });
});

describe('an expression', () => {
  it.each(['', 'every day', 'CRON(0 8 * * ? *)', 'cron(0 8 * * ? *', 'at 8'])('fails on %j', expression => {
    expect(refusal(expression)).toEqual(
      new RangeError(
        `Digest: schedule must be cron(…), rate(…) or at(…), such as 'cron(0 8 ? * MON-FRI *)'; got '${expression}'`,
      ),
    );
  });

  it('of five bare fields is translated', () => {
    expect(String(refusal('0 8 * * 1-5'))).toContain("in AWS's fields it is 'cron(0 8 ? * 2-6 *)'");
  });
});
