import type { Clock } from '../clock.ts';
import type { FunctionError, InvokeResult } from './function-api.ts';
import type { DeployedFunction } from './local-function.ts';

/** A function whose code and configuration can change while event sources, URLs and clients hold on to it. */
export interface ReplaceableFunction extends DeployedFunction {
  /**
   * Puts `next` in its place. Invocations that are running end where they began, all that follow go to `next`.
   * Resolves with what stops `next` from ever working; it is stopped then, and nothing has changed.
   */
  replace(next: DeployedFunction): Promise<FunctionError | undefined>;
}

/** How one invocation went, as CloudWatch's metrics of Lambda count it. */
export interface Invocation {
  readonly functionName: string;
  readonly outcome: InvokeResult['outcome'];
  readonly durationMs: number;
}

export function createReplaceableFunction(
  first: DeployedFunction,
  { clock, onInvoked }: { clock: Clock; onInvoked: (invocation: Invocation) => void },
): ReplaceableFunction {
  let current = first;
  const running = new Map<DeployedFunction, number>();
  /** Replaced, with invocations that have not ended. */
  const retired = new Set<DeployedFunction>();

  async function stopWhenIdle(host: DeployedFunction): Promise<void> {
    if (host === current || running.get(host)) return;
    await host.stop();
    retired.delete(host);
  }

  return {
    name: first.name,
    arn: first.arn,
    get config() {
      return current.config;
    },
    get timeoutSeconds() {
      return current.timeoutSeconds;
    },
    get reservedConcurrency() {
      return current.reservedConcurrency;
    },
    initialize: () => current.initialize(),
    async invoke(...call) {
      const host = current;
      const startedAt = clock.now();
      running.set(host, (running.get(host) ?? 0) + 1);
      try {
        const result = await host.invoke(...call);
        const durationMs = clock.now() - startedAt;
        onInvoked({ functionName: host.name, outcome: result.outcome, durationMs });
        return result;
      } finally {
        running.set(host, (running.get(host) ?? 1) - 1);
        void stopWhenIdle(host);
      }
    },
    async replace(next) {
      const error = await next.initialize();
      if (error) {
        await next.stop();
        return error;
      }
      const replaced = current;
      current = next;
      retired.add(replaced);
      await stopWhenIdle(replaced);
      return undefined;
    },
    async stop() {
      await Promise.all([current, ...retired].map(host => host.stop()));
    },
  };
}
