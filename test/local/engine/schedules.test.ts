import {
  CreateScheduleCommand,
  DeleteScheduleCommand,
  ListSchedulesCommand,
  SchedulerClient,
} from '@aws-sdk/client-scheduler';
import { DeleteMessageCommand, type Message, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, test, vi } from 'vitest';
import type { Engine, EngineOptions } from '../../../local/engine.ts';
import { createFakeClock } from '../fake-clock.ts';
import { FUNCTION, roleWith, shopOf } from '../permissions/function-fixture.ts';
import { errorOf } from '../sqs/sqs-fixture.ts';
import { running } from './running.ts';
import { newFolder, writeAssembly } from './written-assembly.ts';

const NOW = Date.parse('2026-11-25T12:00:30Z');
const HOUR_MS = 3_600_000;
const arnOf = (logicalId: string) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });
const queue = (QueueName: string) => ({ Type: 'AWS::SQS::Queue', Properties: { QueueName } });

/** A role that Scheduler may take, and what it may do. */
const scheduleRole = (statements: readonly object[], trusts = 'scheduler.amazonaws.com') => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: trusts },
          Action: 'sts:AssumeRole',
          Condition: { StringEquals: { 'aws:SourceAccount': '000000000000' } },
        },
      ],
    },
    Policies: [{ PolicyName: 'Send', PolicyDocument: { Statement: statements } }],
  },
});
const maySendTo = (...logicalIds: string[]) =>
  logicalIds.map(id => ({ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: arnOf(id) }));

const schedule = (properties: object = {}, target: object = {}) => ({
  Type: 'AWS::Scheduler::Schedule',
  Properties: {
    Name: 'hourly',
    ScheduleExpression: 'cron(0 * * * ? *)',
    ScheduleExpressionTimezone: 'Europe/Paris',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: {
      Arn: arnOf('Queue'),
      RoleArn: arnOf('Role'),
      Input: '<aws.scheduler.scheduled-time>',
      ...target,
    },
    ...properties,
  },
});

/** Received, and deleted. */
const received = async (engine: Engine, name: string): Promise<Message[]> => {
  const QueueUrl = engine.queues.find(one => one.name === name)?.url;
  const all = { MessageAttributeNames: ['All'], MaxNumberOfMessages: 10 };
  const sqs = new SQSClient(engine.clientConfig);
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, ...all }));
  for (const { ReceiptHandle } of Messages)
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  return Messages;
};
const bodies = async (engine: Engine, name: string) => (await received(engine, name)).map(({ Body }) => Body);

