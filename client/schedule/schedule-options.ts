import type { DurationString } from '../../contract/duration.ts';
import type { PayloadInput, TaskDefinition } from '../../contract/task.ts';

/** When a schedule fires, again and again. For one time, send the task with `at`. */
export type Recurrence =
  | {
      /**
       * EventBridge Scheduler's six fields, minutes first, such as `'0 8 ? * MON-FRI *'`.
       * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based
       */
      readonly cron: string;
      /** Whose clocks the fields mean: a name of the IANA database, such as `'Europe/Paris'` or `'UTC'`. */
      readonly timeZone: string;
      readonly rate?: never;
    }
  | {
      /** Whole minutes of elapsed time, such as `'5m'` or `'1d'`. It counts from `start`, or from now on, and now is one. */
      readonly rate: DurationString;
      readonly cron?: never;
      readonly timeZone?: never;
    };

/** What a schedule may say beside its times. */
export interface ScheduleSettings {
  /**
   * Nothing fires before it.
   * @default from now on
   */
  readonly start?: Date;
  /**
   * Nothing fires after it, and the schedule deletes itself then.
   * @default for ever
   */
  readonly end?: Date;
  /**
   * Each firing comes at some moment within this time after its due time, in whole minutes from 1 to a day.
   * @default none: each firing comes within a minute of its due time
   */
  readonly flexibleWindow?: DurationString;
  /**
   * What becomes of a firing while an earlier run of this schedule has not ended: `'allow'` runs both, `'skip'` cancels
   * the run of the later firing.
   * @default 'allow'
   */
  readonly overlap?: 'allow' | 'skip';
  /**
   * A run that comes later than this to its first attempt is canceled.
   * @default a firing is run however late
   */
  readonly maxLateness?: DurationString;
  /** The message group of each firing, which a FIFO queue requires, and others do not take. */
  readonly groupKey?: string;
}

export type ScheduleOptions<Task extends TaskDefinition> = Recurrence &
  ScheduleSettings & {
    /** Names the schedule: 1 to 60 of `0-9 a-z A-Z - _ .`, such as `digest-${tenantId}`. */
    readonly key: string;
    readonly task: Task;
    /** What the task's runs get. */
    readonly payload: PayloadInput<Task>;
  };
