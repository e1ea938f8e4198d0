import { expect, test } from 'vitest';
import { decodeMessage } from '../../contract/envelope.ts';
import { toScheduleInput } from '../../contract/firing.ts';

const fired = (input: string) =>
  input
    .replaceAll('<aws.scheduler.schedule-arn>', 'arn:aws:scheduler:eu-west-1:1:schedule/g/s')
    .replaceAll('<aws.scheduler.scheduled-time>', '2026-11-30T07:00:00Z');

test('the input of a schedule is a message whose identity is the schedule and the time that was due', () => {
  const input = toScheduleInput('send-digest', { name: 'Digest', overlap: 'skip' }, '{"weeks":1}');

  expect(decodeMessage(fired(input), 'm-1')).toEqual({
    envelope: expect.objectContaining({
      task: 'send-digest',
      payload: { weeks: 1 },
      idempotencyKey: 'arn:aws:scheduler:eu-west-1:1:schedule/g/s 2026-11-30T07:00:00Z',
      schedule: {
        name: 'Digest',
        arn: 'arn:aws:scheduler:eu-west-1:1:schedule/g/s',
        at: '2026-11-30T07:00:00Z',
        overlap: 'skip',
      },
    }),
  });
});

test('a payload that looks like a context attribute arrives as it was given', () => {
  const payload = { text: '<aws.scheduler.scheduled-time> <aws.scheduler.execution-id>' };

  const { envelope } = decodeMessage(
    fired(toScheduleInput('send-digest', { name: 'Digest' }, JSON.stringify(payload))),
    'm-1',
  );

  expect(envelope.payload).toEqual(payload);
});

test.each([
  null,
  {},
  { name: 'Digest', arn: 'arn', at: 'noon' },
  { name: 'Digest', arn: 'arn', at: '2026-11-30T07:00:00Z', overlap: 'queue' },
  { name: 'Digest', arn: 'arn', at: '2026-11-30T07:00:00Z', maxLatenessSeconds: '60' },
])('a message whose schedule is %j is malformed', schedule => {
  const body = JSON.stringify({ task: 'send-digest', payload: {}, schedule });

  expect(decodeMessage(body, 'm-1').malformed).toMatch(/^schedule must be what a schedule/);
});