async function shop(resources: Readonly<Record<string, object>>, options: Partial<EngineOptions> = {}) {
  const clock = createFakeClock(NOW);
  const { engine, asFunction } = await shopOf(
    { Queue: queue('queue'), Role: scheduleRole(maySendTo('Queue')), ...resources },
    { clock, ...options },
  );
  return { engine, clock, asFunction };
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-scheduler-schedule.html
test('a schedule of a template sends to its queue, as its role', async () => {
  const { engine, clock } = await shop({ Hourly: schedule() });
  expect(engine.schedules).toMatchObject([
    {
      name: 'hourly',
      group: 'default',
      expression: 'cron(0 * * * ? *)',
      timeZone: 'Europe/Paris',
      logicalId: 'Hourly',
    },
  ]);

  clock.advance(2 * HOUR_MS);

  expect(await bodies(engine, 'queue')).toEqual(['2026-11-25T13:00:00Z', '2026-11-25T14:00:00Z']);
});

test('a schedule is in a group of the template, and gets a name where it has none', async () => {
  const { engine } = await shop({
    Group: { Type: 'AWS::Scheduler::ScheduleGroup', Properties: { Name: 'jobs' } },
    Hourly: schedule({ Name: undefined, GroupName: { Ref: 'Group' } }),
  });

  expect(engine.schedules[0]?.arn).toMatch(
    /^arn:aws:scheduler:us-east-1:000000000000:schedule\/jobs\/Shop-Hourly-[0-9a-f]{12}$/,
  );
});

// https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
test('a role that may not send to the queue leaves the firing in the dead-letter queue', async () => {
  const { engine, clock } = await shop({
    Dead: queue('dead'),
    Role: scheduleRole(maySendTo('Dead')),
    Hourly: schedule({}, { DeadLetterConfig: { Arn: arnOf('Dead') } }),
  });

  clock.advance(HOUR_MS);

  expect(await bodies(engine, 'queue')).toEqual([]);
  const [letter] = await received(engine, 'dead');
  expect(letter?.MessageAttributes?.ERROR_CODE?.StringValue).toBe('AccessDenied');
  expect(letter?.MessageAttributes?.ERROR_MESSAGE?.StringValue).toContain(
    'is not authorized to perform: sqs:SendMessage on resource: arn:aws:sqs:us-east-1:000000000000:queue',
  );
});

// https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html#setting-up-execution-role
test('a role that does not trust Scheduler stops the start, naming the schedule', async () => {
  await expect(
    shop({ Role: scheduleRole(maySendTo('Queue'), 'lambda.amazonaws.com'), Hourly: schedule() }),
  ).rejects.toThrow(
    /Shop\/Hourly: The execution role you provide must allow AWS EventBridge Scheduler to assume the role.*sts:AssumeRole/,
  );
});

// https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-templated.html
test('a schedule invokes a function', async () => {
  const lines: string[] = [];
  const { clock } = await shop(
    {
      Role: scheduleRole([{ Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: arnOf('Fn') }]),
      FunctionRole: roleWith([]),
      Fn: {
        ...FUNCTION,
        Properties: {
          ...FUNCTION.Properties,
          Role: arnOf('FunctionRole'),
          Code: { ZipFile: 'exports.handler = async event => console.log(JSON.stringify(event));' },
        },
      },
      Hourly: schedule({}, { Arn: arnOf('Fn'), Input: '{"at":"<aws.scheduler.scheduled-time>"}' }),
    },
    { onLog: ({ text }) => lines.push(text) },
  );

  clock.advance(HOUR_MS - 30_000);

  await vi.waitFor(() => expect(lines).toEqual(['{"at":"2026-11-25T13:00:00Z"}']), 10_000);
});

const creation = (engine: Engine) => ({
  Name: 'run-1',
  ScheduleExpression: 'at(2026-11-25T12:30:00)',
  FlexibleTimeWindow: { Mode: 'OFF' as const },
  ActionAfterCompletion: 'DELETE' as const,
  Target: {
    Arn: 'arn:aws:scheduler:::aws-sdk:sqs:sendMessage',
    RoleArn: engine.outputs.Shop?.role,
    Input: JSON.stringify({ QueueUrl: engine.queues[0]?.url, MessageBody: 'hello' }),
  },
});

test('a function makes a schedule when it may create it and hand over its role', async () => {
  const mayCreate = {
    Effect: 'Allow',
    Action: ['scheduler:CreateSchedule', 'scheduler:DeleteSchedule'],
    Resource: 'arn:aws:scheduler:us-east-1:000000000000:schedule/default/*',
  };
  const mayPass = {
    Effect: 'Allow',
    Action: 'iam:PassRole',
    Resource: arnOf('Role'),
    Condition: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
  };
  const asWorkerWith = async (statements: readonly object[]) => {
    const clock = createFakeClock(NOW);
    const assembly = await writeAssembly({
      Shop: {
        template: {
          Resources: {
            Queue: queue('queue'),
            Role: scheduleRole(maySendTo('Queue')),
            WorkerRole: roleWith(statements),
            Worker: { ...FUNCTION, Properties: { ...FUNCTION.Properties, Role: arnOf('WorkerRole') } },
          },
          Outputs: { role: { Value: arnOf('Role') } },
        },
      },
    });
    const engine = await running({ assembly, clock });
    const credentials = { accessKeyId: 'function.worker', secretAccessKey: 'local' };
    return { engine, clock, scheduler: new SchedulerClient({ ...engine.clientConfig, credentials }) };
  };

  const allowed = await asWorkerWith([mayCreate, mayPass]);
  await allowed.scheduler.send(new CreateScheduleCommand(creation(allowed.engine)));
  allowed.clock.advance(HOUR_MS);
  expect(await bodies(allowed.engine, 'queue')).toEqual(['hello']);
  expect((await errorOf(allowed.scheduler.send(new DeleteScheduleCommand({ Name: 'run-1' })))).name).toBe(
    'ResourceNotFoundException',
  );
  expect((await errorOf(allowed.scheduler.send(new ListSchedulesCommand({})))).name).toBe(
    'AccessDeniedException',
  );

  for (const [statements, action] of [
    [[mayPass], 'scheduler:CreateSchedule'],
    [[mayCreate], 'iam:PassRole'],
  ] as const) {
    const denied = await asWorkerWith(statements);
    const error = await errorOf(denied.scheduler.send(new CreateScheduleCommand(creation(denied.engine))));
    expect(error.name).toBe('AccessDeniedException');
    expect(error.message).toContain(`is not authorized to perform: ${action}`);
  }
});

test('what schedules there are is kept: one that came due meanwhile fires late, recurring ones go on', async () => {
  // GIVEN a schedule of the API and two of the template
  const data = await newFolder();
  const assembly = await writeAssembly({
    Shop: {
      template: {
        Resources: {
          Queue: queue('queue'),
          Role: scheduleRole(maySendTo('Queue')),
          Hourly: schedule({}, { Input: 'hourly' }),
          Rate: schedule({ Name: 'rate', ScheduleExpression: 'rate(2 hours)' }, { Input: 'rate' }),
        },
        Outputs: { role: { Value: arnOf('Role') } },
      },
    },
  });
  const before = createFakeClock(NOW);
  const first = await running({ assembly, data, clock: before, permissions: 'on' });
  await new SchedulerClient(first.clientConfig).send(new CreateScheduleCommand(creation(first)));
  before.advance(1000);
  expect(await bodies(first, 'queue')).toEqual(['rate']);
  await first.stop();

  // WHEN it comes up a day and ten minutes later
  const after = createFakeClock(NOW + 24 * HOUR_MS + 10 * 60_000);
  const second = await running({ assembly, data, clock: after, permissions: 'on' });
  after.advance(1000);

  // THEN
  expect(await bodies(second, 'queue')).toEqual(['hello']);
  after.advance(2 * HOUR_MS);
  expect((await bodies(second, 'queue')).sort()).toEqual(['hourly', 'hourly', 'rate']);
});
