import { afterEach, describe, expect, it, vi } from 'vitest';
import * as entryPoint from '../../client/index.ts';
import { ENVIRONMENT_VARIABLE } from '../../contract/environment.ts';
import { greet, startCloud } from './cloud-fixture.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('a client', () => {
  it('reads the environment when it is used, not before', async () => {
    const cloud = await startCloud();
    const queue = cloud.queue();
    const { sqs, dynamodb, clock } = cloud;
    vi.stubEnv(ENVIRONMENT_VARIABLE, undefined);
    const client = entryPoint.createClient({ sqs, dynamodb, clock });

    vi.stubEnv(ENVIRONMENT_VARIABLE, JSON.stringify([queue]));
    await client.sendTask(greet, { name: 'Ada' });

    expect(cloud.messages(queue)).toHaveLength(1);
  });

  it('sends each task to the queue that carries it', async () => {
    const cloud = await startCloud();
    const [own, other] = [cloud.queue(), cloud.queue({ tasks: ['other'] })];

    await cloud.client([other, own]).sendTask(greet, { name: 'Ada' });

    expect(cloud.messages(own)).toHaveLength(1);
    expect(cloud.messages(other)).toHaveLength(0);
  });

  it('fails to send a task that no queue carries, naming what it knows and both ways out', async () => {
    const cloud = await startCloud();
    const other = cloud.queue({ tasks: ['a', 'b'] });
    const message =
      `No queue is known for task 'greet'; known are ${other.url} (a, b). Let the stack call grantSend(fn) of the ` +
      "task's queue for this function, or pass the queue to createClient({ queues })";

    await expect(cloud.client([other]).sendTask(greet, { name: 'Ada' })).rejects.toThrow(message);
    await expect(cloud.client([other]).sendTasks(greet, [])).rejects.toThrow(message);
    await expect(cloud.client([]).sendTask(greet, { name: 'Ada' })).rejects.toThrow('known are none.');
  });

  it('fails to send a task that two queues carry', async () => {
    const cloud = await startCloud();
    const queues = [cloud.queue(), cloud.queue()];

    await expect(cloud.client(queues).sendTask(greet, { name: 'Ada' })).rejects.toThrow(
      `Task 'greet' is carried by two queues, ${queues[0]?.url} and ${queues[1]?.url}`,
    );
  });
});

describe('the entry point', () => {
  it('has the verbs of a client that fails, when nothing has written its environment, with the way out', async () => {
    vi.stubEnv(ENVIRONMENT_VARIABLE, undefined);
    const { sendTask, sendTasks, getRun, waitForRun, listRuns, countRuns, cancelRun, cancelRuns } =
      entryPoint;
    const { listDeadLetters, groupDeadLetters, readDeadLetterQueue } = entryPoint;
    const { redrive, redriveAll, discard, discardAll } = entryPoint;
    const reason = 'no use';

    for (const call of [
      () => sendTask(greet, { name: 'Ada' }),
      () => sendTasks(greet, []),
      () => getRun('id'),
      () => waitForRun('id', { timeout: '1s' }),
      () => listRuns({ task: greet }),
      () => countRuns(greet),
      () => cancelRun('id'),
      () => cancelRuns({ task: greet }),
      () => listDeadLetters(),
      () => groupDeadLetters(),
      () => readDeadLetterQueue(greet),
      () => redrive('id'),
      () => redriveAll(),
      () => discard('id', { reason }),
      () => discardAll({}, { reason }),
    ]) {
      await expect(call()).rejects.toThrow(
        `${ENVIRONMENT_VARIABLE} is not set: let the stack call queue.grantSend(fn)`,
      );
    }
  });
});
