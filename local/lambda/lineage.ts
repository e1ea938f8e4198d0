import { createHash, randomUUID } from 'node:crypto';

/**
 * The `X-Amzn-Trace-Id` of an invocation. Its `Lineage` counts, for each function of a chain of requests, how often the
 * chain has invoked it before: SDKs send the header on, SQS and SNS carry it, and so a loop is recognised. AWS does not
 * document the format; it is written as it is seen in messages: `Lineage=1:<hash of the function>:<count>`.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
 */
export interface InvocationTrace {
  readonly header: string;
  /** How often the chain has invoked this function before. */
  readonly earlierInvocations: number;
}

/** "Approximately 16 times", says the guide; "after exceeding 16 invocations", the announcement. */
export const MAX_INVOCATIONS_IN_A_CHAIN = 16;

/**
 * @param incoming the headers that led here: of the caller, or of each message of a batch. AWS does not document what
 * becomes of several; here the longest count wins, and with it the earliest stop.
 */
export function traceInvocation(
  functionArn: string,
  incoming: readonly string[],
  nowMs: number,
): InvocationTrace {
  const counts = new Map<string, number>();
  for (const header of incoming) {
    for (const [hash, count] of lineageOf(header)) counts.set(hash, Math.max(count, counts.get(hash) ?? 0));
  }
  const own = createHash('sha256').update(functionArn).digest('hex').slice(0, 8);
  const before = counts.get(own);
  const earlierInvocations = before === undefined ? 0 : before + 1;
  counts.set(own, earlierInvocations);
  const lineage = [...counts].map(([hash, count]) => `1:${hash}:${count}`).join('|');
  const [only, ...others] = incoming;
  const root = (others.length === 0 && rootOf(only)) || newRoot(nowMs);
  return {
    header: `Root=${root};Parent=${hex(16)};Sampled=0;Lineage=${lineage}`,
    earlierInvocations,
  };
}

function lineageOf(header: string): (readonly [hash: string, count: number])[] {
  const [, lineage = ''] = /(?:^|;)\s*Lineage=([^;]*)/i.exec(header) ?? [];
  return lineage.split('|').flatMap(entry => {
    const [, hash, count] = /([0-9a-f]+):(\d+)$/i.exec(entry) ?? [];
    return hash === undefined ? [] : [[hash, Number(count)] as const];
  });
}

function rootOf(header = ''): string | undefined {
  return /(?:^|;)\s*Root=([^;\s]+)/i.exec(header)?.[1];
}

/** https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-traceids */
function newRoot(nowMs: number): string {
  return `1-${Math.floor(nowMs / 1000).toString(16)}-${hex(24)}`;
}

function hex(digits: number): string {
  return randomUUID().replaceAll('-', '').slice(0, digits);
}
