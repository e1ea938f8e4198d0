import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, it, vi } from 'vitest';
import { createClient } from '../../client/create-client.ts';
import { MAX_ENVELOPE_BYTES, MAX_RESULT_BYTES, MAX_STEPS_BYTES } from '../../contract/limits.ts';
import { type Handler, handle } from '../../lambda/handle.ts';
import {
  BACKOFF_MS,
  type CloudOptions,
  envelopeOf,
  greet,
  letterIn,
  startCloud,
  VISIBILITY_TIMEOUT_MS,
} from './consumer-fixture.ts';
import { PAYLOADS } from './local-aws.ts';

const LARGE = { name: 'a'.repeat(MAX_ENVELOPE_BYTES) };
const INFRASTRUCTURE_RETRY_MS = 900_000;

async function setUp(handler: Handler<typeof greet> = () => {}, options: CloudOptions = {}) {
  const cloud = await startCloud({ ...options, payloads: true });
  const handled = vi.fn(handler);
  cloud.consume(handle(greet, handled));
  const client = createClient({ queues: [cloud.config([greet.name])], ...cloud.clients, clock: cloud.clock });
  const send = async () => (await client.sendTask(greet, LARGE)).runId;
  return { cloud, client, send, handler: handled };
}

const slowDown = () => Object.assign(new Error('Please reduce your request rate'), { name: 'SlowDown' });

