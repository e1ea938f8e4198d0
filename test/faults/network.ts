import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Cloud, ServiceName } from './cloud.ts';
import type { FaultPlan } from './fault-plan.ts';
import type { History } from './history.ts';
import type { Machine } from './machine.ts';
import type { Random } from './random.ts';
import type { StepClock } from './step-clock.ts';

export interface NetworkOptions {
  readonly cloud: Cloud;
  readonly clock: StepClock;
  readonly random: Random;
  readonly faults: FaultPlan;
  readonly history: History;
}

/** The way between the SDK's clients and AWS, with what goes wrong on it. */
export interface Network {
  /** Requests that have not arrived; they will, though their senders may be dead. */
  readonly underWay: number;
  clientsOf(machine: Machine): { readonly sqs: SQSClient; readonly dynamodb: DynamoDBClient };
}

/** As the SDK's standard mode. */
const MAX_ATTEMPTS = 3;

const RETRYABLE = new Set(['ThrottlingException', 'InternalServerError', 'TimeoutError']);

export function createNetwork(options: NetworkOptions): Network {
  const { cloud, clock, random, faults, history } = options;
  let underWay = 0;

  /** What the SDK does for one call of `send`. */
  async function call(machine: Machine, service: ServiceName, command: Command): Promise<object> {
    const action = command.constructor.name.replace(/Command$/, '');
    for (let attempt = 1; ; attempt++) {
      try {
        return await request(machine, service, action, command.input);
      } catch (error) {
        const retryable = error instanceof Error && RETRYABLE.has(error.name);
        if (!retryable || attempt === MAX_ATTEMPTS) throw error;
        await machine.clock.sleep(random.between(50, 100 * 2 ** attempt));
      }
    }
  }

  async function request(machine: Machine, service: ServiceName, action: string, input: object) {
    await machine.goesOn();
    const fault = faults.request(service, action);
    const note = (outcome: string, answer: object = {}) =>
      history.note(
        machine.name,
        () => `${action} ${outcome} ${describe(input)} -> ${describe(answer)}`,
        input,
      );
    underWay++;
    await clock.sleep(fault === 'slow' ? random.between(2000, 120_000) : random.between(1, 40));
    underWay--;
    if (fault === 'throttled' || fault === 'serverError') {
      note(fault);
      throw failure(fault === 'throttled' ? 'ThrottlingException' : 'InternalServerError');
    }
    if (fault === 'crashBefore') {
      note('not sent: CRASH');
      machine.die();
      return await new Promise<never>(() => {});
    }
    let answer: object;
    try {
      answer = await performed(service, action, input, fault === 'partial');
      note(fault ?? '', answer);
    } catch (error) {
      note(`${fault ?? ''} refused: ${error instanceof Error ? error.name : error}`);
      if (fault !== 'lostAnswer') throw error;
      throw failure('TimeoutError');
    }
    if (fault === 'crashAfter') {
      note('answered: CRASH');
      machine.die();
    }
    await clock.sleep(random.between(1, 20));
    await machine.goesOn();
    if (fault === 'lostAnswer') throw failure('TimeoutError');
    return answer;
  }

  async function performed(
    service: ServiceName,
    action: string,
    input: object,
    partial: boolean,
  ): Promise<object> {
    const all = 'Entries' in input && Array.isArray(input.Entries) ? (input.Entries as { Id: string }[]) : [];
    const refused = partial ? all.filter(() => random.chance(0.5)) : [];
    const taken = all.filter(entry => !refused.includes(entry));
    const whole = all.length === 0 || taken.length > 0;
    const answer = whole
      ? await cloud.perform(service, action, refused.length > 0 ? { ...input, Entries: taken } : input)
      : {};
    if (refused.length === 0) return answer;
    const failed = 'Failed' in answer && Array.isArray(answer.Failed) ? answer.Failed : [];
    return { ...answer, Failed: [...failed, ...refused.map(({ Id }) => ({ Id, ...PARTIAL }))] };
  }

  return {
    get underWay() {
      return underWay;
    },
    clientsOf(machine) {
      const send = (service: ServiceName) => (command: Command) => call(machine, service, command);
      return {
        sqs: Object.assign(Object.create(SQS) as SQSClient, { send: send('sqs') }),
        dynamodb: Object.assign(Object.create(DYNAMODB) as DynamoDBClient, { send: send('dynamodb') }),
      };
    },
  };
}

const CONFIG = { region: 'eu-west-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
const SQS = new SQSClient(CONFIG);
const DYNAMODB = new DynamoDBClient(CONFIG);

interface Command {
  readonly input: object;
}

const PARTIAL = { Code: 'InternalError', Message: 'not this one', SenderFault: false };

const failure = (name: string) => Object.assign(new Error(`injected: ${name}`), { name });

const SHOWN =
  /"(status|epoch|attempt|leaseId|leaseUntil|cause|Failed|:status|:epoch|:seenStatus)":(\{[^}]*\}|[^,}\]]+)/g;

function describe(value: object): string {
  const shown = [...JSON.stringify(value).replaceAll('\\"', '"').matchAll(SHOWN)];
  return `[${shown.map(([, name, text = '']) => `${name}=${text.replace(/^\{"[SN]":|[{}"]/g, '').slice(0, 13)}`).join(' ')}]`;
}
