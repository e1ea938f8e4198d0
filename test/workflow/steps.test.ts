import { expect, test } from 'vitest';
import * as z from 'zod';
import { NonRetryableError } from '../../contract/errors.ts';
import { defineStep } from '../../contract/workflow/step.ts';
import { defineWorkflow } from '../../contract/workflow/workflow.ts';
import { createWorkflow } from '../../lambda/workflow/create-workflow.ts';
import { handleStep } from '../../lambda/workflow/handle-step.ts';
import { fetchIssue, postReminder, remind } from './fixtures/workflows.ts';
import { startWorkflows } from './start-workflows.ts';

const DAY_MS = 86_400_000;
const INPUT = { repository: 'octocat/hello', number: 7 };

/** The issue as GitHub would tell of it, and what was posted. */
function github(comments: number, failures: readonly (Error | undefined)[] = []) {
  const posted: object[] = [];
  const asked: { attempt: number }[] = [];
  const left = [...failures];
  const handlers = [
    handleStep(fetchIssue, (_input, { attempt }) => {
      asked.push({ attempt });
      const failure = left.shift();
      if (failure) throw failure;
      return { comments, author: 'ada' };
    }),
    handleStep(postReminder, (input, { idempotencyKey }) => {
      posted.push({ ...input, key: idempotencyKey() });
      return { posted: true };
    }),
  ];
  return { handlers, posted, asked };
}

test('a workflow waits a day, fetches, and reminds when nobody has said anything', async () => {
  const { handlers, posted } = github(0);
  const { client, advanceTo, clock } = await startWorkflows(remind, handlers);
  const startedAt = clock.now();

  const { runId, duplicate } = await client.startWorkflow(remind, INPUT);
  expect(duplicate).toBe(false);
  await advanceTo(DAY_MS - 1);
  expect(await client.getWorkflowRun(remind, runId)).toMatchObject({
    status: 'waiting',
    waitsUntil: new Date(startedAt + DAY_MS),
  });
  expect(posted).toEqual([]);

  await advanceTo(1);
  expect(posted).toEqual([{ number: 7, to: 'ada', key: `${runId}:post-reminder` }]);
  const run = await client.getWorkflowRun(remind, runId);
  expect(run).toMatchObject({
    status: 'succeeded',
    output: { posted: true },
    startedAt: new Date(startedAt + DAY_MS),
    finishedAt: new Date(startedAt + DAY_MS),
    steps: [
      { step: 'fetch-issue', attempt: 1 },
      { step: 'post-reminder', attempt: 1 },
    ],
  });
});

test('it goes the other way when somebody has', async () => {
  const { handlers, posted } = github(3);
  const { client, advanceTo } = await startWorkflows(remind, handlers);
  const { runId } = await client.startWorkflow(remind, INPUT);
  await advanceTo(DAY_MS);
  expect(posted).toEqual([]);
  expect((await client.getWorkflowRun(remind, runId))?.output).toEqual({ posted: false });
});

test('a step that fails is tried again after its backoff, and its attempts are recorded', async () => {
  const { handlers, asked } = github(0, [new Error('no connection'), new Error('no connection')]);
  const { client, advanceTo } = await startWorkflows(remind, handlers);
  const { runId } = await client.startWorkflow(remind, INPUT);
  await advanceTo(DAY_MS + 19_999);
  expect(asked).toEqual([{ attempt: 1 }, { attempt: 2 }]);
  await advanceTo(1);
  const run = await client.getWorkflowRun(remind, runId);
  expect(run).toMatchObject({
    status: 'succeeded',
    steps: [
      { step: 'fetch-issue', attempt: 1, error: { name: 'Error', message: 'no connection' } },
      { step: 'fetch-issue', attempt: 2, error: { name: 'Error', message: 'no connection' } },
      { step: 'fetch-issue', attempt: 3 },
      { step: 'post-reminder', attempt: 1 },
    ],
  });
});

test('a step that uses up its attempts fails the run with its last error', async () => {
  const failures = Array.from({ length: 3 }, () => new Error('no connection'));
  const { client, advanceTo } = await startWorkflows(remind, github(0, failures).handlers);
  const { runId } = await client.startWorkflow(remind, INPUT);
  await advanceTo(DAY_MS + 60_000);
  expect(await client.getWorkflowRun(remind, runId)).toMatchObject({
    status: 'failed',
    error: { name: 'Error', message: 'no connection' },
  });
});

