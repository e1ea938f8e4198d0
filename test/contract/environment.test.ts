import { describe, expect, it } from 'vitest';
import { ENVIRONMENT_VARIABLE, type QueueConfig, readEnvironment } from '../../contract/environment.ts';

const queue: QueueConfig = {
  url: 'https://sqs.eu-west-1.amazonaws.com/123456789012/email',
  deadLetterUrl: 'https://sqs.eu-west-1.amazonaws.com/123456789012/email-dlq',
  table: 'runs',
  tasks: ['send-welcome-email'],
};

const read = (value: unknown) => readEnvironment({ [ENVIRONMENT_VARIABLE]: JSON.stringify(value) });

describe('readEnvironment', () => {
  it('answers every queue that a construct wrote', () => {
    const consumer = { concurrency: 10, unknownTaskGraceSeconds: 300 };
    const queues = [queue, { ...queue, fifo: true, trackQueued: false, consumer }];
    expect(read(queues)).toEqual(queues);
  });

  it('answers no queue for an empty list', () => {
    expect(read([])).toEqual([]);
  });

  it('fails without the variable, naming both ways to fix it', () => {
    expect(() => readEnvironment({})).toThrow(
      'The environment variable BACKGROUND_JOBS is not set: let the stack call queue.grantSend(fn) for this ' +
        'function, or pass queues to createClient({ queues })',
    );
  });

  it('fails on what is no JSON, quoting no more than its beginning', () => {
    const broken = `[{"url": ${'x'.repeat(5000)}`;
    expect(() => readEnvironment({ [ENVIRONMENT_VARIABLE]: broken })).toThrow(
      new Error(`The environment variable BACKGROUND_JOBS is not JSON: ${broken.slice(0, 200)}`),
    );
  });

  it.each([
    ['an object', queue],
    ['null', null],
    ['a list of strings', ['email']],
    ['a list with null', [null]],
    ['a queue without its URL', [{ ...queue, url: undefined }]],
    ['a queue without its dead-letter queue', [{ ...queue, deadLetterUrl: 7 }]],
    ['a queue without its table', [{ ...queue, table: null }]],
    ['a queue whose tasks are no list', [{ ...queue, tasks: 'send-welcome-email' }]],
    ['a queue whose tasks are no names', [{ ...queue, tasks: [{ name: 'send-welcome-email' }] }]],
    ['one wrong queue among right ones', [queue, {}]],
  ])('fails on %s', (_name, value) => {
    expect(() => read(value)).toThrow(
      'The environment variable BACKGROUND_JOBS is not what a construct of this version writes ' +
        '(a list of queues with url, deadLetterUrl, table and tasks): ',
    );
  });
});
