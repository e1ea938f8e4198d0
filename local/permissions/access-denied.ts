import type { KeyAction } from './key-actions.ts';

/** A call that the caller's policies do not allow. Each service answers it in an error shape of its own. */
export class AccessDenied extends Error {
  override readonly name = 'AccessDenied';
  readonly resource: string;

  /** @param reason as `denialOf` gives it. */
  constructor(denied: { caller: string; action: string; resource: string; reason: string }) {
    const { caller, action, resource, reason } = denied;
    super(`User: ${caller} is not authorized to perform: ${action} on resource: ${resource} ${reason}`);
    this.resource = resource;
  }
}

/**
 * Asked by a service before it acts, once for each action and resource of a request.
 *
 * @param action as the service writes it in its messages; case does not matter otherwise.
 * @throws AccessDenied
 */
export type Authorize = (
  action: string,
  resourceArn: string,
  /** What is known of this request alone, by condition key in lower case. */
  keys?: Readonly<Record<string, string>>,
  /** What it needs of the key that the resource is encrypted with, where the action does not tell. */
  keyActions?: readonly KeyAction[],
) => void;
