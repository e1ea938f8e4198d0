import type { Duration } from 'aws-cdk-lib';
import type { EventBus, EventPattern, IEventBus } from 'aws-cdk-lib/aws-events';
import type { EventBridgeEvent } from 'aws-lambda';
import type { PayloadInput, TaskDefinition } from '../contract/task.ts';
import type { Ref, Template } from '../contract/workflow/expression.ts';
import type { TaskQueue } from './task-queue.ts';

/** Any event. Types of what AWS's services send are in `aws-lambda` (`@types/aws-lambda`). */
export type AnyEvent = EventBridgeEvent<string, unknown>;

/** The class is named since it is no `IEventBus` under TypeScript's `exactOptionalPropertyTypes`. */
export type AnyEventBus = IEventBus | EventBus;

export interface TaskEventTriggerProps<Task extends TaskDefinition, Event extends AnyEvent> {
  /** The task that each event sends; one of the queue's. */
  readonly task: Task;
  readonly queue: TaskQueue;
  /** Which events: each that matches sends the task. */
  readonly eventPattern: EventPattern;
  /**
   * The payload, made of fields of the event (or all of it) and of values that are known now. The event's type is what
   * this function says that it takes: `(event: Ref<S3ObjectCreatedNotificationEvent>) => …`. It runs at synth;
   * EventBridge puts the values in. A field that an event does not have becomes the empty text.
   */
  payload(event: Ref<Event>): Template<PayloadInput<Task>>;
  /**
   * Where the events are.
   * @default the account's default bus, where AWS's own services put theirs
   */
  readonly eventBus?: AnyEventBus;
  /**
   * Whether it sends anything at all, by stage for one.
   * @default true
   */
  readonly enabled?: boolean;
  /**
   * The message group of each event, which a FIFO queue requires. Runs of one group are attempted in order.
   * @default none, on a standard queue
   */
  readonly groupKey?: string;
  /**
   * How often EventBridge tries again to hand an event to the queue, 0 to 185 times, before it puts it into this
   * trigger's dead-letter queue. (A run that fails is retried by its task's own policy.)
   * @default 60
   */
  readonly retryAttempts?: number;
  /**
   * How long it tries, 1 minute to 24 hours.
   * @default 1 hour
   */
  readonly maxEventAge?: Duration;
  /**
   * Physical name of the rule: 1 to 64 of `0-9 a-z A-Z - _ .`.
   * @default made of the construct's path
   */
  readonly ruleName?: string;
}
