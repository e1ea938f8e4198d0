import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import type { Construct } from 'constructs';
import { test } from 'vitest';
import * as z from 'zod';
import { defineTask } from '../../contract/task.ts';
import type { TaskQueue } from '../../lib/index.ts';
import { TaskSchedule } from '../../lib/index.ts';

const digest = defineTask({
  name: 'digest',
  payload: z.object({ weeks: z.number(), format: z.string().default('html') }),
});
declare const queue: TaskQueue;
declare const scope: Construct;
const common = { task: digest, queue, schedule: ScheduleExpression.expression('rate(1 hour)') };

test('a schedule takes what its task’s schema takes', () => {
  new TaskSchedule(scope, 'A', { ...common, payload: { weeks: 1 } });
  new TaskSchedule(scope, 'B', { ...common, payload: { weeks: 1, format: 'text' } });
});

test('a schedule with another payload, or without one, is a type error', () => {
  // @ts-expect-error a number is asked for
  new TaskSchedule(scope, 'C', { ...common, payload: { weeks: 'one' } });
  // @ts-expect-error a field is missing
  new TaskSchedule(scope, 'D', { ...common, payload: {} });
  // @ts-expect-error the payload is missing
  new TaskSchedule(scope, 'E', common);
});

test('an overlap has two answers', () => {
  // @ts-expect-error there is no queueing
  new TaskSchedule(scope, 'F', { ...common, payload: { weeks: 1 }, overlap: 'queue' });
});
