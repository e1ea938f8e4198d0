import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { publishDevState } from '../../bin/commands/dev-state.ts';
import { toScheduleInput } from '../../contract/firing.ts';
import { runIdOfKey } from '../../contract/run-id.ts';
import { newFolder } from '../local/engine/written-assembly.ts';
import { arnOf, CLOCKWORK, LEAP_DAYS, schedule } from './deployed-schedules.ts';
import { cli, deployed, json, SHOP } from './deployed-stack.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

async function clockwork(resources: object = {}) {
  const { engine } = await deployed({ Shop: { ...CLOCKWORK, ...resources } });
  const sqs = new SQSClient(engine.clientConfig);
  const queue = engine.queues.find(({ logicalId }) => logicalId === 'Queue');
  const QueueUrl = queue?.url;
  return {
    engine,
    /** As an application makes one, by a name in the group that it may use. */
    async make(Name: string, Input: string) {
      await new SchedulerClient(engine.clientConfig).send(
        new CreateScheduleCommand({
          GroupName: 'later',
          Name,
          ScheduleExpression: LEAP_DAYS,
          FlexibleTimeWindow: { Mode: 'OFF' },
          Target: {
            Arn: `arn:aws:sqs:us-east-1:000000000000:${queue?.name}`,
            RoleArn: 'arn:aws:iam::000000000000:role/fires',
            Input,
          },
        }),
      );
    },
    async messages() {
      const receive = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 });
      const { Messages = [] } = await sqs.send(receive);
      return Messages.map(({ Body = '' }): unknown => JSON.parse(Body));
    },
  };
}

describe('schedules', () => {
  it('shows those of the stack and those of applications with their next five times, and no runs that wait', async () => {
    const { make } = await clockwork({ Off: schedule('Shop/Off', 'rate(5 minutes)', { State: 'DISABLED' }) });
    await make('key.digest-7', toScheduleInput('greet', { name: 'digest-7' }, '{}'));
    await make('0197a3c2-11ff-7000-8000-00aa00bb00cc.0', '{}');

    const { code, stdout, stderr } = await cli('schedules', '--stack', 'Shop');

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const times = (offset: string) =>
      `  next  DAY 03:30 ${offset}\n${`        DAY 03:30 ${offset}\n`.repeat(4)}`;
    expect(stdout.replaceAll(/\w{3} \d{4}-02-29/g, 'DAY')).toBe(
      [
        `Shop/Leap  greet\n  cron(30 3 29 2 ? *) Europe/Paris\n${times('+01:00')}`,
        'Shop/Off  greet  disabled\n  rate(5 minutes) Europe/Paris\n',
        `digest-7  greet\n  cron(30 3 29 2 ? *) UTC\n${times('+00:00')}`,
      ].join('\n'),
    );
  });

  it('shows when one was due last, and the run of that time', async () => {
    const { engine } = await clockwork({ Daily: schedule('Shop/Daily', 'rate(1 day)') });
    const list = async () => json(await cli('schedules', 'list', '--stack', 'Shop', '--json')) as Report[];
    const dailyOf = (reports: readonly Report[]) => reports.find(({ name }) => name === 'Shop/Daily');
    const before = dailyOf(await list());
    expect(before?.last).toEqual({ dueAt: expect.any(String) });
    const dueAt = `${before?.last?.dueAt}`.replace(/\.\d+Z$/, 'Z');
    const runId = runIdOfKey('greet', `${before?.arn} ${dueAt}`);
    await new DynamoDBClient(engine.clientConfig).send(
      new PutItemCommand({
        TableName: engine.tables[0]?.name,
        Item: {
          ...{ runId: { S: runId }, task: { S: 'greet' }, status: { S: 'succeeded' } },
          ...{ epoch: { N: '0' }, attempt: { N: '1' }, createdAt: { N: '1' } },
        },
      }),
    );

    const after = dailyOf(await list());

    expect(after?.last).toEqual({ dueAt: before?.last?.dueAt, runId, status: 'succeeded' });
    expect(after?.next).toHaveLength(5);
  });

  it('shows those of a running dev', async () => {
    const { engine } = await clockwork();
    const folder = await newFolder();
    await publishDevState(folder, engine);

    expect(json(await cli('schedules', '--app', folder, '--json'))).toMatchObject([
      { name: 'Shop/Leap', scheduleName: 'Shop-Leap', group: 'fixed', task: 'greet', enabled: true },
    ]);
  });
});

