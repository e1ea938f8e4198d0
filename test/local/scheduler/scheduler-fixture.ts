import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CreateScheduleCommandInput, Scheduler } from '@aws-sdk/client-scheduler';
import { onTestFinished } from 'vitest';
import type { SchedulerTargets } from '../../../local/scheduler/firing.ts';
import { createSchedulerService, type SchedulerService } from '../../../local/scheduler/scheduler-service.ts';
import type { SchedulesOptions } from '../../../local/scheduler/schedules.ts';
import { createFakeClock, type FakeClock } from '../fake-clock.ts';

export const QUEUE_ARN = 'arn:aws:sqs:eu-west-1:123456789012:tasks';
export const DEAD_ARN = 'arn:aws:sqs:eu-west-1:123456789012:dead';
export const FUNCTION_ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:worker';
const ROLE_ARN = 'arn:aws:iam::123456789012:role/scheduler';

/** Something that a target took, and when. */
export interface Sent {
  readonly at: string;
  readonly arn: string;
  readonly message: unknown;
}

export interface SchedulerFixture {
  readonly scheduler: Scheduler;
  readonly service: SchedulerService;
  readonly clock: FakeClock;
  readonly sent: Sent[];
  /** Each is thrown once, by the next sends. */
  readonly failures: Error[];
  /** When something was sent, to any target. */
  times(): string[];
  until(time: string): void;
}

/** The local Scheduler behind a server of its own, with targets that only write down what they get. */
export async function startScheduler(
  now: string,
  faultOf: NonNullable<SchedulesOptions['faultOf']> = () => undefined,
): Promise<SchedulerFixture> {
  const clock = createFakeClock(Date.parse(now));
  const sent: Sent[] = [];
  const failures: Error[] = [];
  const take = (arn: string, message: unknown) => {
    const failure = failures.shift();
    if (failure) throw failure;
    sent.push({ at: new Date(clock.now()).toISOString(), arn, message });
  };
  const targets: SchedulerTargets = {
    assume: () => undefined,
    queueArnOf: url => `arn:aws:sqs:eu-west-1:123456789012:${url.slice(url.lastIndexOf('/') + 1)}`,
    toQueue: take,
    toFunction: take,
  };
  const server = createServer((request, response) => void service.handle(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const location = { region: 'eu-west-1', accountId: '123456789012', endpoint };
  const service = createSchedulerService({ clock, location, targets, faultOf });
  service.start();
  const scheduler = new Scheduler({
    region: 'eu-west-1',
    endpoint,
    credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' },
    maxAttempts: 1,
  });
  onTestFinished(async () => {
    scheduler.destroy();
    await service.stop();
    server.closeAllConnections();
    server.close();
  });
  return {
    scheduler,
    service,
    clock,
    sent,
    failures,
    times: () => sent.map(({ at }) => at),
    until: time => clock.advance(Date.parse(time) - clock.now()),
  };
}

/** Parameters of CreateSchedule and UpdateSchedule; `target` is over the target's. */
export function scheduleOf(
  ScheduleExpression: string,
  { target = {}, ...rest }: Partial<CreateScheduleCommandInput> & { target?: object } = {},
): CreateScheduleCommandInput {
  return {
    Name: 'nightly',
    ScheduleExpression,
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: { Arn: QUEUE_ARN, RoleArn: ROLE_ARN, Input: 'hello', ...target },
    ...rest,
  };
}
