import { describe, expect, test } from 'vitest';
import { errorOf, startSqs } from './sqs-fixture.ts';

async function withDeadLetters(count: number, suffix = '') {
  const fixture = await startSqs();
  const fifo: Record<string, string> = suffix ? { FifoQueue: 'true', ContentBasedDeduplication: 'true' } : {};
  const dlqUrl = fixture.queue(`dlq${suffix}`, fifo);
  const SourceArn = fixture.arn(`dlq${suffix}`);
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: SourceArn, maxReceiveCount: 1 });
  const sourceUrl = fixture.queue(`q${suffix}`, { ...fifo, RedrivePolicy });
  for (let index = 0; index < count; index++) {
    const group = suffix ? { MessageGroupId: `g${index}` } : {};
    await fixture.sqs.sendMessage({ QueueUrl: sourceUrl, MessageBody: `${index}`, ...group });
  }
  const originals = await fixture.receive(sourceUrl);
  fixture.clock.advance(30_000);
  await fixture.receive(sourceUrl);
  const tasks = async (MaxResults = 1) =>
    (await fixture.sqs.listMessageMoveTasks({ SourceArn, MaxResults })).Results ?? [];
  return { ...fixture, dlqUrl, sourceUrl, SourceArn, originals, tasks };
}

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
describe('message move tasks (API_StartMessageMoveTask, sqs-configure-dead-letter-queue-redrive)', () => {
  test('messages go back to their source as new messages, oldest first', async () => {
    const { sqs, SourceArn, sourceUrl, originals, receive, clock, tasks } = await withDeadLetters(3);
    await sqs.startMessageMoveTask({ SourceArn });
    clock.advance(1000);
    expect(await tasks()).toMatchObject([
      { Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 3, ApproximateNumberOfMessagesToMove: 3 },
    ]);
    const moved = await receive(sourceUrl);
    expect(moved.map(message => message.Body)).toEqual(['0', '1', '2']);
    expect(moved.map(message => message.Attributes?.ApproximateReceiveCount)).toEqual(['1', '1', '1']);
    expect(moved[0]?.MessageId).not.toBe(originals[0]?.MessageId);
    expect(Number(moved[0]?.Attributes?.SentTimestamp)).toBeGreaterThan(
      Number(originals[0]?.Attributes?.SentTimestamp),
    );
    expect(moved[0]?.Attributes).not.toHaveProperty('DeadLetterQueueSourceArn');
  });

  test('messages go to another queue when it is given', async () => {
    const { sqs, SourceArn, queue, arn, bodies, clock } = await withDeadLetters(2);
    const other = queue('other');
    await sqs.startMessageMoveTask({ SourceArn, DestinationArn: arn('other') });
    clock.advance(1000);
    expect(await bodies(other)).toEqual(['0', '1']);
  });

  test('FIFO messages go back too, within five minutes of their first send', async () => {
    const { sqs, SourceArn, sourceUrl, bodies, clock } = await withDeadLetters(2, '.fifo');
    await sqs.startMessageMoveTask({ SourceArn });
    clock.advance(1000);
    expect(await bodies(sourceUrl)).toEqual(['0', '1']);
  });

  test('MaxNumberOfMessagesPerSecond is kept', async () => {
    const { sqs, SourceArn, clock, tasks } = await withDeadLetters(10);
    await sqs.startMessageMoveTask({ SourceArn, MaxNumberOfMessagesPerSecond: 4 });
    const moved: unknown[] = [];
    for (let second = 0; second < 3; second++) {
      clock.advance(1000);
      moved.push((await tasks())[0]?.ApproximateNumberOfMessagesMoved);
    }
    expect(moved).toEqual([4, 8, 10]);
  });

  test('a task moves no more messages than there were when it started', async () => {
    const { sqs, service, SourceArn, dlqUrl, clock, tasks } = await withDeadLetters(2);
    await sqs.startMessageMoveTask({ SourceArn });
    await sqs.sendMessage({ QueueUrl: dlqUrl, MessageBody: 'later' });
    clock.advance(1000);
    expect(await tasks()).toMatchObject([{ Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 2 }]);
    expect(service.queueByUrl(dlqUrl)?.counts().visible).toBe(1);
  });

  test('a running task can be cancelled, which keeps what has been moved', async () => {
    const { sqs, service, SourceArn, dlqUrl, clock, tasks } = await withDeadLetters(10);
    const { TaskHandle } = await sqs.startMessageMoveTask({ SourceArn, MaxNumberOfMessagesPerSecond: 1 });
    clock.advance(2000);
    expect(await tasks()).toMatchObject([{ Status: 'RUNNING', TaskHandle }]);
    expect(await sqs.cancelMessageMoveTask({ TaskHandle })).toMatchObject({
      ApproximateNumberOfMessagesMoved: 2,
    });
    clock.advance(60_000);
    const [task] = await tasks();
    expect(task).toMatchObject({ Status: 'CANCELLED', ApproximateNumberOfMessagesMoved: 2 });
    expect(task).not.toHaveProperty('TaskHandle');
    expect(service.queueByUrl(dlqUrl)?.counts().visible).toBe(8);
    expect((await errorOf(sqs.cancelMessageMoveTask({ TaskHandle }))).code).toBe('InvalidParameterValue');
    const unknown = await errorOf(sqs.cancelMessageMoveTask({ TaskHandle: 'unknown' }));
    expect(unknown.name).toBe('ResourceNotFoundException');
  });

  test('one task runs at a time, and the last ones are listed, newest first', async () => {
    const { sqs, SourceArn, clock, tasks } = await withDeadLetters(2);
    await sqs.startMessageMoveTask({ SourceArn, MaxNumberOfMessagesPerSecond: 2 });
    const second = await errorOf(sqs.startMessageMoveTask({ SourceArn }));
    expect(second).toMatchObject({
      code: 'InvalidParameterValue',
      message: expect.stringContaining('already a task running'),
    });
    clock.advance(1000);
    await sqs.startMessageMoveTask({ SourceArn });
    const listed = await tasks(10);
    expect(listed.map(task => task.ApproximateNumberOfMessagesToMove)).toEqual([0, 2]);
    expect(await tasks()).toHaveLength(1);
  });

  test('fails at a message that was sent to the dead-letter queue directly and has no source', async () => {
    const { sqs, service, SourceArn, dlqUrl, clock, tasks } = await withDeadLetters(1);
    await sqs.sendMessage({ QueueUrl: dlqUrl, MessageBody: 'direct' });
    await sqs.startMessageMoveTask({ SourceArn });
    clock.advance(1000);
    expect(await tasks()).toMatchObject([
      {
        Status: 'FAILED',
        FailureReason: 'CouldNotDetermineMessageSource',
        ApproximateNumberOfMessagesMoved: 1,
      },
    ]);
    expect(service.queueByUrl(dlqUrl)?.counts().visible).toBe(1);
  });

  test('fails from a queue that is no dead-letter queue, to another type, and to none', async () => {
    const { sqs, SourceArn, queue, arn } = await withDeadLetters(1);
    queue('other.fifo', { FifoQueue: 'true' });
    const codeOf = async (input: {
      SourceArn: string;
      DestinationArn?: string;
      MaxNumberOfMessagesPerSecond?: number;
    }) => (await errorOf(sqs.startMessageMoveTask(input))).code;
    expect(await codeOf({ SourceArn: arn('q') })).toBe('InvalidParameterValue');
    expect(await codeOf({ SourceArn, DestinationArn: arn('other.fifo') })).toBe('InvalidParameterValue');
    expect(await codeOf({ SourceArn, DestinationArn: SourceArn })).toBe('InvalidParameterValue');
    expect(await codeOf({ SourceArn, MaxNumberOfMessagesPerSecond: 501 })).toBe('InvalidParameterValue');
    expect(await codeOf({ SourceArn, DestinationArn: arn('none') })).toBe('ResourceNotFoundException');
    expect(await codeOf({ SourceArn: arn('none') })).toBe('ResourceNotFoundException');
  });
});
