import { createHash } from 'node:crypto';
import { nextTimes } from '../../contract/schedule/next-times.ts';
import type { Clock } from '../clock.ts';
import { Deliveries, type SavedDelivery } from '../delivery/deliveries.ts';
import { DueQueue } from '../due-queue.ts';
import type { FiringFault } from '../faults/fault.ts';
import type { Location } from '../service.ts';
import { deadLetter, type Firing, fire, type SchedulerTargets } from './firing.ts';
import type { ScheduleDefinition } from './schedule-definition.ts';

export interface StoredSchedule {
  readonly arn: string;
  definition: ScheduleDefinition;
  /** Milliseconds since the Unix epoch, as all times here. */
  readonly createdAtMs: number;
  modifiedAtMs: number;
  /** The scheduled time of its last firing. */
  firedAtMs: number | undefined;
  /** The scheduled time of its next firing; its window may put it off. */
  nextAtMs: number | undefined;
  readonly fromTemplate: boolean;
}

export interface SchedulesOptions {
  readonly clock: Clock;
  readonly location: Location;
  readonly targets: SchedulerTargets;
  /** What goes wrong with a firing of the schedule of a name. @default nothing */
  readonly faultOf?: (scheduleName: string) => FiringFault | undefined;
  /** Told of each schedule that is created by the API. @default nobody is told */
  readonly onCreated?: (schedule: CreatedSchedule) => void;
}

/** A schedule that somebody has created while the app was running. */
export interface CreatedSchedule {
  readonly arn: string;
  readonly targetArn: string;
  /** What the target gets at each firing, before context attributes are put in. */
  readonly input: string | undefined;
  /** By the engine's clock, in milliseconds since the Unix epoch. */
  readonly createdAtMs: number;
  /** When it fires first; undefined when it does not. */
  readonly firstAtMs: number | undefined;
}

/** All schedules, by ARN, and what is on its way. Nothing fires before `start`. */
export class Schedules {
  readonly #clock: Clock;
  readonly #location: Location;
  readonly #schedules = new Map<string, StoredSchedule>();
  readonly #due: DueQueue<StoredSchedule>;
  readonly #deliveries: Deliveries<Firing>;
  readonly #faultOf: NonNullable<SchedulesOptions['faultOf']>;
  readonly #onCreated: SchedulesOptions['onCreated'];
  #started = false;

