import type { InvokeResult, LocalFunction } from '../../../local/lambda/function-api.ts';

export interface FakeFunction extends LocalFunction {
  /** The bodies of each invocation so far. */
  readonly batches: string[][];
  readonly events: { Records: { messageId: string; body: string }[] }[];
  /** How many invocations wait for their end. */
  running(): number;
  /** Ends the oldest running invocation. */
  end(result?: InvokeResult): Promise<void>;
}

export const SUCCESS: InvokeResult = { outcome: 'succeeded', payload: null };
export const FAILURE: InvokeResult = { outcome: 'failed', error: { errorType: 'Error', errorMessage: 'no' } };
export const THROTTLED: InvokeResult = { outcome: 'throttled' };

/** A function whose invocations end when the test says so. */
export function createFakeFunction(): FakeFunction {
  const waiting: ((result: InvokeResult) => void)[] = [];
  const events: FakeFunction['events'] = [];
  return {
    name: 'fn',
    arn: 'arn:aws:lambda:eu-west-1:123456789012:function:fn',
    timeoutSeconds: 3,
    events,
    get batches() {
      return events.map(({ Records }) => Records.map(({ body }) => body));
    },
    invoke(event) {
      events.push(event as FakeFunction['events'][number]);
      return new Promise(resolve => waiting.push(resolve));
    },
    running: () => waiting.length,
    async end(result = SUCCESS) {
      waiting.shift()?.(result);
      await settled();
    },
  };
}

/** Lets all that is queued as microtasks happen. */
export function settled(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}