describe('schedules run', () => {
  it('fires one now, as a run of its own, and says which that is', async () => {
    const { messages } = await clockwork();

    const [fired] = json(await cli('schedules', 'run', 'Leap', '--stack', 'Shop', '--json'));

    expect(fired).toEqual({ name: 'Shop/Leap', task: 'greet', runId: expect.any(String) });
    const { runId } = fired as { runId: string };
    const [message] = await messages();
    const { schedule, ...envelope } = message as { schedule: { at: string } };
    expect(envelope).toEqual({ v: 1, runId, epoch: 0, task: 'greet', payload: { name: 'Ada' }, depth: 0 });
    expect(schedule).toEqual({
      name: 'Shop/Leap',
      arn: expect.stringMatching(/:schedule\/fixed\/Shop-Leap$/),
      at: expect.any(String),
    });
    expect(Date.now() - Date.parse(schedule.at)).toBeLessThan(60_000);
  });

  it('fires one of an application by its key, in a running dev', async () => {
    const { engine, make, messages } = await clockwork();
    await make('key.digest-7', toScheduleInput('greet', { name: 'digest-7' }, '{}'));
    const folder = await newFolder();
    await publishDevState(folder, engine);

    const { stdout } = await cli('schedules', 'run', 'digest-7', '--app', folder);

    expect(stdout).toMatch(/^fired: digest-7, run [0-9a-f-]{36}\n$/);
    expect(await messages()).toMatchObject([{ task: 'greet', schedule: { name: 'digest-7' } }]);
  });
});

describe('the command fails with one line and exit code 1, and fires nothing,', () => {
  it('for a schedule that nobody knows, one of two, and one of no task', async () => {
    const { messages } = await clockwork({
      Second: schedule('Admin/Leap', LEAP_DAYS),
      Raw: schedule('Raw', LEAP_DAYS, {
        Target: { Arn: arnOf('Queue'), RoleArn: arnOf('ScheduleRole'), Input: 'tick' },
      }),
    });
    for (const [name, message] of [
      ['Nightly', /there is no schedule Nightly; there are (Shop\/Leap|Admin\/Leap|Raw), /],
      ['Leap', /Leap is the name of 2 schedules; give more of one: .*Admin\/Leap \(fixed\/Admin-Leap\)/],
      ['Raw', /schedule Raw sends no task, but something else to arn:aws:sqs:/],
    ] as const) {
      const { code, stdout, stderr } = await cli('schedules', 'run', name, '--stack', 'Shop');
      expect(stderr).toMatch(message);
      expect(stderr).toMatch(/^background-jobs: [^\n]+\n$/);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    }
    expect(await messages()).toEqual([]);
  });

  it('for a stack without schedules, and an environment that knows none', async () => {
    await deployed({ Shop: SHOP });
    const stack = await cli('schedules', 'run', 'Leap', '--stack', 'Shop');
    expect(stack).toMatchObject({ code: 1, stdout: '' });
    expect(stack.stderr).toMatch(
      /^background-jobs: stack Shop has no schedule, and no group of them; [^\n]+\n$/,
    );
    const queue = { url: 'http://127.0.0.1/1/q', deadLetterUrl: 'd', table: 't', tasks: ['greet'] };
    vi.stubEnv('BACKGROUND_JOBS', JSON.stringify([queue]));
    const environment = await cli('schedules', '--env');
    expect(environment).toMatchObject({ code: 1, stdout: '' });
    expect(environment.stderr).toMatch(
      /^background-jobs: the queues of the variable BACKGROUND_JOBS have no schedules/,
    );
  });
});

interface Report {
  readonly name: string;
  readonly arn: string;
  readonly last?: { readonly dueAt: string; readonly runId?: string; readonly status?: string };
  readonly next: readonly string[];
}
