import type { ExecutionEnvironment } from './execution-environment.ts';

/** A function's execution environments: the busy ones, and those kept warm for the next invocation. */
export interface EnvironmentPool {
  /** One that is warm, as busy from now on; undefined when all are busy. */
  takeIdle(): ExecutionEnvironment | undefined;
  /** A new one, as busy from now on. */
  start(): ExecutionEnvironment;
  /** Keeps it warm, or ends it when it is of no more use. */
  release(environment: ExecutionEnvironment): void;
  readonly stopped: boolean;
  /** Ends them all, busy ones too. Nothing may be started after. */
  stop(): Promise<void>;
}

export function createEnvironmentPool(startEnvironment: () => ExecutionEnvironment): EnvironmentPool {
  const environments = new Set<ExecutionEnvironment>();
  /** The last one used is the next one used, so that few are busy and the others stay frozen. */
  const idle: ExecutionEnvironment[] = [];
  let stopped = false;

  async function discard(environment: ExecutionEnvironment): Promise<void> {
    await environment.kill();
    environments.delete(environment);
  }

  return {
    takeIdle() {
      let environment = idle.pop();
      while (environment && !environment.usable) {
        void discard(environment);
        environment = idle.pop();
      }
      return environment;
    },
    start() {
      const environment = startEnvironment();
      environments.add(environment);
      return environment;
    },
    release(environment) {
      if (environment.usable && !stopped) idle.push(environment);
      else void discard(environment);
    },
    get stopped() {
      return stopped;
    },
    async stop() {
      stopped = true;
      await Promise.all([...environments].map(discard));
    },
  };
}
