import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { expect } from 'vitest';
import { type Application, asApplication } from '../application.ts';
import { runErrand, UNPREPARED, UNTIDY } from '../fixtures/errand.ts';
import type { World } from '../world.ts';
import { DAY_MS, MINUTE_MS, type Scenario } from './scenario.ts';

const HOUR_MS = 60 * MINUTE_MS;

/** All that the application is granted, and with it the workflow. */
export const runsErrands: Scenario = world =>
  asApplication(world, async application => {
    const { workflows } = application;
    const get = (runId: string) => workflows.getWorkflowRun(runErrand, runId);
    // One run's signal comes before it is waited for, the other's after.
    const early = await start(application, 'early');
    await workflows.signalWorkflow(runErrand, early, 'go', { subject: 'early' });
    await world.advance(MINUTE_MS);
    const late = await start(application, 'late');
    // It looks at its task's run every other minute, and tells nothing meanwhile.
    await world.advance(1.5 * MINUTE_MS);
    expect(await get(late)).toMatchObject({ status: 'running', step: 'prepare' });
    await world.advance(2 * MINUTE_MS);
    expect(await get(late)).toMatchObject({ status: 'waiting' });
    expect(world.outside.callsOf('early', 'late')).toHaveLength(2);

    await workflows.cancelWorkflowRun(runErrand, late);
    await world.idle();
    await workflows.redriveWorkflowRun(runErrand, late);
    await world.advance(1.1 * HOUR_MS);
    await workflows.signalWorkflow(runErrand, late, 'go', { subject: 'late' });
    await world.idle();
    expect(endsOf(world, early)).toEqual(['succeeded']);
    expect(endsOf(world, late)).toEqual(['canceled', 'succeeded']);

    await expectNotToStart(world, application);
    expect((await workflows.listWorkflowRuns(runErrand)).runs).toHaveLength(2);
  });

async function expectNotToStart({ faults }: World, application: Application): Promise<void> {
  const fault = faults.add({ service: 'states', action: 'StartExecution', kind: 'serverError' });
  const refusal = await start(application, 'refused').catch((error: Error) => error);
  fault.remove();
  if (refusal instanceof Error && refusal.message.includes('fault on demand')) return;
  throw refusal;
}

/** However an execution ends. */
export const tellsEnds: Scenario = world =>
  asApplication(world, async application => {
    const failed = await start(application, UNPREPARED);
    await world.idle();
    expect(endsOf(world, failed)).toEqual(['failed']);
    const canceled = await start(application, 'canceled');
    await world.advance(MINUTE_MS);
    await application.workflows.cancelWorkflowRun(runErrand, canceled);
    await world.idle();
    expect(endsOf(world, canceled)).toEqual(['canceled']);
    const succeeded = await start(application, 'signaled');
    await application.workflows.signalWorkflow(runErrand, succeeded, 'go', { subject: 'signaled' });
    await world.advance(MINUTE_MS);
    const timedOut = await start(application, 'forgotten');
    await world.advance(5 * HOUR_MS);
    expect([succeeded, timedOut].map(runId => endsOf(world, runId))).toEqual([['succeeded'], ['timedOut']]);
  });

/** An end that cannot be handled is tried three times, and kept longer than a queue keeps messages by default. */
export const keepsUnhandledEnds: Scenario = world =>
  asApplication(world, async application => {
    const runId = await start(application, 'untidy');
    await application.workflows.cancelWorkflowRun(runErrand, runId, { reason: UNTIDY });
    await world.advance(10 * MINUTE_MS);
    expect(endsOf(world, runId)).toEqual(['canceled', 'canceled', 'canceled']);
    const rung = world.alarmChanges.filter(({ to }) => to === 'ALARM').map(({ name }) => name);
    expect(rung).toEqual([expect.stringContaining('Undelivered')]);
    expect(world.notifications).toHaveLength(1);
    await world.advance(5 * DAY_MS);
    expect(await unhandledEnds(world)).toHaveLength(1);
  });

/** Of a function that EventBridge may not invoke. */
export const keepsUndeliveredEnds: Scenario = world =>
  asApplication(world, async application => {
    await application.workflows.cancelWorkflowRun(runErrand, await start(application, 'untold'));
    await world.advance(DAY_MS);
    expect(await unhandledEnds(world)).toEqual([expect.stringContaining('"status":"ABORTED"')]);
  });

async function unhandledEnds({ queues, sqs }: World): Promise<(string | undefined)[]> {
  const QueueUrl = queues.find(({ name }) => name.includes('UnhandledEnds'))?.url;
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
  return Messages.map(({ Body }) => Body);
}

async function start({ workflows }: Application, subject: string): Promise<string> {
  return (await workflows.startWorkflow(runErrand, { subject })).runId;
}

/** What `onEnded` was told of the run. */
function endsOf({ lines }: World, runId: string): string[] {
  return lines.flatMap(({ text }) => new RegExp(`ended ${runId} (\\w+)`).exec(text)?.[1] ?? []);
}
