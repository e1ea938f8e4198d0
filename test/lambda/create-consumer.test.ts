import { afterEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { ENVIRONMENT_VARIABLE, type QueueConfig } from '../../contract/environment.ts';
import { defineTask } from '../../contract/task.ts';
import { createConsumer } from '../../lambda/create-consumer.ts';
import { handle } from '../../lambda/handle.ts';

const greet = handle(defineTask({ name: 'greet', payload: z.null() }), () => {});
const wave = handle(defineTask({ name: 'wave', payload: z.null() }), () => {});

function queueOf(...tasks: string[]): QueueConfig {
  return {
    url: `https://sqs.eu-west-1.amazonaws.com/123456789012/${tasks.join('-')}`,
    deadLetterUrl: 'https://sqs.eu-west-1.amazonaws.com/123456789012/tasks-dead',
    table: 'runs',
    tasks,
    consumer: { concurrency: 10, unknownTaskGraceSeconds: 300 },
  };
}

afterEach(() => vi.unstubAllEnvs());

describe('a consumer', () => {
  it('starts with a handler for each task', () => {
    expect(createConsumer([greet, wave], { queues: [queueOf('greet', 'wave')] })).toBeTypeOf('function');
  });

  it('serves several queues', () => {
    expect(createConsumer([greet, wave], { queues: [queueOf('greet'), queueOf('wave')] })).toBeTypeOf(
      'function',
    );
  });

  it('reads its queues from the environment', () => {
    vi.stubEnv(ENVIRONMENT_VARIABLE, JSON.stringify([queueOf('greet')]));

    expect(() => createConsumer([wave])).toThrow("No handler for 'greet'");
  });

  it('needs no handler for the tasks that it only sends', () => {
    const { consumer, ...sent } = queueOf('wave');

    expect(createConsumer([greet], { queues: [queueOf('greet'), sent] })).toBeTypeOf('function');
  });

  it('fails to start without a handler for a task', () => {
    expect(() => createConsumer([greet], { queues: [queueOf('greet', 'wave', 'nod')] })).toThrow(
      "No handler for 'wave', 'nod': add handle(…) for it to createConsumer, or take it out of the TaskQueue's tasks",
    );
  });

  it('fails to start with a handler for a task that no queue carries', () => {
    expect(() => createConsumer([greet, wave], { queues: [queueOf('greet')] })).toThrow(
      "A handler for 'wave', which no queue of this consumer carries: add it to the TaskQueue's tasks ('greet'), or " +
        'remove the handler',
    );
  });

  it('fails to start with two handlers for a task', () => {
    expect(() => createConsumer([greet, greet], { queues: [queueOf('greet')] })).toThrow(
      "Task 'greet' has two handlers in createConsumer; remove one of them",
    );
  });

  it('fails to start without queues in the environment', () => {
    vi.stubEnv(ENVIRONMENT_VARIABLE, undefined);

    expect(() => createConsumer([greet])).toThrow(
      `The environment variable ${ENVIRONMENT_VARIABLE} is not set`,
    );
  });

  it.each([
    'true',
    '1',
    'YES',
    'on',
  ])("fails to start when Powertools' idempotency is disabled by %s", value => {
    vi.stubEnv('POWERTOOLS_IDEMPOTENCY_DISABLED', value);

    expect(() => createConsumer([greet], { queues: [queueOf('greet')] })).toThrow(
      `POWERTOOLS_IDEMPOTENCY_DISABLED is '${value}': runs would be neither claimed nor counted`,
    );
  });

  it.each(['', 'false', '0'])("starts when Powertools' idempotency is left on by '%s'", value => {
    vi.stubEnv('POWERTOOLS_IDEMPOTENCY_DISABLED', value);

    expect(createConsumer([greet], { queues: [queueOf('greet')] })).toBeTypeOf('function');
  });
});
