import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NonRetryableError } from '../../contract/errors.ts';
import { handle } from '../../lambda/handle.ts';
import { type Cloud, envelopeOf, greet, letterIn, startCloud } from './consumer-fixture.ts';
import { throttled } from './wire.ts';

/** What becomes of an attempt. */
type End = 'succeed' | 'fail' | 'giveUp' | 'die';

interface TestMessage {
  readonly kind: keyof typeof BODIES;
  /** Of the run's attempts, when it has any. */
  readonly ends: readonly End[];
  readonly copies: number;
  readonly group: string;
}

const BODIES = {
  valid: (runId: string) => envelopeOf(runId),
  malformed: () => 'not json',
  invalid: (runId: string) => envelopeOf(runId, { payload: 7 }),
  unknown: (runId: string) => envelopeOf(runId, { task: 'wave' }),
};

const anyMessage: fc.Arbitrary<TestMessage> = fc.record({
  kind: fc.constantFrom('valid', 'valid', 'valid', 'valid', 'malformed', 'invalid', 'unknown'),
  ends: fc.array(fc.constantFrom<End>('succeed', 'fail', 'giveUp', 'die'), { minLength: 3, maxLength: 3 }),
  copies: fc.constantFrom(1, 1, 1, 2, 3),
  group: fc.constantFrom('a', 'b'),
});

const anyCommand = fc.constantFrom('UpdateItemCommand' as const, 'SendMessageCommand' as const);

/** Sends the messages to a queue whose handlers do as they say. @returns the runs whose handlers succeed, in order */
async function start(cloud: Cloud, messages: readonly TestMessage[]): Promise<readonly string[]> {
  const ends = new Map<string, End[]>();
  const succeeded: string[] = [];
  cloud.consume(
    handle(greet, async (_, { runId }) => {
      const end = ends.get(runId)?.shift();
      if (end === 'die') await cloud.crash();
      if (end === 'fail') throw new Error('smtp is down');
      if (end === 'giveUp') throw new NonRetryableError('no such user');
      succeeded.push(runId);
    }),
  );
  for (const [index, message] of messages.entries()) {
    const runId = `${message.group}-${String(index).padStart(2, '0')}`;
    ends.set(runId, [...message.ends]);
    for (let copy = 1; copy <= message.copies; copy++) {
      await cloud.send(BODIES[message.kind](runId), cloud.queue.fifo ? message.group : undefined);
    }
  }
  return succeeded;
}

/** Delivers until the queue is empty. */
async function drain(cloud: Cloud): Promise<void> {
  for (let delivery = 1; delivery <= 500; delivery++) {
    const messages = cloud.queue.receive(10);
    const { returned } = await cloud.clock.passUntil(cloud.invoke(messages));
    expect(messages.map(({ messageId }) => messageId)).toEqual(expect.arrayContaining(returned));
    expect(new Set(returned).size).toBe(returned.length);
    const { visible, inFlight } = cloud.queue.counts();
    if (visible + inFlight === 0) return;
    if (messages.length === 0) cloud.clock.advance(20_000);
  }
  throw new Error('the queue does not become empty');
}

async function expectAllSettled(
  cloud: Cloud,
  messages: readonly TestMessage[],
  succeeded: readonly string[],
) {
  const processesDie = messages.some(({ ends }) => ends.includes('die'));
  const items = await cloud.items();
  const letters = cloud.letters().map(letterIn);
  for (const { runId, status, epoch, attempt } of items) {
    const ofRun = letters.filter(letter => letter.runId === runId);
    expect(attempt).toBeLessThanOrEqual(3);
    expect(['succeeded', 'deadLettered']).toContain(status);
    expect(ofRun.length > 0).toBe(status === 'deadLettered');
    for (const letter of ofRun) expect(letter.epoch).toBe(epoch + 1);
    // A neighbour that kills the process may take an attempt with it that has done its work.
    if (processesDie) continue;
    expect(succeeded.filter(id => id === runId)).toHaveLength(status === 'succeeded' ? 1 : 0);
  }
  const runs = messages.flatMap(({ kind, copies }) =>
    kind === 'malformed' ? Array(copies).fill(kind) : kind,
  );
  expect(items).toHaveLength(runs.length);
  for (const group of cloud.queue.fifo ? ['a', 'b'] : []) {
    const ofGroup = succeeded.filter(runId => runId.startsWith(group));
    expect(ofGroup).toEqual([...ofGroup].sort());
  }
}

it.each([
  ['a standard queue', false],
  ['a FIFO queue', true],
])(
  'settles every run of %s, whatever handlers, processes and requests come to',
  async (_, fifo) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyMessage, { minLength: 1, maxLength: 12 }),
        fc.array(anyCommand, { maxLength: 3 }),
        fc.option(fc.tuple(anyCommand, fc.integer({ min: 1, max: 8 }))),
        async (messages, throttledCommands, lostAnswer) => {
          const cloud = await startCloud({ fifo, ...(fifo && { functionTimeoutMs: 330_000 }) });
          const succeeded = await start(cloud, messages);
          for (const command of throttledCommands) cloud.wire.fail(command, throttled());
          if (lostAnswer) cloud.wire.loseAnswer(...lostAnswer);

          await drain(cloud);

          await expectAllSettled(cloud, messages, succeeded);
        },
      ),
      { numRuns: 20 },
    );
  },
  60_000,
);