  constructor({ clock, location, targets, faultOf = () => undefined, onCreated }: SchedulesOptions) {
    this.#onCreated = onCreated;
    this.#clock = clock;
    this.#location = location;
    this.#faultOf = faultOf;
    this.#due = new DueQueue(clock, schedule => this.#fireDue(schedule));
    this.#deliveries = new Deliveries(
      clock,
      (firing, attempt) => fire(firing, attempt, targets, location),
      (firing, end) => {
        try {
          deadLetter(firing, end, targets, location);
        } catch (error) {
          process.emitWarning(`${firing.scheduleArn}: its dead-letter queue did not take a firing: ${error}`);
        }
      },
    );
  }

  /** From now on, schedules fire. */
  start(): void {
    if (this.#started) return;
    this.#started = true;
    for (const schedule of this.#schedules.values()) this.#arm(schedule);
  }

  stop(): void {
    this.#due.stop();
    this.#deliveries.stop();
  }

  all(): readonly StoredSchedule[] {
    return [...this.#schedules.values()];
  }

  find(arn: string): StoredSchedule | undefined {
    return this.#schedules.get(arn);
  }

  add(definition: ScheduleDefinition, origin: { fromTemplate: boolean }): StoredSchedule {
    const now = this.#clock.now();
    const times = { createdAtMs: now, modifiedAtMs: now, firedAtMs: undefined, nextAtMs: undefined };
    const schedule = this.put({
      arn: this.arnOf(definition.groupName, definition.name),
      definition,
      ...times,
      ...origin,
    });
    if (!origin.fromTemplate) this.#onCreated?.(createdSchedule(schedule));
    return schedule;
  }

  /** Adds it as it is, in the place of one that has its name. */
  put(schedule: StoredSchedule): StoredSchedule {
    this.remove(schedule.arn);
    this.#schedules.set(schedule.arn, schedule);
    this.#arm(schedule);
    return schedule;
  }

  change(schedule: StoredSchedule, definition: ScheduleDefinition): void {
    schedule.definition = definition;
    schedule.modifiedAtMs = this.#clock.now();
    // A one-time schedule with another time has not been.
    if (definition.schedule.kind === 'at' && definition.schedule.atMs > this.#clock.now())
      schedule.firedAtMs = undefined;
    this.#arm(schedule);
  }

  remove(arn: string): void {
    const schedule = this.#schedules.get(arn);
    if (schedule) this.#due.delete(schedule);
    this.#schedules.delete(arn);
  }

  /** Fires it as if it were its time. */
  fireNow(schedule: StoredSchedule): void {
    this.#deliver(schedule, this.#clock.now());
  }

  saveDeliveries(): readonly SavedDelivery<Firing>[] {
    return this.#deliveries.save();
  }

  restoreDelivery(saved: SavedDelivery<Firing>): void {
    this.#deliveries.restore(saved);
  }

  arnOf(groupName: string, name: string): string {
    return `arn:aws:scheduler:${this.#location.region}:${this.#location.accountId}:schedule/${groupName}/${name}`;
  }

  groupArnOf(groupName: string): string {
    return `arn:aws:scheduler:${this.#location.region}:${this.#location.accountId}:schedule-group/${groupName}`;
  }

  #fireDue(schedule: StoredSchedule): void {
    const scheduledAtMs = schedule.nextAtMs;
    if (scheduledAtMs === undefined) return;
    schedule.firedAtMs = scheduledAtMs;
    this.#arm(schedule);
    if (schedule.nextAtMs === undefined && schedule.definition.deleteAfterCompletion)
      this.remove(schedule.arn);
    this.#deliver(schedule, scheduledAtMs);
  }

  #deliver({ arn, definition }: StoredSchedule, scheduledAtMs: number): void {
    const { name, groupName, target } = definition;
    const firing = { scheduleArn: arn, groupArn: this.groupArnOf(groupName), scheduledAtMs, target };
    for (const delayMs of delaysUnder(this.#faultOf(name))) {
      this.#deliveries.start(firing, target.retry, delayMs);
    }
  }

  #arm(schedule: StoredSchedule): void {
    schedule.nextAtMs = this.#nextAtMs(schedule);
    if (schedule.nextAtMs === undefined || !this.#started) this.#due.delete(schedule);
    else this.#due.set(schedule, schedule.nextAtMs + placeInWindowMs(schedule, schedule.nextAtMs));
  }

  /**
   * The times of a recurring schedule that nobody was there for are not made up for. A one-time schedule has only the
   * one: it fires late.
   */
  #nextAtMs({ definition, createdAtMs, firedAtMs }: StoredSchedule): number | undefined {
    const { schedule, enabled, start, end } = definition;
    if (!enabled) return undefined;
    const now = this.#clock.now();
    const beforeNow = schedule.kind === 'at' ? createdAtMs : Math.max(createdAtMs, now);
    const after = firedAtMs === undefined ? beforeNow - 1 : Math.max(firedAtMs, beforeNow - 1);
    const [next] = nextTimes(schedule, {
      after: new Date(after),
      count: 1,
      // "If you do not provide a StartDate for a rate-based schedule, your schedule starts invoking the target immediately"
      start: start ?? (schedule.kind === 'rate' ? new Date(createdAtMs) : undefined),
      end,
    });
    return next?.getTime();
  }
}

/** After its time, each delivery of a firing. */
function delaysUnder(fault: FiringFault | undefined): readonly number[] {
  if (fault === undefined) return [0];
  const { kind, afterMs = 0 } = fault;
  return kind === 'duplicate' ? [0, afterMs] : [afterMs];
}

function createdSchedule({ arn, definition, createdAtMs, nextAtMs }: StoredSchedule): CreatedSchedule {
  const { target } = definition;
  return { arn, targetArn: target.arn, input: target.input, createdAtMs, firstAtMs: nextAtMs };
}

/** Somewhere in the window, as AWS has it; here always the same place for the same time of the same schedule. */
function placeInWindowMs({ arn, definition }: StoredSchedule, scheduledAtMs: number): number {
  if (definition.flexibleWindowMinutes === 0) return 0;
  const hash = createHash('sha256').update(`${arn} ${scheduledAtMs}`).digest().readUInt32BE(0);
  return (hash % definition.flexibleWindowMinutes) * 60_000;
}
