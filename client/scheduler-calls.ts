import type {
  CreateScheduleCommandInput,
  GetScheduleCommandOutput,
  ListSchedulesCommandInput,
  ListSchedulesCommandOutput,
  SchedulerClient,
  UpdateScheduleCommandInput,
} from '@aws-sdk/client-scheduler';
import { backoffMs, resolveRetryPolicy } from '../contract/retry-policy.ts';
import type { ClientContext } from './client-context.ts';

/** Beyond the SDK's own retries: CreateSchedule has a quota a second, which a bulk send may use up. */
const RETRY = resolveRetryPolicy({
  attempts: 8,
  backoff: { type: 'exponential', base: '200ms', max: '5s', jitter: 'equal' },
});

const SDK = () => import('@aws-sdk/client-scheduler');
type Sdk = Awaited<ReturnType<typeof SDK>>;

/** @returns whether it was made; false when one of its name was there */
export async function createSchedule(
  context: ClientContext,
  input: CreateScheduleCommandInput,
): Promise<boolean> {
  try {
    await call(
      context,
      (scheduler, { CreateScheduleCommand }) => scheduler.send(new CreateScheduleCommand(input)),
      ['ThrottlingException'],
    );
    return true;
  } catch (error) {
    if (isNamed(error, 'ConflictException')) return false;
    throw error;
  }
}

/** Replaces all that is said of it. @returns false when there is none of its name */
export async function updateSchedule(
  context: ClientContext,
  input: UpdateScheduleCommandInput,
): Promise<boolean> {
  return await orMissing(
    call(context, async (scheduler, { UpdateScheduleCommand }) => {
      await scheduler.send(new UpdateScheduleCommand(input));
      return true;
    }),
    false,
  );
}

/** @returns false when there is none of its name */
export async function deleteSchedule(
  context: ClientContext,
  GroupName: string,
  Name: string,
): Promise<boolean> {
  return await orMissing(
    call(context, async (scheduler, { DeleteScheduleCommand }) => {
      await scheduler.send(new DeleteScheduleCommand({ GroupName, Name }));
      return true;
    }),
    false,
  );
}

export async function getSchedule(
  context: ClientContext,
  GroupName: string,
  Name: string,
): Promise<GetScheduleCommandOutput | undefined> {
  return await orMissing(
    call(context, (scheduler, { GetScheduleCommand }) =>
      scheduler.send(new GetScheduleCommand({ GroupName, Name })),
    ),
    undefined,
  );
}

export async function listSchedules(
  context: ClientContext,
  input: ListSchedulesCommandInput,
): Promise<ListSchedulesCommandOutput> {
  return await call(context, (scheduler, { ListSchedulesCommand }) =>
    scheduler.send(new ListSchedulesCommand(input)),
  );
}

/**
 * @param passing names of errors that another attempt may be spared. To all but CreateSchedule a conflict is one: another
 * change of the schedule is under way.
 * @throws Error that says what to do, when the account's quota of schedules is used up; else what the SDK throws
 */
async function call<Answer>(
  { scheduler, clock }: ClientContext,
  request: (scheduler: SchedulerClient, sdk: Sdk) => Promise<Answer>,
  passing: readonly string[] = ['ThrottlingException', 'ConflictException'],
): Promise<Answer> {
  const [client, sdk] = [await scheduler(), await SDK()];
  for (let attempt = 1; ; attempt++) {
    try {
      return await request(client, sdk);
    } catch (error) {
      if (isNamed(error, 'ServiceQuotaExceededException')) throw quotaUsedUp(error);
      if (attempt === RETRY.attempts || !passing.some(name => isNamed(error, name))) throw error;
      await clock.sleep(backoffMs(RETRY, attempt, Math.random));
    }
  }
}

async function orMissing<Answer, Missing>(
  answer: Promise<Answer>,
  missing: Missing,
): Promise<Answer | Missing> {
  try {
    return await answer;
  } catch (error) {
    if (isNamed(error, 'ResourceNotFoundException')) return missing;
    throw error;
  }
}

/** By name: a client that was handed in may come from another copy of the SDK. */
function isNamed(error: unknown, name: string): error is Error {
  return error instanceof Error && error.name === name;
}

function quotaUsedUp(cause: Error): Error {
  return new Error(
    `EventBridge Scheduler takes no more schedules, for a quota of the account is used up (${cause.message}); have ` +
      "'Number of schedules' raised in Service Quotas, or send such tasks nearer to their time",
    { cause },
  );
}
