import { Template } from 'aws-cdk-lib/assertions';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { expect, test } from 'vitest';
import { readEnvironment } from '../../contract/environment.ts';
import { RunTable } from '../../lib/index.ts';
import { newFunction, newQueue, newStack, newTask, queuesOf } from './stack.ts';

test('a function that sends to two queues learns of both from one variable', () => {
  const stack = newStack();
  const api = newFunction(stack);
  newQueue(stack, 'Email').grantSend(api);
  newQueue(stack, 'Images', {
    tasks: [newTask({ name: 'resize' })],
    fifo: true,
    trackQueued: false,
  }).grantSend(api);

  expect(queuesOf(Template.fromStack(stack), 'Api')).toEqual([
    {
      url: '<EmailQueue>',
      deadLetterUrl: '<EmailDeadLetterQueue>',
      table: '<EmailRunsTable>',
      tasks: ['send-welcome-email'],
    },
    {
      url: '<ImagesQueue>',
      deadLetterUrl: '<ImagesDeadLetterQueue>',
      table: '<ImagesRunsTable>',
      tasks: ['resize'],
      fifo: true,
      trackQueued: false,
    },
  ]);
});

test('two grants of one queue are one entry', () => {
  const stack = newStack();
  const api = newFunction(stack);
  const queue = newQueue(stack);
  queue.grantSend(api);
  queue.grantRead(api);

  expect(queuesOf(Template.fromStack(stack), 'Api')).toHaveLength(1);
});

test('a consumer learns of the queues that it sends to, whichever was made first', () => {
  const stack = newStack();
  const first = newQueue(stack, 'First');
  const second = newQueue(stack, 'Second', { tasks: [newTask({ name: 'resize' })] });
  first.grantSend(second.consumer);
  second.grantSend(first.consumer);
  const template = Template.fromStack(stack);

  const own = { consumer: { concurrency: 10 } };
  expect(queuesOf(template, 'FirstConsumer')).toMatchObject([
    { url: '<FirstQueue>', ...own },
    { url: '<SecondQueue>' },
  ]);
  expect(queuesOf(template, 'SecondConsumer')).toMatchObject([
    { url: '<SecondQueue>', ...own },
    { url: '<FirstQueue>' },
  ]);
});

test('queues that share a run table name the same one', () => {
  const stack = newStack();
  const api = newFunction(stack);
  const runTable = new RunTable(stack, 'Runs');
  newQueue(stack, 'Email', { runTable }).grantSend(api);
  newQueue(stack, 'Images', { runTable, tasks: [newTask({ name: 'resize' })] }).grantSend(api);
  const template = Template.fromStack(stack);

  template.resourceCountIs('AWS::DynamoDB::Table', 1);
  expect(queuesOf(template, 'Api')).toMatchObject([{ table: '<RunsTable>' }, { table: '<RunsTable>' }]);
});

test('the functions read what the stack wrote', () => {
  const stack = newStack();
  const api = newFunction(stack);
  newQueue(stack).grantSend(api);
  const variable = JSON.stringify(queuesOf(Template.fromStack(stack), 'Api'));

  expect(readEnvironment({ BACKGROUND_JOBS: variable })).toMatchObject([{ url: '<EmailQueue>' }]);
});

test('fails for a task that two of a function’s queues have', () => {
  const stack = newStack();
  const api = newFunction(stack);
  newQueue(stack, 'Fast').grantSend(api);
  newQueue(stack, 'Bulk').grantSend(api);

  expect(() => Template.fromStack(stack)).toThrow(
    "Stack/Api: each task must have one queue among those granted to a function, got task 'send-welcome-email' in " +
      'Stack/Fast and Stack/Bulk; grant one of them, or give the task another name in one',
  );
});

test('one task may be in two queues that no function has both of', () => {
  const stack = newStack();
  newQueue(stack, 'Fast');
  newQueue(stack, 'Bulk').grantSend(newFunction(stack));

  expect(() => Template.fromStack(stack)).not.toThrow();
});

const manyTasks = Array.from({ length: 45 }, (_, index) =>
  newTask({ name: `${index}`.padStart(60, 'task-name-') }),
);

test('fails when the queues take more than 3 KB of a function’s environment', () => {
  const stack = newStack();
  newQueue(stack, 'Email', { tasks: manyTasks });

  expect(() => Template.fromStack(stack)).toThrow(
    /Stack\/Email\/Consumer: the environment variable BACKGROUND_JOBS must be at most 3072 bytes, got about 3\d\d\d for Stack\/Email \(3\d\d\d\); shorten task names, or split the function/,
  );
});

test('fails when all variables together are more than Lambda takes', () => {
  const stack = newStack();
  const environment = { PRIVATE_KEY: 'x'.repeat(3600) };
  newQueue(stack, 'Email', { environment });

  expect(() => Template.fromStack(stack)).toThrow(
    /Stack\/Email\/Consumer: all environment variables of a function must be at most 4096 bytes, got about 4\d\d\d, of them \d+ in BACKGROUND_JOBS for Stack\/Email/,
  );
});

test('a URL that is known is counted as long as it is, one that is not as long as it may be', () => {
  const stack = newStack();
  const imported = (name: string) =>
    sqs.Queue.fromQueueAttributes(stack, name, {
      queueArn: `arn:aws:sqs:eu-west-1:123456789012:${name}`,
      queueUrl: `https://sqs.eu-west-1.amazonaws.com/123456789012/${name}`,
    });
  const tasks = manyTasks.slice(0, 41);
  newQueue(stack, 'Imported', { tasks, queue: imported('orders'), deadLetterQueue: imported('dead') });
  newQueue(stack, 'Made', { tasks });

  expect(() => Template.fromStack(stack)).toThrow(/with the following errors:\n {2}\[Stack\/Made\/[^[]*$/);
});
