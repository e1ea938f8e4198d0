import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { RunStatus } from '../../contract/run.ts';
import { defineTask } from '../../contract/task.ts';
import { DAY_MS, envelopeOf, greet, startCloud } from './cloud-fixture.ts';

const task = defineTask({
  name: 'greet',
  payload: greet.payload,
  retention: { succeeded: '4d', deadLettered: '3d', canceled: '2d' },
  idempotency: { remember: '1d' },
});
const ADA = { name: 'Ada' };
const KEY = { idempotencyKey: 'user-1' };

type Step =
  | { readonly do: 'send' | 'sendTwiceAtOnce' }
  | { readonly do: 'pass'; readonly days: number }
  | { readonly do: 'end'; readonly status: RunStatus };

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom('send' as const, 'sendTwiceAtOnce' as const) }),
  fc.record({
    do: fc.constant('pass' as const),
    days: fc.integer({ min: 1, max: 8 }).map(halves => halves / 2),
  }),
  fc.record({
    do: fc.constant('end' as const),
    status: fc.constantFrom<RunStatus>('succeeded', 'deadLettered', 'canceled'),
  }),
);

/** How long each end of a run keeps the key from standing for another. */
const REMEMBERED_MS = { succeeded: DAY_MS, deadLettered: 3 * DAY_MS, canceled: 2 * DAY_MS } as const;

it('begins a life when there is none or the last one is forgotten, whoever sends when, and each in an epoch of its own', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { minLength: 3, maxLength: 12 }), async steps => {
      const cloud = await startCloud();
      const queue = cloud.queue();
      const client = cloud.client([queue]);
      let endedAt: number | undefined;
      let status: keyof typeof REMEMBERED_MS | undefined;
      let lives = 0;
      const epochs: number[] = [];
      for (const step of steps) {
        if (step.do === 'pass') cloud.clock.advance(step.days * DAY_MS);
        const [row] = await cloud.rows();
        if (step.do === 'end' && row?.status === 'queued') {
          status = step.status as keyof typeof REMEMBERED_MS;
          endedAt = cloud.clock.now();
          const expiresAt = (endedAt + task.policy.retentionMs[status]) / 1000;
          await cloud.putRow({ ...row, status, finishedAt: endedAt, attempt: 1, expiresAt });
        }
        if (step.do !== 'send' && step.do !== 'sendTwiceAtOnce') continue;
        const now = cloud.clock.now();
        const expired = row !== undefined && (row.expiresAt ?? 0) * 1000 <= now;
        const forgotten =
          endedAt === undefined || status === undefined ? expired : endedAt + REMEMBERED_MS[status] <= now;
        const begins = row === undefined || forgotten;
        const sends = Array.from({ length: step.do === 'send' ? 1 : 2 }, () =>
          client.sendTask(task, ADA, KEY),
        );
        const duplicates = (await Promise.all(sends)).filter(({ duplicate }) => duplicate);
        expect(sends.length - duplicates.length).toBe(begins ? 1 : 0);
        const sent = new Set(cloud.messages(queue).map(message => envelopeOf(message).epoch));
        expect(sent.size).toBeLessThanOrEqual(1);
        if (!begins) continue;
        lives++;
        epochs.push(...sent);
        endedAt = status = undefined;
      }
      expect(epochs).toHaveLength(lives);
      expect(epochs).toEqual([...new Set(epochs)].sort((a, b) => a - b));
    }),
    { numRuns: 25 },
  );
}, 60_000);
