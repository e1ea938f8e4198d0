import type { Scheduler } from '@aws-sdk/client-scheduler';
import type { Verb } from './verb.ts';
import { createSchedule } from './verbs/create-schedule.ts';
import { createScheduleGroup } from './verbs/create-schedule-group.ts';
import { deleteSchedule } from './verbs/delete-schedule.ts';
import { deleteScheduleGroup } from './verbs/delete-schedule-group.ts';
import { getSchedule } from './verbs/get-schedule.ts';
import { getScheduleGroup } from './verbs/get-schedule-group.ts';
import { listScheduleGroups } from './verbs/list-schedule-groups.ts';
import { listSchedules } from './verbs/list-schedules.ts';
import { listTagsForResource } from './verbs/list-tags-for-resource.ts';
import { tagResource } from './verbs/tag-resource.ts';
import { untagResource } from './verbs/untag-resource.ts';
import { updateSchedule } from './verbs/update-schedule.ts';

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** The last part of the path may be a parameter. */
  readonly path: '/schedules' | '/schedule-groups' | '/tags';
  readonly parameter?: 'Name' | 'ResourceArn';
  readonly verb: Verb;
}

/** Every operation of the Scheduler API, and how its requests look. */
export const ROUTES: Readonly<Record<Operation, Route>> = {
  CreateSchedule: { method: 'POST', path: '/schedules', parameter: 'Name', verb: createSchedule },
  CreateScheduleGroup: {
    method: 'POST',
    path: '/schedule-groups',
    parameter: 'Name',
    verb: createScheduleGroup,
  },
  DeleteSchedule: { method: 'DELETE', path: '/schedules', parameter: 'Name', verb: deleteSchedule },
  DeleteScheduleGroup: {
    method: 'DELETE',
    path: '/schedule-groups',
    parameter: 'Name',
    verb: deleteScheduleGroup,
  },
  GetSchedule: { method: 'GET', path: '/schedules', parameter: 'Name', verb: getSchedule },
  GetScheduleGroup: { method: 'GET', path: '/schedule-groups', parameter: 'Name', verb: getScheduleGroup },
  ListScheduleGroups: { method: 'GET', path: '/schedule-groups', verb: listScheduleGroups },
  ListSchedules: { method: 'GET', path: '/schedules', verb: listSchedules },
  ListTagsForResource: { method: 'GET', path: '/tags', parameter: 'ResourceArn', verb: listTagsForResource },
  TagResource: { method: 'POST', path: '/tags', parameter: 'ResourceArn', verb: tagResource },
  UntagResource: { method: 'DELETE', path: '/tags', parameter: 'ResourceArn', verb: untagResource },
  UpdateSchedule: { method: 'PUT', path: '/schedules', parameter: 'Name', verb: updateSchedule },
};

/** The SDK's client has one method an operation, besides `send`, `destroy` and the like. */
type Operation = Capitalize<
  Exclude<
    keyof Scheduler,
    | 'config'
    | 'destroy'
    | 'initConfig'
    | 'middlewareStack'
    | 'send'
    | `paginate${string}`
    | `waitUntil${string}`
  >
>;
