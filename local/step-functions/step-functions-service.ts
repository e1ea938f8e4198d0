import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Clock } from '../clock.ts';
import type { JsonObject } from '../json-value.ts';
import { AccessDenied } from '../permissions/access-denied.ts';
import type { Location, Service } from '../service.ts';
import { authorizeRequest } from './authorize-request.ts';
import { parseDefinition } from './definition/parse-definition.ts';
import { Execution, type ExecutionRecord, newRecord } from './execution/execution.ts';
import type { SentEvent } from './execution/history.ts';
import { Input } from './input.ts';
import { readSavedExecution, savedExecution } from './saved-execution.ts';
import type { StateMachine } from './state-machine.ts';
import { StepFunctionsError } from './step-functions-error.ts';
import { executionArnOf, type StepFunctionsStore } from './store.ts';
import { awsCallsOf, type TaskTargets } from './tasks/aws-calls.ts';
import { TaskTokens } from './tasks/task-tokens.ts';
import { VERBS } from './verbs.ts';

/** Step Functions with Standard state machines of JSONata states. */
export interface StepFunctionsService extends Service {
  /** @throws DefinitionError for what the local engine does not run; an Error for a name that is taken. */
  createStateMachine(machine: { name: string; roleArn: string; definitionJson: string }): StateMachine;
  /** As StartExecution does, for a service. @returns false where there is no such machine */
  start(arn: string, inputJson: string): boolean;
  executions(): readonly Execution[];
  /** Names. */
  stateMachines(): readonly string[];
  /** A machine's executions, to outlive the engine. */
  save(stateMachineName: string): readonly JsonObject[];
  /** Those that had not ended wait for `resume`. @throws StartError for what `save` did not answer */
  restore(stateMachineName: string, executions: readonly JsonObject[]): void;
  /** Lets a machine's restored executions go on: each from the state it was in. */
  resume(stateMachineName: string): void;
}

export interface StepFunctionsOptions {
  readonly clock: Clock;
  readonly location: Location;
  readonly targets: () => TaskTargets;
  /** Told whenever an execution has come further. @default nobody is told */
  readonly onChanged?: () => void;
  /** Told when an execution starts, ends, or is redriven. @default nobody is told */
  readonly onStatus?: (record: ExecutionRecord) => void;
  /** What the language's own rules say of a definition. @default the validator */
  readonly checkLanguage?: (definition: JsonObject) => string[];
  /** For jitter. @default Math.random */
  readonly random?: () => number;
}

export function createStepFunctionsService(options: StepFunctionsOptions): StepFunctionsService {
  const { clock, location, targets } = options;
  const { onChanged = () => {}, onStatus = () => {}, random = Math.random } = options;
  const machines = new Map<string, StateMachine>();
  const executions = new Map<string, Execution>();
  const tokens = new TaskTokens();

  const arnOf = (name: string) =>
    `arn:aws:states:${location.region}:${location.accountId}:stateMachine:${name}`;

  function add(machine: StateMachine, record: ExecutionRecord, events?: readonly SentEvent[]): Execution {
    const execution = new Execution(
      record,
      {
        machine,
        clock,
        region: location.region,
        tokens,
        callAws: awsCallsOf(machine, targets),
        random,
        onChanged,
        onStatus,
      },
      events,
    );
    executions.set(record.arn, execution);
    return execution;
  }

  const executionsOf = (name: string) =>
    [...executions.values()].filter(({ machine }) => machine.name === name);

  const store: StepFunctionsStore = {
    now: () => clock.now(),
    tokens,
    machines,
    executions,
    start(machine, name, inputJson, traceHeader) {
      const arn = executionArnOf(machine, name);
      const record = newRecord(machine, {
        arn,
        name,
        inputJson,
        startedAt: clock.now(),
        ...(traceHeader !== undefined && { traceHeader }),
      });
      const execution = add(machine, record);
      execution.start();
      return execution;
    },
  };

  return {
    signingName: 'states',
    async handle(request, response, authorize) {
      const send = (status: number, answer: object) =>
        response
          .writeHead(status, {
            'content-type': 'application/x-amz-json-1.0',
            'x-amzn-requestid': randomUUID(),
          })
          .end(JSON.stringify(answer));
      try {
        const action = actionOf(request);
        const verb = Object.entries(VERBS).find(([name]) => name === action)?.[1];
        if (verb === undefined)
          throw new StepFunctionsError('UnknownOperationException', `Unknown action ${action}`);
        if (verb === 'refused') {
          const message = `${action} is not supported by the local Step Functions.`;
          throw new StepFunctionsError('UnsupportedOperation', message);
        }
        const input = new Input(await text(request));
        if (authorize) authorizeRequest(authorize, action, input, store);
        const traceHeader = request.headers['x-amzn-trace-id'];
        send(
          200,
          verb(store, input, { traceHeader: typeof traceHeader === 'string' ? traceHeader : undefined }),
        );
      } catch (error) {
        const failure =
          error instanceof AccessDenied
            ? new StepFunctionsError('AccessDeniedException', error.message)
            : error;
        if (!(failure instanceof StepFunctionsError)) throw failure;
        send(400, { __type: failure.code, message: failure.message });
      }
    },
    createStateMachine({ name, roleArn, definitionJson }) {
      const arn = arnOf(name);
      if (machines.has(arn)) {
        throw new Error(`State machine ${name} exists already; give each state machine a name of its own`);
      }
      const definition = parseDefinition(definitionJson, options.checkLanguage);
      const machine = { name, arn, roleArn, definition, definitionJson, createdAt: clock.now() };
      machines.set(arn, machine);
      return machine;
    },
    start(arn, inputJson) {
      const machine = machines.get(arn);
      if (machine) store.start(machine, randomUUID(), inputJson, undefined);
      return machine !== undefined;
    },
    executions: () => [...executions.values()],
    stateMachines: () => [...machines.values()].map(({ name }) => name),
    save: name => executionsOf(name).map(savedExecution),
    restore(name, saved) {
      const machine = machines.get(arnOf(name));
      if (machine === undefined) throw new Error(`there is no state machine ${name} to restore`);
      for (const one of saved) {
        const { record, events } = readSavedExecution(one);
        add(machine, record, events);
      }
    },
    resume(name) {
      for (const execution of executionsOf(name))
        if (execution.record.status === 'RUNNING') execution.resume();
    },
    async stop() {
      await Promise.all([...executions.values()].map(execution => execution.putAway()));
    },
  };
}

function actionOf(request: IncomingMessage): string {
  const target = String(request.headers['x-amz-target'] ?? '');
  return /^AWSStepFunctions\.(\w+)$/.exec(target)?.[1] ?? target;
}