describe('a large payload', () => {
  it('reaches its handler, and is deleted once the run has succeeded', async () => {
    const { cloud, send, handler } = await setUp();
    const runId = await send();
    expect(await cloud.objects()).toHaveLength(1);

    await cloud.deliver();

    expect(handler).toHaveBeenCalledExactlyOnceWith(LARGE, expect.objectContaining({ runId }));
    expect(await cloud.item(runId)).toMatchObject({ status: 'succeeded' });
    expect(await cloud.objects()).toEqual([]);
  });

  it('is seen by the hooks', async () => {
    const onSuccess = vi.fn();
    const { cloud, send } = await setUp(() => {}, { consumer: { hooks: { onSuccess } } });
    await send();

    await cloud.deliver();

    expect(onSuccess).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ payload: LARGE }));
  });

  it('stays for the next attempt, for the letter, and for its redrive', async () => {
    // GIVEN
    const { cloud, client, send, handler } = await setUp();
    handler.mockRejectedValueOnce(1).mockRejectedValueOnce(2).mockRejectedValueOnce(3);
    const runId = await send();
    for (let attempt = 1; attempt <= 3; attempt++) await cloud.deliverAfter(BACKOFF_MS);
    expect(await cloud.item(runId)).toMatchObject({ status: 'deadLettered', cause: 'attemptsUsedUp' });
    expect(cloud.letters().map(letterIn)).toMatchObject([{ payloadRef: { epoch: 0 } }]);
    expect(await cloud.objects()).toHaveLength(1);

    // WHEN
    await client.redrive(runId);
    await cloud.deliver();

    // THEN
    expect(handler).toHaveBeenLastCalledWith(LARGE, expect.objectContaining({ epoch: 1 }));
    expect(await cloud.objects()).toEqual([]);
  });

  it('gives way to the one of an edited redrive', async () => {
    // GIVEN
    const { cloud, client, send, handler } = await setUp();
    handler.mockRejectedValueOnce(1).mockRejectedValueOnce(2).mockRejectedValueOnce(3);
    const runId = await send();
    for (let attempt = 1; attempt <= 3; attempt++) await cloud.deliverAfter(BACKOFF_MS);

    // WHEN
    const edited = { name: `${LARGE.name}!` };
    await client.redrive(runId, { edit: { task: greet, payload: edited } });
    await cloud.deliver();

    // THEN
    expect(handler).toHaveBeenLastCalledWith(edited, expect.objectContaining({ epoch: 2 }));
  });

  it('gives way to a small one of an edited redrive', async () => {
    const { cloud, client, send, handler } = await setUp();
    handler.mockRejectedValueOnce(1).mockRejectedValueOnce(2).mockRejectedValueOnce(3);
    const runId = await send();
    for (let attempt = 1; attempt <= 3; attempt++) await cloud.deliverAfter(BACKOFF_MS);

    await client.redrive(runId, { edit: { task: greet, payload: { name: 'Ada' } } });
    await cloud.deliver();

    expect(handler).toHaveBeenLastCalledWith({ name: 'Ada' }, expect.anything());
  });

  it('is listed with a dead letter by its reference', async () => {
    const { cloud, client, send, handler } = await setUp();
    handler.mockRejectedValueOnce(1).mockRejectedValueOnce(2).mockRejectedValueOnce(3);
    await send();
    for (let attempt = 1; attempt <= 3; attempt++) await cloud.deliverAfter(BACKOFF_MS);

    const { runs } = await client.listDeadLetters({ task: greet });

    expect(runs).toMatchObject([{ payloadRef: { epoch: 0, bytes: JSON.stringify(LARGE).length } }]);
    expect(runs[0]).not.toHaveProperty('payload');
  });

  it('is deleted when its run was canceled before it began', async () => {
    const { cloud, client, send, handler } = await setUp();
    const runId = await send();
    await client.cancelRun(runId);

    await cloud.deliver();

    expect(handler).not.toHaveBeenCalled();
    expect(await cloud.objects()).toEqual([]);
  });

  it('is deleted with the duplicate, when the process died before it could delete it', async () => {
    // GIVEN
    const { cloud, send, handler } = await setUp();
    const runId = await send();
    let dies = true;
    cloud.wire.beforeCall(async command => {
      if (command !== 'DeleteObjectCommand' || !dies) return;
      dies = false;
      await cloud.crash();
    });
    await cloud.deliver();
    expect(await cloud.item(runId)).toMatchObject({ status: 'succeeded' });
    expect(await cloud.objects()).toHaveLength(1);

    // WHEN
    await cloud.deliverAfter(VISIBILITY_TIMEOUT_MS);

    // THEN
    expect(handler).toHaveBeenCalledOnce();
    expect(await cloud.objects()).toEqual([]);
  });

  it('that cannot be deleted is left to the lifecycle', async () => {
    const { cloud, send } = await setUp();
    const runId = await send();
    cloud.wire.fail('DeleteObjectCommand', slowDown());

    await cloud.deliver();

    expect(await cloud.item(runId)).toMatchObject({ status: 'succeeded' });
    expect(cloud.queue.counts()).toMatchObject({ visible: 0, inFlight: 0 });
    expect(cloud.lines.map(({ message }) => message)).toContain(
      'an object is left to the lifecycle of the payload bucket',
    );
  });

  it('that S3 does not answer is no attempt', async () => {
    // GIVEN
    const { cloud, send, handler } = await setUp();
    const runId = await send();
    cloud.wire.fail('GetObjectCommand', slowDown(), 5);

    // WHEN
    for (let delivery = 1; delivery <= 5; delivery++) await cloud.deliverAfter(INFRASTRUCTURE_RETRY_MS);

    // THEN
    expect(handler).not.toHaveBeenCalled();
    expect(await cloud.item(runId)).toMatchObject({ status: 'retrying', attempt: 0 });
    await cloud.deliverAfter(INFRASTRUCTURE_RETRY_MS);
    expect(await cloud.item(runId)).toMatchObject({ status: 'succeeded', attempt: 1 });
  });

  it.each([
    ['is not there any more', undefined, /is not there: the bucket's lifecycle/],
    ['is another', 'b'.repeat(JSON.stringify(LARGE).length), /is not what was stored there/],
    ['is of another length', '{}', /is not what was stored there/],
  ])('that %s is dead-lettered, and says where it was', async (_, Body, reason) => {
    const { cloud, send, handler } = await setUp();
    const runId = await send();
    const [Key] = await cloud.objects();
    const command = { Bucket: PAYLOADS, Key };
    await (Body === undefined
      ? cloud.clients.s3.send(new DeleteObjectCommand(command))
      : cloud.clients.s3.send(new PutObjectCommand({ ...command, Body })));

    await cloud.deliver();

    expect(handler).not.toHaveBeenCalled();
    expect(cloud.letters().map(letterIn)).toMatchObject([
      { runId, deadLetter: { cause: 'payloadLost', error: { message: expect.stringMatching(reason) } } },
    ]);
  });

  it('of a queue that has no bucket any more is dead-lettered', async () => {
    const cloud = await startCloud();
    cloud.consume(handle(greet, () => {}));
    const payloadRef = { epoch: 0, sha256: 'a'.repeat(64), bytes: 10 };
    await cloud.send(envelopeOf('run-1', { payload: undefined, payloadRef }));

    await cloud.deliver();

    expect(await cloud.item('run-1')).toMatchObject({ status: 'deadLettered', cause: 'payloadLost' });
  });

  it.each([
    ['a reference that is none', 'run-1', { epoch: 0, sha256: '../etc', bytes: 1 }],
    ['a run id that could point elsewhere', '../other', { epoch: 0, sha256: 'a'.repeat(64), bytes: 1 }],
  ])('is malformed with %s', async (_, runId, payloadRef) => {
    const { cloud } = await setUp();
    await cloud.send({ ...envelopeOf(runId), payloadRef });

    await cloud.deliver();

    expect(cloud.letters().map(letterIn)).toMatchObject([{ deadLetter: { cause: 'malformed' } }]);
  });
});

