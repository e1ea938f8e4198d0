import type { Duration } from 'aws-cdk-lib';
import type { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import type { PayloadInput, TaskDefinition } from '../contract/task.ts';
import type { TaskQueue } from './task-queue.ts';

export interface TaskScheduleProps<Task extends TaskDefinition> {
  /** The task that each firing sends; one of the queue's. */
  readonly task: Task;
  readonly queue: TaskQueue;
  /** What the task's runs get. It may hold tokens, such as a bucket's name. */
  readonly payload: PayloadInput<Task>;
  /** When: `ScheduleExpression.cron` with its time zone, `rate`, or `at` for one time. */
  readonly schedule: ScheduleExpression;
  /**
   * Whether it fires at all, by stage for one.
   * @default true
   */
  readonly enabled?: boolean;
  /**
   * Nothing fires before it; a rate counts from it.
   * @default from its deployment on
   */
  readonly start?: Date;
  /**
   * Nothing fires after it.
   * @default for ever
   */
  readonly end?: Date;
  /**
   * Each firing comes at some moment within this time after its due time: 1 minute to 24 hours. It spreads load where
   * the exact time does not matter.
   * @default none: each firing comes within a minute of its due time
   */
  readonly flexibleWindow?: Duration;
  /**
   * What becomes of a firing while an earlier run of this schedule has not ended: `'allow'` runs both, `'skip'` cancels
   * the run of the later firing. To skip costs two writes and a read a run.
   * @default 'allow'
   */
  readonly overlap?: 'allow' | 'skip';
  /**
   * A run that comes later than this to its first attempt is canceled: the queue was stuck, for one, and the next firing
   * is near.
   * @default a firing is run however late
   */
  readonly maxLateness?: Duration;
  /**
   * The message group of each firing, which a FIFO queue requires. Runs of one group are attempted in order.
   * @default none, on a standard queue
   */
  readonly groupKey?: string;
  /**
   * How often EventBridge Scheduler tries again to hand a firing to the queue, 0 to 185 times, before it puts it into
   * this schedule's dead-letter queue. (A run that fails is retried by its task's own policy.)
   * @default 60
   */
  readonly retryAttempts?: number;
  /**
   * How long it tries, 1 minute to 24 hours.
   * @default 1 hour
   */
  readonly maxEventAge?: Duration;
  /**
   * Physical name: 1 to 64 of `0-9 a-z A-Z - _ .`.
   * @default CloudFormation names it
   */
  readonly scheduleName?: string;
}
