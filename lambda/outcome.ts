/** What is to become of a message. */
export type Outcome =
  | { readonly message: 'acknowledge' }
  /** Back to the queue, hidden for so long. */
  | { readonly message: 'return'; readonly delayMs: number }
  /** Its run's process died before: to be processed again with nothing else of the batch at work. */
  | { readonly message: 'postpone' };

export const ACKNOWLEDGE: Outcome = { message: 'acknowledge' };