describe('a large result of a step', () => {
  const result = 'r'.repeat(MAX_RESULT_BYTES + 1);

  it('lies in the bucket for the next attempt, and is deleted once the run has succeeded', async () => {
    // GIVEN
    const carryOut = vi.fn(() => result);
    const seen: string[] = [];
    const { cloud, client } = await setUp(async (_, run) => {
      seen.push(await run.step('render', carryOut));
      if (run.attempt === 1) throw new Error('busy');
    });
    await client.sendTask(greet, { name: 'Ada' });

    // WHEN
    await cloud.deliver();
    expect(await cloud.objects()).toHaveLength(1);
    await cloud.deliverAfter(BACKOFF_MS);

    // THEN
    expect(carryOut).toHaveBeenCalledOnce();
    expect(seen).toEqual([result, result]);
    expect(await cloud.objects()).toEqual([]);
  });

  it('lies there, too, when the item has no more room for it', async () => {
    const size = MAX_RESULT_BYTES - 10;
    const steps = Math.ceil(MAX_STEPS_BYTES / size) + 1;
    const { cloud, client } = await setUp(async (_, run) => {
      for (let step = 0; step < steps; step++) await run.step(`s${step}`, () => String(step).repeat(size));
      throw new Error('busy');
    });
    const { runId } = await client.sendTask(greet, { name: 'Ada' });

    await cloud.deliver();

    expect(await cloud.item(runId)).toMatchObject({ status: 'retrying' });
    expect((await cloud.objects()).length).toBeGreaterThan(0);
  });

  it('is stored although S3 fails at first: its effect has happened', async () => {
    const carryOut = vi.fn(() => result);
    const { cloud, client } = await setUp(async (_, run) => void (await run.step('render', carryOut)));
    const { runId } = await client.sendTask(greet, { name: 'Ada' });
    cloud.wire.fail('PutObjectCommand', slowDown(), 3);

    await cloud.clock.passUntil(cloud.deliver());

    expect(carryOut).toHaveBeenCalledOnce();
    expect(await cloud.item(runId)).toMatchObject({ status: 'succeeded', attempt: 1 });
  });

  it('that S3 does not answer later is no attempt, and is not carried out again', async () => {
    // GIVEN
    const carryOut = vi.fn(() => result);
    const { cloud, client } = await setUp(async (_, run) => {
      await run.step('render', carryOut);
      if (run.attempt === 1) throw new Error('busy');
    });
    const { runId } = await client.sendTask(greet, { name: 'Ada' });
    await cloud.deliver();

    // WHEN
    cloud.wire.fail('GetObjectCommand', slowDown());
    await cloud.deliverAfter(BACKOFF_MS);

    // THEN
    expect(await cloud.item(runId)).toMatchObject({ status: 'retrying', attempt: 1 });
    await cloud.deliverAfter(INFRASTRUCTURE_RETRY_MS);
    expect(await cloud.item(runId)).toMatchObject({ status: 'succeeded', attempt: 2 });
    expect(carryOut).toHaveBeenCalledOnce();
  });
});
