import { type DurationString, formatDuration, parseDuration } from './duration.ts';
import { MAX_RETRY_AFTER_MS } from './limits.ts';

/** Why a payload was refused, one entry a place, as the task's schema says it. */
export interface PayloadIssue {
  /** Where in the payload: `user.email`, `items.0`; empty for the payload itself. */
  readonly path: string;
  readonly message: string;
}

/** The payload does not fit the task. Thrown by `sendTask` before anything is sent. */
export class TaskPayloadError extends Error {
  override readonly name = 'TaskPayloadError';
  readonly task: string;
  readonly issues: readonly PayloadIssue[];

  constructor(task: string, issues: readonly PayloadIssue[], options?: ErrorOptions) {
    const listed = issues.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; ');
    super(`The payload of task '${task}' is not valid: ${listed}`, options);
    this.task = task;
    this.issues = issues;
  }
}

/** Throw it in a handler when another attempt cannot help: the run is dead-lettered at once. */
export class NonRetryableError extends Error {
  override readonly name: string = 'NonRetryableError';
}

/** Throw it in a handler to choose the next attempt's delay yourself, from a `Retry-After` header for one. */
export class RetryAfterError extends Error {
  override readonly name = 'RetryAfterError';
  readonly delayMs: number;

  /**
   * @param delay until the next attempt, if the policy has one left; at most 30 days
   * @throws RangeError which, when a handler lets it pass, is a failed attempt like any other
   */
  constructor(delay: DurationString, message = `retry after ${delay}`, options?: ErrorOptions) {
    super(message, options);
    this.delayMs = parseDuration(delay, 'delay');
    if (this.delayMs > MAX_RETRY_AFTER_MS) {
      throw new RangeError(
        `delay must be at most ${formatDuration(MAX_RETRY_AFTER_MS)}, got ${delay}; end this run, and send another then`,
      );
    }
  }
}
