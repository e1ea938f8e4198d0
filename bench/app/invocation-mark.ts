/** What the counted consumer writes at each invocation: not every one has something to log. */
export const INVOCATION_MARK = 'invocation of the consumer';
