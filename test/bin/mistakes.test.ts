import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { ListSchedulesCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { ListExecutionsCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { program } from '../../bin/program.ts';
import type { Engine } from '../../local/engine.ts';
import { accessKeyIdOf } from '../../local/lambda/environment-variables.ts';
import { letterBody } from '../client/dead-letter-fixture.ts';
import { newFolder } from '../local/engine/written-assembly.ts';
import { CLOCKWORK } from './deployed-schedules.ts';
import { deployed } from './deployed-stack.ts';
import { FLOWS } from './deployed-workflows.ts';
import { mainHere } from './main-here.ts';

beforeEach(() => {
  vi.spyOn(process, 'stdin', 'get').mockReturnValue({ isTTY: false } as typeof process.stdin);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const REASON = ['--reason', 'no use'];

/** A call of each verb that works on a stack, all of which would do something. */
const CALLS: readonly (readonly string[])[] = [
  ['send', 'greet', '{}'],
  ['runs'],
  ['runs', 'a'],
  ['counts'],
  ['cancel', 'queued', '--yes'],
  ['cancel', '--all', '--task', 'greet', '--yes'],
  ['dead-letters'],
  ['dead-letters', '--group'],
  ['dead-letters', '--queue'],
  ['redrive', 'a', '--yes'],
  ['redrive', '--all', '--yes'],
  ['discard', 'a', ...REASON, '--yes'],
  ['discard', '--all', ...REASON, '--yes'],
  ['schedules', 'list'],
  ['schedules', 'run', 'Leap'],
  ['workflows'],
  ['executions', 'resting'],
];

it('a call of each verb is among those that are tried', () => {
  const ofDevAlone = ['dev', 'logs', 'queues'];
  const tried = CALLS.map(([verb]) => verb);
  const verbs = program.commands.map(command => command.name()).filter(name => !ofDevAlone.includes(name));

  expect(new Set(tried)).toEqual(new Set(verbs));
});

/** A stack with messages, letters, schedules and executions; and all that it holds, to be compared. */
async function shop(resources: object = {}) {
  const { engine, send } = await deployed({ Shop: { ...CLOCKWORK, ...FLOWS, ...resources } });
  for (const run of ['a', 'b']) await send('Dead', letterBody(run));
  const queued = await mainHere(['send', 'greet', '{}', '--key', 'k', '--stack', 'Shop']);
  expect(queued).toMatchObject({ code: 0, stderr: '' });
  const stateMachineArn = engine.stateMachines[0]?.arn;
  const sfn = new SFNClient(engine.clientConfig);
  await sfn.send(new StartExecutionCommand({ stateMachineArn, name: 'resting', input: '{"wait":true}' }));
  return { engine, contents: () => contentsOf(engine) };
}

async function contentsOf({ clientConfig, queues, tables, stateMachines }: Engine) {
  const [sqs, dynamodb] = [new SQSClient(clientConfig), new DynamoDBClient(clientConfig)];
  const [sfn, scheduler] = [new SFNClient(clientConfig), new SchedulerClient(clientConfig)];
  return {
    queues: await Promise.all(
      queues.map(async ({ url: QueueUrl }) => {
        const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] });
        const { Attributes = {} } = await sqs.send(asked);
        return Object.entries(Attributes).filter(([name]) => name.startsWith('ApproximateNumber'));
      }),
    ),
    items: await Promise.all(
      tables.map(async ({ name }) => (await dynamodb.send(new ScanCommand({ TableName: name }))).Items),
    ),
    schedules: (await scheduler.send(new ListSchedulesCommand({}))).Schedules,
    executions: await Promise.all(
      stateMachines.map(
        async ({ arn }) => (await sfn.send(new ListExecutionsCommand({ stateMachineArn: arn }))).executions,
      ),
    ),
  };
}

async function expectRefused(args: readonly string[], message: RegExp): Promise<void> {
  const { code, stdout, stderr } = await mainHere(args);
  const typed = args.join(' ');
  expect(stderr, typed).toMatch(message);
  expect(stderr, typed).toMatch(/^background-jobs: [^\n]+\n$/);
  expect({ code, stdout }, typed).toEqual({ code: 1, stdout: '' });
}

describe('every verb fails with one line and exit code 1, and changes nothing,', () => {
  it('for a stack that is not there', async () => {
    const { contents } = await shop();
    const before = await contents();

    for (const call of CALLS) {
      await expectRefused([...call, '--stack', 'Shpo'], /there is no stack Shpo in us-east-1 /);
    }

    expect(await contents()).toEqual(before);
  });

  it('without credentials', async () => {
    const { contents } = await shop();
    const before = await contents();
    const folder = await newFolder();
    for (const [name, value] of Object.entries({
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: `${folder}/config`,
      AWS_SHARED_CREDENTIALS_FILE: `${folder}/credentials`,
      AWS_ACCESS_KEY_ID: undefined,
      AWS_SECRET_ACCESS_KEY: undefined,
      AWS_PROFILE: undefined,
    }))
      vi.stubEnv(name, value);

    for (const call of CALLS) {
      await expectRefused(
        [...call, '--stack', 'Shop'],
        /credentials.*; log in as for the AWS CLI, or choose another --profile/i,
      );
    }

    expect(await contents()).toEqual(before);
  });

  it('without permission, naming who may not do what', async () => {
    const { engine, contents } = await shop();
    const before = await contents();
    vi.stubEnv('AWS_ACCESS_KEY_ID', accessKeyIdOf(engine.functions[0]?.name ?? ''));

    for (const call of CALLS) {
      await expectRefused(
        [...call, '--stack', 'Shop'],
        /User: \S+ is not authorized to perform: cloudformation:ListStackResources on resource: \S+stack\/Shop\//,
      );
    }

    expect(await contents()).toEqual(before);
  });

  it('where no dev runs', async () => {
    const folder = await newFolder();

    for (const call of [...CALLS, ['queues'], ['logs']]) {
      await expectRefused(
        [...call, '--app', folder],
        /nothing runs for \S+; start it with "background-jobs dev"/,
      );
    }
  });
});

describe('a verb fails with one line and exit code 1, and changes nothing,', () => {
  it.each<[what: string, calls: (readonly [args: readonly string[], message: RegExp])[]]>([
    [
      'for a run, an execution or a schedule that nobody knows',
      [
        [['runs', 'nobody'], /there is no run nobody/],
        [['cancel', 'nobody', '--yes'], /There is no run nobody/i],
        [['redrive', 'nobody', '--yes'], /There is no run nobody/],
        [['redrive', 'nobody', '--payload', '{}', '--yes'], /there is no run nobody/],
        [['discard', 'nobody', ...REASON, '--yes'], /There is no run nobody/],
        [['executions', 'nobody'], /there is no execution nobody/],
        [['schedules', 'run', 'nobody'], /there is no schedule nobody; there are Shop\/Leap/],
      ],
    ],
    [
      'for a task that no queue carries',
      [
        [['send', 'greeet', '{}'], /no queue carries a task 'greeet'; there are greet/],
        [['runs', '--task', 'greeet'], /no queue carries a task 'greeet'/],
        [['cancel', '--all', '--task', 'greeet', '--yes'], /no queue .*task 'greeet'/i],
        [['dead-letters', '--queue', '--task', 'greeet'], /no queue .*task 'greeet'/i],
      ],
    ],
    [
      'without a terminal to ask on',
      [
        [['cancel', 'a'], /no terminal to ask on, so nothing was changed; pass --yes/],
        [['cancel', '--all', '--task', 'greet'], /no terminal to ask on/],
        [['redrive', 'a'], /no terminal to ask on/],
        [['redrive', '--all'], /no terminal to ask on/],
        [['discard', 'a', ...REASON], /no terminal to ask on/],
        [['discard', '--all', ...REASON], /no terminal to ask on/],
      ],
    ],
    [
      'with a target that is not clear',
      [
        [['cancel', '--yes'], /give a run's id, or --all/],
        [['redrive', '--yes'], /give a run's id, or --all/],
        [['discard', ...REASON, '--yes'], /give a run's id, or --all/],
        [['cancel', 'a', '--all', '--yes'], /a run's id or --all, not both/],
        [['cancel', 'a', '--task', 'greet', '--yes'], /--task goes with --all/],
        [['cancel', '--all', '--yes'], /--all needs a --task/],
        [['redrive', 'a', '--text', 'x', '--yes'], /--text goes with --all/],
        [['discard', 'a', '--cause', 'lost', ...REASON, '--yes'], /--cause goes with --all/],
        [['redrive', 'a', '--limit', '1', '--yes'], /--limit goes with --all/],
        [['redrive', 'a', '--dry-run'], /--dry-run goes with --all/],
        [['discard', 'a', ...REASON, '--dry-run'], /--dry-run goes with --all/],
        [['cancel', 'a', '--dry-run'], /--dry-run goes with --all/],
        [['redrive', '--all', '--payload', '{}', '--yes'], /--payload goes with a run's id/],
        [['redrive', '--all', '--even-if-discarded', '--yes'], /--even-if-discarded goes with a run's id/],
      ],
    ],
  ])('%s', async (_, calls) => {
    const { contents } = await shop();
    const before = await contents();

    for (const [args, message] of calls) await expectRefused([...args, '--stack', 'Shop'], message);

    expect(await contents()).toEqual(before);
  });

  it('for a task that two queues carry', async () => {
    const { engine, contents } = await shop();
    const before = await contents();
    const queues = engine.queues.map(({ url }) => ({
      ...{ url, deadLetterUrl: url, table: engine.tables[0]?.name, tasks: ['greet'] },
    }));
    vi.stubEnv('BACKGROUND_JOBS', JSON.stringify(queues));

    for (const call of [
      ['send', 'greet', '{}'],
      ['runs', '--task', 'greet'],
      ['cancel', '--all', '--task', 'greet', '--yes'],
      ['dead-letters', '--queue', '--task', 'greet'],
    ]) {
      await expectRefused([...call, '--env'], /Task 'greet' is carried by two queues, /);
    }

    expect(await contents()).toEqual(before);
  });
});
