import { joinMessageBody } from './message-body.ts';

/**
 * What a schedule fired, as the message carries it. The message of a schedule is one of the kind that is not ours: its
 * idempotency key is made of the schedule's ARN and the time that was due, so a second firing of that time is the same
 * run. (The execution id of EventBridge Scheduler is another one for each attempt to deliver.)
 */
export interface Firing {
  /** The construct's path, or the key of a schedule that an application made. */
  readonly name: string;
  readonly arn: string;
  /** When it was due, as EventBridge Scheduler writes it: `2026-11-30T07:00:00Z`. */
  readonly at: string;
  /** `skip`: this run is canceled when one of an earlier firing has not ended. */
  readonly overlap?: 'skip';
  /** A run that comes later than this to its first attempt is canceled. */
  readonly maxLatenessSeconds?: number;
}

export type FiringPolicy = Pick<Firing, 'name' | 'overlap' | 'maxLatenessSeconds'>;

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html */
const ARN_ATTRIBUTE = '<aws.scheduler.schedule-arn>';
const TIME_ATTRIBUTE = '<aws.scheduler.scheduled-time>';

/**
 * How long EventBridge Scheduler tries to hand a firing to the queue before it puts it into the schedule's dead-letter
 * queue. SQS takes a message at once or is down, so an hour with about a try a minute outlasts all but an outage, and
 * after it somebody should be told. Its own default is 185 tries over a day.
 */
export const DELIVERY_RETRY = { attempts: 60, maxAgeSeconds: 3600 } as const;

/**
 * The input of a schedule's target: the message that each firing sends, with EventBridge Scheduler's context attributes
 * in the place of what is known only then.
 *
 * @param payloadJson nothing in it is taken for a context attribute
 */
export function toScheduleInput(task: string, policy: FiringPolicy, payloadJson: string): string {
  const schedule: Firing = { ...policy, arn: ARN_ATTRIBUTE, at: TIME_ATTRIBUTE };
  const frame = { task, idempotencyKey: `${ARN_ATTRIBUTE} ${TIME_ATTRIBUTE}`, schedule };
  return joinMessageBody(frame, hideContextAttributes(payloadJson));
}

/** The message that such an input becomes at a firing. */
export function toFiredMessage(input: string, { arn, at }: Pick<Firing, 'arn' | 'at'>): string {
  return input.replaceAll(ARN_ATTRIBUTE, arn).replaceAll(TIME_ATTRIBUTE, at);
}

/** JSON that means the same and in which EventBridge Scheduler finds nothing to replace. */
export function hideContextAttributes(json: string): string {
  return json.replaceAll('<aws.', '\\u003caws.');
}

/** A schedule's ARN has 250 at most. Of a key in the run table DynamoDB takes 2,048 bytes. */
const MAX_ARN_CHARACTERS = 500;

export function isFiring(value: unknown): value is Firing {
  if (typeof value !== 'object' || value === null) return false;
  const { name, arn, at, overlap, maxLatenessSeconds } = value as Record<string, unknown>;
  return (
    typeof name === 'string' &&
    typeof arn === 'string' &&
    arn.length <= MAX_ARN_CHARACTERS &&
    typeof at === 'string' &&
    !Number.isNaN(Date.parse(at)) &&
    (overlap === undefined || overlap === 'skip') &&
    (maxLatenessSeconds === undefined || typeof maxLatenessSeconds === 'number')
  );
}
