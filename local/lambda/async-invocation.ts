import { randomUUID } from 'node:crypto';
import type { Clock, Timer } from '../clock.ts';
import { deadLetterOf, type EndedInvocation, invocationRecord, type Outgoing } from './async-records.ts';
import type { InvokeResult } from './function-api.ts';
import type { FunctionHost } from './local-function.ts';

/** Invocations of type `Event`: accepted at once, run in the background. */
export interface AsyncInvoker {
  accept(target: FunctionHost, event: unknown, request?: AsyncRequest): void;
  /** Adds to what the function has been given before. Its default: two retries within six hours, no destinations. */
  configure(functionName: string, settings: Partial<AsyncSettings>): void;
  /** Drops what waits for a retry. */
  stop(): void;
}

export interface AsyncRequest {
  /** @default a new one */
  readonly requestId?: string;
  readonly traceHeaders?: readonly string[];
}

/** `AWS::Lambda::EventInvokeConfig`, and `DeadLetterConfig` of a function. */
export interface AsyncSettings {
  readonly maxRetries: number;
  readonly maxAgeMs: number;
  readonly onSuccess?: Destination;
  readonly onFailure?: Destination;
  readonly deadLetterQueue?: Destination;
}

/** Throws when it does not take the message. */
export type Destination = (message: Outgoing) => void;

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const DEFAULT_SETTINGS: AsyncSettings = { maxRetries: 2, maxAgeMs: 6 * 60 * 60_000 };
const RETRY_DELAYS_MS = [60_000, 120_000];
const FIRST_THROTTLE_DELAY_MS = 1_000;
const LONGEST_THROTTLE_DELAY_MS = 5 * 60_000;

/**
 * After an error, retries; after throttling, retries until the event is too old. What then still has not succeeded
 * goes to the function's dead-letter queue and failure destination, and is discarded without them.
 *
 * @param onUndelivered told of a destination that did not take its message, which Lambda counts in a metric only.
 */
export function createAsyncInvoker(
  clock: Clock,
  onUndelivered: (functionName: string, error: unknown) => void,
): AsyncInvoker {
  const timers = new Set<Timer>();
  const settings = new Map<string, AsyncSettings>();
  let stopped = false;

  function later(action: () => void, delayMs: number): void {
    const timer = clock.setTimer(() => {
      timers.delete(timer);
      action();
    }, delayMs);
    timers.add(timer);
  }

  async function attempt(invocation: AsyncInvocation, past: Past): Promise<void> {
    const { target, event, requestId, traceHeaders } = invocation;
    const result = await target.invoke(event, { requestId, traceHeaders });
    if (stopped) return;
    const invocations = past.invocations + (result.outcome === 'throttled' ? 0 : 1);
    const { maxAgeMs, maxRetries } = invocation.settings;
    const delayMs = retryDelayMs(result, past, maxRetries, target.reservedConcurrency);
    if (delayMs === undefined) return conclude(invocation, result, invocations);
    if (clock.now() + delayMs > invocation.acceptedAtMs + maxAgeMs)
      return conclude(invocation, result, invocations, 'EventAgeExceeded');
    const throttles = past.throttles + (result.outcome === 'throttled' ? 1 : 0);
    later(() => void attempt(invocation, { invocations, throttles }), delayMs);
  }

  function conclude(
    { target, event, requestId, settings: { onSuccess, onFailure, deadLetterQueue } }: AsyncInvocation,
    result: InvokeResult,
    invocations: number,
    reason?: 'EventAgeExceeded',
  ): void {
    const condition: EndedInvocation['condition'] =
      reason ?? (result.outcome === 'succeeded' ? 'Success' : 'RetriesExhausted');
    const ended = { functionArn: target.arn, requestId, event, result, condition, invocations };
    const send = (destination: Destination | undefined, message: () => Outgoing) => {
      try {
        destination?.(message());
      } catch (error) {
        onUndelivered(target.name, error);
      }
    };
    const record = () => invocationRecord(ended, clock.now());
    if (condition === 'Success') {
      send(onSuccess, record);
    } else {
      send(deadLetterQueue, () => deadLetterOf(ended));
      send(onFailure, record);
    }
  }

  const settingsOf = (functionName: string) => settings.get(functionName) ?? DEFAULT_SETTINGS;
  return {
    accept(target, event, { requestId = randomUUID(), traceHeaders = [] } = {}) {
      const common = { acceptedAtMs: clock.now(), settings: settingsOf(target.name) };
      void attempt({ target, event, requestId, traceHeaders, ...common }, { invocations: 0, throttles: 0 });
    },
    configure: (functionName, changes) =>
      void settings.set(functionName, { ...settingsOf(functionName), ...changes }),
    stop() {
      stopped = true;
      for (const timer of timers) timer.cancel();
    },
  };
}

interface AsyncInvocation {
  readonly target: FunctionHost;
  readonly event: unknown;
  readonly requestId: string;
  readonly traceHeaders: readonly string[];
  readonly acceptedAtMs: number;
  readonly settings: AsyncSettings;
}

interface Past {
  readonly invocations: number;
  readonly throttles: number;
}

/** Undefined when it has ended: a success, retries used up, a loop, or a function that may not run at all. */
function retryDelayMs(
  { outcome }: InvokeResult,
  { invocations, throttles }: Past,
  maxRetries: number,
  reservedConcurrency: number | undefined,
): number | undefined {
  if (outcome === 'failed') return invocations < maxRetries ? RETRY_DELAYS_MS[invocations] : undefined;
  // "Lambda begins sending new events to the configured dead-letter queue or the on-failure event destination, without
  // any retries": https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
  if (outcome !== 'throttled' || reservedConcurrency === 0) return undefined;
  return Math.min(FIRST_THROTTLE_DELAY_MS * 2 ** throttles, LONGEST_THROTTLE_DELAY_MS);
}
