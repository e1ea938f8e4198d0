import type { Clock } from '../clock.ts';

/** "The last 4 KB of the execution log": https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html (LogType) */
const MAX_TAIL_BYTES = 4 * 1024;

/** The log of one invocation, for `LogType: Tail`. Its report knows the duration, not what memory was used. */
export function startLogTail(requestId: string, clock: Clock) {
  const startedAtMs = clock.now();
  const lines = [`START RequestId: ${requestId} Version: $LATEST`];
  return {
    add: (text: string): void => void lines.push(text),
    /** In base64, as the answer's header carries it. */
    end(): string {
      const durationMs = clock.now() - startedAtMs;
      const report = `REPORT RequestId: ${requestId}\tDuration: ${durationMs.toFixed(2)} ms`;
      const log = Buffer.from([...lines, `END RequestId: ${requestId}`, report, ''].join('\n'));
      return log.subarray(-MAX_TAIL_BYTES).toString('base64');
    },
  };
}
