/**
 * The messages that a function's answer reports as failed, or `'all'` for an answer that cannot be right: Lambda
 * retries the whole batch then (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting).
 */
export function readBatchItemFailures(
  answer: unknown,
  messageIds: ReadonlySet<string>,
): ReadonlySet<string> | 'all' {
  if (answer === null || answer === undefined) return NONE;
  if (typeof answer !== 'object') return 'all';
  const list: unknown = Reflect.get(answer, 'batchItemFailures');
  if (list === null || list === undefined) return NONE;
  if (!Array.isArray(list)) return 'all';
  const failed = list.map(itemIdentifier);
  return failed.every(id => messageIds.has(id)) ? new Set(failed) : 'all';
}

const NONE: ReadonlySet<string> = new Set();

/** Empty for what has none, which is no message's id. */
function itemIdentifier(failure: unknown): string {
  const id: unknown =
    typeof failure === 'object' && failure !== null ? Reflect.get(failure, 'itemIdentifier') : undefined;
  return typeof id === 'string' ? id : '';
}
