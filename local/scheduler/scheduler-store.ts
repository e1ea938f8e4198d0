import type { Clock } from '../clock.ts';
import { SchedulerError } from './scheduler-error.ts';
import { Schedules, type SchedulesOptions, type StoredSchedule } from './schedules.ts';

export interface ScheduleGroup {
  readonly name: string;
  readonly arn: string;
  readonly createdAtMs: number;
  readonly tags: Map<string, string>;
}

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/scheduler-quotas.html */
const MAX_GROUPS = 500;

/** How many of the last write requests are remembered, so that a repeated one gets the same answer. */
const MAX_TOKENS = 10_000;

/** Groups and their schedules, of one account in one region. */
export class SchedulerStore {
  readonly clock: Clock;
  readonly schedules: Schedules;
  readonly #groups = new Map<string, ScheduleGroup>();
  readonly #answers = new Map<string, { readonly request: string; readonly answer: object }>();

  constructor(options: SchedulesOptions) {
    this.clock = options.clock;
    this.schedules = new Schedules(options);
    this.addGroup('default');
  }

  groups(): readonly ScheduleGroup[] {
    return [...this.#groups.values()];
  }

  group(name: string): ScheduleGroup {
    const group = this.#groups.get(name);
    if (!group)
      throw new SchedulerError('ResourceNotFoundException', `Schedule group ${name} does not exist.`);
    return group;
  }

  groupByArn(arn: string): ScheduleGroup {
    const group = this.groups().find(one => one.arn === arn);
    if (!group)
      throw new SchedulerError('ResourceNotFoundException', `Schedule group ${arn} does not exist.`);
    return group;
  }

  addGroup(name: string, tags: ReadonlyMap<string, string> = new Map()): ScheduleGroup {
    if (this.#groups.has(name)) {
      throw new SchedulerError('ConflictException', `Schedule group ${name} already exists.`);
    }
    if (this.#groups.size >= MAX_GROUPS) {
      throw new SchedulerError(
        'ServiceQuotaExceededException',
        `The account has ${MAX_GROUPS} schedule groups, which is its quota.`,
      );
    }
    const group = {
      name,
      arn: this.schedules.groupArnOf(name),
      createdAtMs: this.clock.now(),
      tags: new Map(tags),
    };
    this.#groups.set(name, group);
    return group;
  }

  /** And all its schedules. At once, where AWS takes a while. */
  deleteGroup(name: string): void {
    const group = this.group(name);
    if (name === 'default') {
      throw new SchedulerError('ValidationException', 'The default schedule group cannot be deleted.');
    }
    for (const { arn, definition } of this.schedules.all()) {
      if (definition.groupName === group.name) this.schedules.remove(arn);
    }
    this.#groups.delete(name);
  }

  schedule(groupName: string, name: string): StoredSchedule {
    const schedule = this.schedules.find(this.schedules.arnOf(groupName, name));
    if (!schedule) {
      throw new SchedulerError('ResourceNotFoundException', `Schedule ${name} does not exist.`);
    }
    return schedule;
  }

  /**
   * The answer that the same request got before, or that of `act`.
   *
   * @param token what the client sent to tell requests apart.
   * @param request all else that is in it.
   */
  once(token: string | undefined, request: string, act: () => object): object {
    if (token === undefined) return act();
    const before = this.#answers.get(token);
    if (before?.request === request) return before.answer;
    if (before)
      throw new SchedulerError('ConflictException', `ClientToken ${token} was used for another request.`);
    const answer = act();
    this.#answers.set(token, { request, answer });
    for (const oldest of this.#answers.keys()) {
      if (this.#answers.size <= MAX_TOKENS) break;
      this.#answers.delete(oldest);
    }
    return answer;
  }
}
