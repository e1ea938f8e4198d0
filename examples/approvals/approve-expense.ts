import { defineStep, defineWorkflow } from 'cdk-background-jobs/tasks';
import * as z from 'zod/mini';

const address = z.email();

export const decision = z.object({ approved: z.boolean(), by: address });

/** Asks somebody for a decision. */
export const askForDecision = defineStep({
  name: 'ask-for-decision',
  input: z.object({ to: address, purpose: z.string(), cents: z.int(), overdue: z.boolean() }),
  output: z.object({ messageId: z.string() }),
  retry: { attempts: 6, backoff: { type: 'exponential', base: '2s', max: '5m' } },
  timeout: '20s',
});

/** Somebody decides within 7 days, or their manager is asked, who has as long; without an answer the run fails. */
export const approveExpense = defineWorkflow({
  name: 'approve-expense',
  input: z.object({
    purpose: z.string().check(z.minLength(1), z.maxLength(200)),
    cents: z.int().check(z.positive()),
    approver: address,
    manager: address,
  }),
  timeout: '20d',
  flow: flow =>
    flow
      .step(askForDecision, ({ input }) => ({
        to: input.approver,
        purpose: input.purpose,
        cents: input.cents,
        overdue: false,
      }))
      .waitForSignal('decision', decision, {
        timeout: '7d',
        onTimeout: late =>
          late
            .step(askForDecision, ({ input }) => ({
              to: input.manager,
              purpose: input.purpose,
              cents: input.cents,
              overdue: true,
            }))
            .waitForSignal('manager-decision', decision, { timeout: '7d' }),
      }),
});
