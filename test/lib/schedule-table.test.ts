import { TimeZone } from 'aws-cdk-lib';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { afterAll, expect, test, vi } from 'vitest';
import { TaskSchedule } from '../../lib/index.ts';
import { scheduleTable } from '../contract/schedule/schedule-table.ts';
import { newQueue, newStack, newTask } from './stack.ts';

afterAll(() => vi.useRealTimers());

const queue = newQueue(newStack());

/** The times that synth prints at that moment, in UTC: each is told on the clocks of its zone, with their offset. */
function printedTimes(expression: string, timeZone: string, now: string): string[] {
  vi.setSystemTime(now);
  const schedule = new TaskSchedule(queue, `${expression} in ${timeZone} after ${now}`, {
    task: newTask(),
    queue,
    payload: {},
    schedule: ScheduleExpression.expression(expression, TimeZone.of(timeZone)),
  });
  const { data } = schedule.node.metadata.find(({ type }) => type === 'aws:cdk:info') ?? {};
  const lines = [...String(data).matchAll(/^ {2}\w{3} (\S+) (\S+) (\S+)/gm)];
  return lines.map(([, date, time, offset]) => new Date(`${date}T${time}${offset}`).toISOString());
}

test.each(
  scheduleTable,
)('synth prints what is documented: $shows, $expression in $timeZone after $after', row => {
  const { expression, timeZone, after, times, ends } = row;
  const expected = times.slice(0, 5);
  if (expected.length === 0) {
    expect(() => printedTimes(expression, timeZone, after)).toThrow('never fires');
    return;
  }

  const printed = printedTimes(expression, timeZone, after);

  expect(ends ? printed : printed.slice(0, expected.length)).toEqual(expected);
});
