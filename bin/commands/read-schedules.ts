import type { ListSchedulesCommandInput, SchedulerClient, ScheduleSummary } from '@aws-sdk/client-scheduler';
import { isRunScheduleName } from '../../client/run-schedule.ts';
import { prefixOfKeys } from '../../client/schedule/schedule-key.ts';
import { SCHEDULER } from '../../contract/limits.ts';
import { type KnownSchedule, toKnownSchedule } from './known-schedule.ts';
import { sideBySide } from './side-by-side.ts';

/** Where the schedules of a deployment are. */
export interface ScheduleScope {
  /** Groups whose schedules are all the deployment's; `all` is each group that there is. */
  readonly groups: readonly string[] | 'all';
  /** Single schedules, whose groups nothing tells. */
  readonly names: readonly string[];
}

/** Where schedules are looked for. */
export interface SearchedGroups extends ScheduleScope {
  /** Groups in which applications make schedules, and in which runs wait that were sent for later: any number of them. */
  readonly applicationGroups: readonly string[];
}

type Place = Pick<ScheduleSummary, 'GroupName' | 'Name'>;

/** The names of schedules that an application made begin so; those of runs that wait in the same group do not. */
const OF_APPLICATION = prefixOfKeys('');

/** A schedule is read by a request of its own. */
const READ_AT_ONCE = 10;

const SDK = () => import('@aws-sdk/client-scheduler');

/** @returns the first `limit`, those of the stacks before those of applications, and whether there are more */
export async function readSchedules(
  scheduler: SchedulerClient,
  scope: SearchedGroups,
  limit: number,
): Promise<{ readonly schedules: readonly KnownSchedule[]; readonly more: boolean }> {
  const places: Place[] = [];
  for await (const place of ofStacks(scheduler, scope)) places.push(place);
  for (const GroupName of scope.applicationGroups) {
    for await (const place of list(scheduler, { GroupName, NamePrefix: OF_APPLICATION })) {
      if (places.push(place) > limit) break;
    }
  }
  return { schedules: await readAll(scheduler, places.slice(0, limit)), more: places.length > limit };
}

/** Those that are called so: by their whole name or its end, or as EventBridge Scheduler calls them. */
export async function findSchedules(
  scheduler: SchedulerClient,
  scope: SearchedGroups,
  name: string,
): Promise<{ readonly found: readonly KnownSchedule[]; readonly others: readonly KnownSchedule[] }> {
  const places: Place[] = [];
  for await (const place of ofStacks(scheduler, scope)) places.push(place);
  const Name = `${OF_APPLICATION}${name}`;
  if (SCHEDULER.name.test(Name))
    places.push(...scope.applicationGroups.map(GroupName => ({ GroupName, Name })));
  const all = await readAll(scheduler, places);
  const isCalled = (one: KnownSchedule) =>
    one.name === name || one.name.endsWith(`/${name}`) || one.scheduleName === name;
  return { found: all.filter(isCalled), others: all.filter(one => !isCalled(one)) };
}

async function* ofStacks(scheduler: SchedulerClient, scope: SearchedGroups): AsyncIterable<Place> {
  const { groups, applicationGroups, names } = scope;
  const seen = new Set<string | undefined>();
  for (const GroupName of groups === 'all' ? await listGroups(scheduler) : groups) {
    if (applicationGroups.includes(GroupName)) continue;
    for await (const place of list(scheduler, { GroupName })) {
      seen.add(place.Name);
      yield place;
    }
  }
  for (const name of names) {
    if (seen.has(name)) continue;
    for await (const place of list(scheduler, { NamePrefix: name })) if (place.Name === name) yield place;
  }
}

async function listGroups(client: SchedulerClient): Promise<string[]> {
  const { paginateListScheduleGroups } = await SDK();
  const names: string[] = [];
  for await (const { ScheduleGroups = [] } of paginateListScheduleGroups({ client }, {})) {
    names.push(...ScheduleGroups.flatMap(({ Name }) => Name ?? []));
  }
  return names;
}

async function* list(client: SchedulerClient, input: ListSchedulesCommandInput): AsyncIterable<Place> {
  const { paginateListSchedules } = await SDK();
  for await (const { Schedules = [] } of paginateListSchedules({ client }, input)) {
    yield* Schedules.filter(({ Name = '' }) => !isRunScheduleName(Name));
  }
}

async function readAll(client: SchedulerClient, places: readonly Place[]): Promise<KnownSchedule[]> {
  const { GetScheduleCommand, ResourceNotFoundException } = await SDK();
  const read = await sideBySide(places, READ_AT_ONCE, async ({ GroupName, Name }) => {
    try {
      return toKnownSchedule(await client.send(new GetScheduleCommand({ GroupName, Name })));
    } catch (error) {
      // A one-time schedule that has fired since, or a key that there is no schedule for.
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  });
  return read.filter(schedule => schedule !== undefined);
}
