import { setImmediate } from 'node:timers/promises';
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { onTestFinished } from 'vitest';
import { clientConfig } from '../../../local/client-config.ts';
import { openFrontDoor } from '../../../local/front-door/front-door.ts';
import type { InvokeResult } from '../../../local/lambda/function-api.ts';
import type { FunctionHost } from '../../../local/lambda/local-function.ts';
import type { Service } from '../../../local/service.ts';
import type { Message } from '../../../local/sns/topics.ts';
import type { ExecutionRecord } from '../../../local/step-functions/execution/execution.ts';
import {
  createStepFunctionsService,
  type StepFunctionsService,
} from '../../../local/step-functions/step-functions-service.ts';
import { createFakeClock, type FakeClock } from '../fake-clock.ts';

/** What a function does here; it may fail as the real one would. */
export type Handler = (event: never) => unknown;

export interface Fixture {
  readonly clock: FakeClock;
  readonly endpoint: string;
  readonly sfn: SFNClient;
  readonly service: StepFunctionsService;
  /** What was told of executions' ends and starts. */
  readonly statuses: ExecutionRecord['status'][];
  readonly published: { readonly topicArn: string; readonly message: Message }[];
  /** Creates a machine of JSONata states and starts it. @returns the execution's ARN */
  start(definition: object, input?: unknown): Promise<string>;
  /** Starts it and lets it come to its end; time passes as it waits. */
  run(definition: object, input?: unknown): Promise<Ended>;
  /** Lets everything happen that happens at this time. */
  settle(): Promise<void>;
  /** As `settle`, and waits for requests that are open, and for functions. */
  untilQuiet(): Promise<void>;
  /** Lets time pass, and what happens in it. */
  advance(ms: number): Promise<void>;
  describe(arn: string): Promise<DescribeExecutionCommandOutput>;
  history(arn: string): Promise<HistoryEvent[]>;
}

export interface Ended {
  readonly arn: string;
  readonly status: string | undefined;
  readonly output: unknown;
  readonly error: string | undefined;
  readonly cause: string | undefined;
}

export const ROLE = 'arn:aws:iam::000000000000:role/machine';
const REGION = { region: 'eu-west-1', accountId: '000000000000' };

/** What each of a function's ARNs begins with. */
export const FUNCTION = `arn:aws:lambda:${REGION.region}:${REGION.accountId}:function:`;

/**
 * The service behind a front door on a clock that stands still, with functions that are handlers in this process.
 *
 * @param others services whose actions tasks call.
 */
export async function startStepFunctions(
  handlers: Readonly<Record<string, Handler>> = {},
  options: {
    readonly random?: () => number;
    readonly onStatus?: (record: ExecutionRecord) => void;
    readonly others?: (clock: FakeClock, endpoint: string) => readonly Service[];
  } = {},
): Promise<Fixture> {
  const clock = createFakeClock(Date.UTC(2030, 0, 1));
  const frontDoor = await openFrontDoor({ port: 0 });
  const location = { ...REGION, endpoint: frontDoor.endpoint };
  const statuses: Fixture['statuses'] = [];
  const published: Fixture['published'] = [];
  const service = createStepFunctionsService({
    clock,
    location,
    ...(options.random && { random: options.random }),
    // The validator compiles its schemas each time; definition.test.ts is about it.
    checkLanguage: () => [],
    onStatus(record) {
      statuses.push(record.status);
      options.onStatus?.(record);
    },
    targets: () => ({
      lambda: { functionByName: name => functionOf(counted, name), invokeAsync: () => {} },
      sns: {
        publish(topicArn, message) {
          published.push({ topicArn, message });
          return 'message-1';
        },
      },
      endpoint: location,
      hold: () => () => {},
      authorizerOf: () => undefined,
      credentialsOf: () => ({ accessKeyId: 'machine', secretAccessKey: 'x' }),
    }),
  });
  const others = options.others?.(clock, frontDoor.endpoint) ?? [];
  for (const one of [service, ...others]) frontDoor.add(one);
  const sfn = new SFNClient({ ...clientConfig(location), maxAttempts: 1 });
  onTestFinished(async () => {
    sfn.destroy();
    await service.stop();
    // What functions had begun is answered before their services end.
    while (frontDoor.openRequests > 0) await setImmediate();
    for (const one of others) await one.stop();
    await frontDoor.stop();
  });

  let machines = 0;
  let working = 0;
  const counted = Object.fromEntries(
    Object.entries(handlers).map(([name, handler]): [string, Handler] => [
      name,
      async event => {
        working++;
        try {
          return await handler(event);
        } finally {
          working--;
        }
      },
    ]),
  );
  const describe = (arn: string) => sfn.send(new DescribeExecutionCommand({ executionArn: arn }));
  const fixture: Fixture = {
    clock,
    endpoint: frontDoor.endpoint,
    sfn,
    service,
    statuses,
    published,
    async start(definition, input = {}) {
      const { arn } = service.createStateMachine({
        name: `machine-${++machines}`,
        roleArn: ROLE,
        definitionJson: JSON.stringify({ QueryLanguage: 'JSONata', ...definition }),
      });
      const { executionArn = '' } = await sfn.send(
        new StartExecutionCommand({ stateMachineArn: arn, input: JSON.stringify(input) }),
      );
      return executionArn;
    },
    async run(definition, input) {
      const arn = await fixture.start(definition, input);
      for (;;) {
        await fixture.settle();
        const { status, output, error, cause } = await describe(arn);
        if (status !== 'RUNNING') {
          return { arn, status, output: output === undefined ? undefined : JSON.parse(output), error, cause };
        }
        if (clock.timers() > 0) clock.advanceToNext();
      }
    },
    // Expressions are evaluated in many turns of the loop.
    async settle() {
      for (let turn = 0; turn < 20; turn++) await setImmediate();
    },
    async untilQuiet() {
      do await fixture.settle();
      while (working > 0 || frontDoor.openRequests > 0);
    },
    async advance(ms) {
      clock.advance(ms);
      await fixture.settle();
    },
    describe,
    async history(arn) {
      const { events = [] } = await sfn.send(
        new GetExecutionHistoryCommand({ executionArn: arn, maxResults: 1000 }),
      );
      return events;
    },
  };
  return fixture;
}

/** Its error's name is the error's type, as Lambda has it. */
function functionOf(handlers: Readonly<Record<string, Handler>>, name: string): FunctionHost | undefined {
  const key = name.replace(FUNCTION, '');
  const handler = handlers[key];
  if (handler === undefined) return undefined;
  return {
    name: key,
    arn: FUNCTION + key,
    timeoutSeconds: 900,
    reservedConcurrency: undefined,
    initialize: async () => undefined,
    stop: async () => {},
    async invoke(event): Promise<InvokeResult> {
      try {
        return { outcome: 'succeeded', payload: (await handler(event as never)) ?? null };
      } catch (error) {
        if (error === 'throttled') return { outcome: 'throttled' };
        const { name: errorType, message: errorMessage } = error as Error;
        return { outcome: 'failed', error: { errorType, errorMessage, trace: [] } };
      }
    },
  };
}

export function named(name: string, message = 'it failed'): Error {
  return Object.assign(new Error(message), { name });
}
