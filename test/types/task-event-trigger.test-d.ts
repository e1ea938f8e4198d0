import type { Stack } from 'aws-cdk-lib';
import type { S3ObjectCreatedNotificationEvent } from 'aws-lambda';
import { test } from 'vitest';
import * as z from 'zod';
import { defineTask } from '../../contract/task.ts';
import type { Ref } from '../../contract/workflow/expression.ts';
import { TaskEventTrigger, type TaskQueue } from '../../lib/index.ts';

const task = defineTask({ name: 'scan', payload: z.object({ key: z.string(), size: z.number() }) });
type Created = Ref<S3ObjectCreatedNotificationEvent>;
declare const stack: Stack;
declare const queue: TaskQueue;
const base = { task, queue, eventPattern: { source: ['aws.s3'] } };

test('a payload of fields that have the task’s types compiles', () => {
  new TaskEventTrigger(stack, 'Uploaded', {
    ...base,
    payload: ({ detail: { object } }: Created) => ({
      key: object.key,
      size: object.size,
    }),
  });
});

test('a value that is known now may stand for a field', () => {
  new TaskEventTrigger(stack, 'Uploaded', { ...base, payload: event => ({ key: event.id, size: 1 }) });
});

test('a field of another type does not compile', () => {
  new TaskEventTrigger(stack, 'Uploaded', {
    ...base,
    // @ts-expect-error an ETag is no size
    payload: (event: Created) => ({ key: event.detail.object.key, size: event.detail.object.etag }),
  });
});

test('a payload that lacks a field does not compile', () => {
  new TaskEventTrigger(stack, 'Uploaded', {
    ...base,
    // @ts-expect-error no size
    payload: event => ({ key: event.id }),
  });
});

test('a field of the detail is not known unless the event’s type is said', () => {
  new TaskEventTrigger(stack, 'Uploaded', {
    ...base,
    // @ts-expect-error unknown
    payload: event => ({ key: event.detail.key, size: 1 }),
  });
});
