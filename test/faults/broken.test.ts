import type { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, expect, it, vi } from 'vitest';

interface Broken {
  readonly rule: string;
  /** One that finds it soon. @default 1 */
  readonly seed?: number;
  readonly tells: RegExp;
  /** Puts a module that does it wrong in the place of the one that does it right. */
  readonly breakIt: () => void;
}

const BROKEN: readonly Broken[] = [
  {
    rule: 'the outcome of an attempt is written under its lease alone',
    seed: 5,
    tells: /carried out to two results|the run had 4 attempts|a run that is \w+ in epoch \d/,
    breakIt() {
      vi.doMock(import('../../lambda/run-store.ts'), async importOriginal => {
        const original = await importOriginal();
        return {
          ...original,
          createRunStore: (dynamodb, table) => {
            const send = async (command: UpdateItemCommand) => {
              const { ConditionExpression = '' } = command.input;
              const unfenced = '(leaseId = :leaseId OR attribute_exists(leaseId))';
              command.input.ConditionExpression = ConditionExpression.replace('leaseId = :leaseId', unfenced);
              return await dynamodb.send(command);
            };
            return original.createRunStore(Object.assign(Object.create(dynamodb), { send }), table);
          },
        };
      });
    },
  },
  {
    rule: 'a claim respects the lease',
    tells: /a run that is succeeded in epoch 0 is made running in epoch 0/,
    breakIt() {
      vi.doMock(import('../../contract/delivery.ts'), async importOriginal => {
        const original = await importOriginal();
        return {
          ...original,
          CLAIM_CONDITION: `${original.CLAIM_CONDITION} OR attribute_exists(runId)`,
        };
      });
    },
  },
  {
    rule: 'without a key, the message comes before the row',
    tells: /the run is queued for ever/,
    breakIt() {
      vi.doMock(import('../../client/claim-key.ts'), async importOriginal => {
        const [original, { putQueuedRow }] = [
          await importOriginal(),
          await import('../../client/queued-row.ts'),
        ];
        return {
          ...original,
          claimKey: async (context, send) => {
            if (send.envelope.idempotencyKey === undefined) await putQueuedRow(context, send);
            return await original.claimKey(context, send);
          },
        };
      });
    },
  },
  {
    rule: 'with a key, the row comes before the message',
    tells: /another payload was accepted under its key|and its send was refused/,
    breakIt() {
      vi.doMock(import('../../client/claim-key.ts'), async importOriginal => {
        const [original, { toMessage }, { SendMessageCommand }] = [
          await importOriginal(),
          await import('../../client/prepared-send.ts'),
          await import('@aws-sdk/client-sqs'),
        ];
        return {
          ...original,
          claimKey: async (context, send) => {
            const message = { QueueUrl: send.queue.url, ...toMessage(send) };
            if (send.envelope.idempotencyKey) await context.sqs.send(new SendMessageCommand(message));
            return await original.claimKey(context, send);
          },
        };
      });
    },
  },
  {
    rule: 'a keyed send that finds its row queued sends the message',
    tells: /did not happen; its run is queued/,
    breakIt() {
      vi.doMock(import('../../client/claim-key.ts'), async importOriginal => {
        const original = await importOriginal();
        return {
          ...original,
          claimKey: async (context, send) => {
            const claim = await original.claimKey(context, send);
            return claim.duplicate ? { ...claim, send: undefined } : claim;
          },
        };
      });
    },
  },
  {
    rule: 'a dead letter is sent',
    tells: /did not happen; its run is deadLettered/,
    breakIt() {
      vi.doMock(import('../../lambda/dead-letter-sender.ts'), () => ({ sendDeadLetter: async () => {} }));
    },
  },
  {
    rule: 'a message whose dead letter could not be sent is not acknowledged',
    tells: /did not happen; its run is deadLettered|that nobody can read is gone/,
    breakIt() {
      vi.doMock(import('../../lambda/dead-letter-sender.ts'), async importOriginal => {
        const { sendDeadLetter } = await importOriginal();
        return { sendDeadLetter: (...letter) => sendDeadLetter(...letter).catch(() => {}) };
      });
    },
  },
  {
    rule: 'a dead letter begins the next epoch',
    tells: /there is no letter of it/,
    breakIt() {
      vi.doMock(import('../../contract/dead-letter.ts'), async importOriginal => ({
        ...(await importOriginal()),
        toDeadLetter: (envelope, reason) => ({ ...envelope, deadLetter: reason }),
      }));
    },
  },
  {
    rule: 'a delivery that could not be concluded is not acknowledged',
    tells: /for ever: no message is left of it|did not happen/,
    breakIt() {
      vi.doMock(import('../../lambda/conclude-delivery.ts'), () => ({
        concludeDelivery: async () => ({ message: 'acknowledge' as const }),
      }));
    },
  },
  {
    rule: 'a letter whose redrive SQS refused stays',
    seed: 12,
    tells: /did not happen|there is no letter of it/,
    breakIt() {
      vi.doMock(import('../../client/send-batch.ts'), async importOriginal => {
        const { sendBatch } = await importOriginal();
        return {
          sendBatch: async (...batch) => {
            await sendBatch(...batch);
            return new Map();
          },
        };
      });
    },
  },
  {
    rule: "a step's result is kept before the handler goes on",
    tells: /a step was carried out to two results/,
    breakIt() {
      vi.doMock(import('../../lambda/steps.ts'), async importOriginal => {
        const original = await importOriginal();
        class Forgetful extends original.Steps {
          constructor(...[stored, storage]: ConstructorParameters<typeof original.Steps>) {
            super(stored, { ...storage, keepAttribute: async () => {} });
          }
        }
        return { ...original, Steps: Forgetful };
      });
    },
  },
  {
    rule: 'an effect has one key in all attempts',
    tells: /happened under|succeeded without its effect/,
    breakIt() {
      vi.doMock(import('../../lambda/task-run.ts'), async importOriginal => {
        const { createTaskRun } = await importOriginal();
        return {
          createTaskRun: (...about) => ({
            ...createTaskRun(...about),
            idempotencyKey: effect => `${about[0].runId}:${effect}${'!'.repeat(about[1].attempt - 1)}`,
          }),
        };
      });
    },
  },
];

const BROKEN_MODULES = [
  'client/claim-key',
  'client/send-batch',
  'contract/dead-letter',
  'contract/delivery',
  'lambda/conclude-delivery',
  'lambda/dead-letter-sender',
  'lambda/run-store',
  'lambda/steps',
  'lambda/task-run',
];

afterEach(() => {
  for (const module of BROKEN_MODULES) vi.doUnmock(`../../${module}.ts`);
});

it.each(BROKEN)('the suite notices a breach of: $rule', { timeout: 240_000 }, async ({
  breakIt,
  tells,
  seed,
}) => {
  breakIt();
  vi.resetModules();
  const { runSuite } = await import('./suite.ts');
  const printed: string[] = [];

  const { kept } = await runSuite({
    seed: seed ?? 1,
    tasks: 5000,
    stopAtViolation: true,
    print: text => printed.push(text),
  });

  expect(kept).toBe(false);
  expect(printed.join('\n')).toMatch(tells);
});