test('an attempt that Lambda had no room for is none: even the only one is made', async () => {
  const once = defineStep({ ...postReminder, name: 'once', retry: { attempts: 1 } });
  const workflow = defineWorkflow({
    name: 'crowded',
    input: postReminder.input,
    timeout: '1h',
    flow: flow => flow.step(once),
  });
  let throttles = 7;
  const { client, advanceTo } = await startWorkflows(workflow, [], {
    createEntry(options) {
      const entry = createWorkflow(workflow, [handleStep(once, () => ({ posted: true }))], options);
      return async event => {
        if (throttles-- > 0) throw 'throttled';
        return await entry(event);
      };
    },
  });
  const { runId } = await client.startWorkflow(workflow, { number: 7, to: 'ada' });
  await advanceTo(1_800_000);
  expect((await client.getWorkflowRun(workflow, runId))?.output).toEqual({ posted: true });
});

class NoSuchIssue extends NonRetryableError {
  override readonly name = 'NoSuchIssue';
}

test.each([
  ['a NonRetryableError', new NonRetryableError('no such issue'), 'no such issue'],
  ['one of a class that extends it', new NoSuchIssue('it is gone'), 'NoSuchIssue: it is gone'],
])('%s is the last', async (_what, failure, message) => {
  const { handlers, asked } = github(0, [failure]);
  const { client, advanceTo } = await startWorkflows(remind, handlers);
  const { runId } = await client.startWorkflow(remind, INPUT);
  await advanceTo(DAY_MS + 60_000);
  expect(asked).toHaveLength(1);
  expect(await client.getWorkflowRun(remind, runId)).toMatchObject({
    status: 'failed',
    error: { name: 'NonRetryableError', message },
    steps: [{ error: { name: failure.name, message: failure.message } }],
  });
});

test('a result that the schema refuses fails the run, and is not tried again', async () => {
  const broken = handleStep(fetchIssue, () => ({ comments: 0.5, author: 'ada' }));
  const [, post] = github(0).handlers;
  if (!post) throw new Error('there is a second handler');
  const { client, advanceTo } = await startWorkflows(remind, [broken, post]);
  const { runId } = await client.startWorkflow(remind, INPUT);
  await advanceTo(DAY_MS + 60_000);
  const run = await client.getWorkflowRun(remind, runId);
  expect(run?.error?.message).toContain("the result of step 'fetch-issue' is not valid: comments:");
  expect(run?.steps).toHaveLength(1);
});

test('a step that takes longer than its timeout has failed, and its signal aborts', async () => {
  let aborted = 0;
  const hangs = handleStep(postReminder, (_input, { signal }) => {
    signal.addEventListener('abort', () => aborted++);
    return new Promise(() => {});
  });
  const [fetch] = github(0).handlers;
  if (!fetch) throw new Error('there is a first handler');
  const { client, advance, clock, advanceTo } = await startWorkflows(remind, [fetch, hangs]);
  const { runId } = await client.startWorkflow(remind, INPUT);
  await advanceTo(DAY_MS - 1);
  for (let turn = 0; turn < 200 && aborted < 4; turn++) {
    await advance(Math.max(0, (clock.nextDueAt() ?? clock.now()) - clock.now()));
  }
  expect(aborted).toBe(4);
  await advanceTo(60_000);
  expect(await client.getWorkflowRun(remind, runId)).toMatchObject({
    status: 'failed',
    error: { name: 'StepTimeoutError', message: "the attempt of step 'post-reminder' took longer than 5 s" },
  });
});

test('an attempt that misses its heartbeat is tried again; one that says that it is alive is left in peace', async () => {
  const empty = z.object({});
  const dig = defineStep({ name: 'dig', input: empty, output: empty, timeout: '1m', heartbeat: '2s' });
  const digging = defineWorkflow({
    name: 'dig',
    input: empty,
    timeout: '1h',
    flow: flow => flow.step(dig),
  });
  const reasons: unknown[] = [];
  const { client, advance, clock } = await startWorkflows(digging, [
    handleStep(dig, async (_input, run) => {
      run.signal.addEventListener('abort', () => reasons.push(run.signal.reason));
      for (const say of [() => run.heartbeat(), () => run.progress(0.5), () => run.heartbeat()]) {
        await new Promise<void>(resolve => clock.setTimer(resolve, 1500));
        if (run.attempt > 1) await say();
      }
      return {};
    }),
  ]);
  const { runId } = await client.startWorkflow(digging, {});
  const ended = async () => (await client.getWorkflowRun(digging, runId))?.finishedAt !== undefined;
  for (let turn = 0; turn < 100 && !(await ended()); turn++) {
    await advance(Math.max(0, (clock.nextDueAt() ?? clock.now()) - clock.now()));
  }
  expect(await client.getWorkflowRun(digging, runId)).toMatchObject({
    status: 'succeeded',
    steps: [{ attempt: 1, error: { name: 'StepHeartbeatTimeoutError' } }, { attempt: 2 }],
  });
  expect(reasons).toMatchObject([
    { name: 'StepHeartbeatTimeoutError', message: "the attempt of step 'dig' said nothing for 2 s" },
  ]);
});
