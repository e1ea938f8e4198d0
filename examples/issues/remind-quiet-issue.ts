import { defineStep, defineWorkflow } from 'cdk-background-jobs/tasks';
import * as z from 'zod/mini';

export const issue = z.object({
  /** `owner/name`: each part as GitHub allows it, for it becomes part of an address. */
  repository: z.string().check(z.regex(/^[\w-]+\/(?!\.{1,2}$)[\w.-]+$/)),
  number: z.int().check(z.positive()),
});

const patience = {
  retry: { attempts: 8, backoff: { type: 'exponential', base: '5s', max: '10m' } },
  timeout: '20s',
} as const;

/** Reads the issue as it is now. */
export const fetchIssue = defineStep({
  name: 'fetch-issue',
  input: issue,
  output: z.object({ untouched: z.boolean(), author: z.string() }),
  ...patience,
});

/** Says that nobody has answered yet. */
export const postReminder = defineStep({
  name: 'post-reminder',
  input: z.extend(issue, { author: z.string() }),
  output: z.object({ commentUrl: z.string() }),
  ...patience,
});

/** Makes it somebody's. */
export const assignSomebody = defineStep({
  name: 'assign-somebody',
  input: issue,
  output: z.object({ assignee: z.string() }),
  ...patience,
});

/** A day after an issue was opened: if nobody has touched it, remind everybody and assign somebody. */
export const remindQuietIssue = defineWorkflow({
  name: 'remind-quiet-issue',
  input: issue,
  timeout: '3d',
  flow: flow =>
    flow
      .wait('24h')
      .step(fetchIssue)
      .choose(
        ({ value }) => value.untouched,
        quiet =>
          quiet
            .step(postReminder, ({ input, value }) => ({
              repository: input.repository,
              number: input.number,
              author: value.author,
            }))
            .step(assignSomebody, ({ input }) => input)
            .set(({ value }) => ({ reminded: true, assignee: value.assignee })),
        busy => busy.set(() => ({ reminded: false, assignee: null })),
      ),
});
