import type { PayloadInput, TaskDefinition } from '../../contract/task.ts';
import type { WebhookRequest } from './webhook-signature.ts';

/** What the provider has sent: its signature is right. */
export interface WebhookDelivery extends WebhookRequest {
  /** The provider's id of the delivery: a redelivery has the same. */
  readonly id: string;
  /** As JSON. What is in it is the provider's: check it before you rely on it. */
  readonly body: unknown;
}

/** A task with what makes its payload of a delivery, for `createWebhook`. */
export interface WebhookRoute {
  readonly task: TaskDefinition;
  readonly toPayload: (delivery: WebhookDelivery) => unknown;
  readonly groupKeyOf: (payload: unknown, delivery: WebhookDelivery) => string | undefined;
}

export interface ForwardOptions<Task extends TaskDefinition> {
  /**
   * The run's message group, which a FIFO queue requires.
   * @default none, on a standard queue
   */
  groupKey?(payload: PayloadInput<Task>, delivery: WebhookDelivery): string;
}

/**
 * Joins a task and the function that makes its payload of a delivery, or says that this one is none of its business.
 * When it throws, the delivery has failed, and is left to the provider to send again.
 *
 * @example
 * ```ts
 * forward(triageIssue, ({ headers, body }) => {
 *   if (headers['x-github-event'] !== 'issues') return 'ignore';
 *   const { action, issue, repository } = issuesEvent.parse(body);
 *   return action === 'opened' ? { repository: repository.full_name, number: issue.number } : 'ignore';
 * });
 * ```
 */
export function forward<Task extends TaskDefinition>(
  task: Task,
  toPayload: (
    delivery: WebhookDelivery,
  ) => PayloadInput<Task> | 'ignore' | Promise<PayloadInput<Task> | 'ignore'>,
  options: ForwardOptions<Task> = {},
): WebhookRoute {
  return {
    task,
    toPayload,
    // It gets what `toPayload` has made.
    groupKeyOf: (payload, delivery) => options.groupKey?.(payload as PayloadInput<Task>, delivery),
  };
}
