import { Match, Template } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { expect, test } from 'vitest';
import { RunTable } from '../../lib/index.ts';
import { allowed, newFunction, newQueue, newStack, queuesOf, statementsOf } from './stack.ts';

const SENDING = ['dynamodb:PutItem on EmailRunsTable', 'sqs:SendMessage on EmailQueue'];
const READING = [
  'dynamodb:GetItem dynamodb:BatchGetItem on EmailRunsTable',
  'dynamodb:Query on EmailRunsTable/index/byTask EmailRunsTable/index/deadLetters',
  'sqs:GetQueueAttributes on EmailQueue',
  'sqs:GetQueueAttributes on EmailDeadLetterQueue',
];
const MANAGING = [
  'dynamodb:UpdateItem on EmailRunsTable',
  'sqs:ReceiveMessage sqs:DeleteMessage sqs:ChangeMessageVisibility on EmailDeadLetterQueue',
];

test('the consumer may receive, send again, dead-letter and update its runs, and read none', () => {
  const stack = newStack();
  newQueue(stack);

  expect(allowed(statementsOf(Template.fromStack(stack), 'EmailConsumerRole'))).toEqual([
    'dynamodb:UpdateItem on EmailRunsTable',
    'sqs:ReceiveMessage sqs:DeleteMessage sqs:GetQueueAttributes sqs:ChangeMessageVisibility on EmailQueue',
    'sqs:SendMessage on EmailDeadLetterQueue',
    'sqs:SendMessage on EmailQueue',
  ]);
});

test.each([
  ['grantSend', SENDING],
  ['grantRead', READING],
  ['grantManage', [...SENDING, ...READING, ...MANAGING]],
] as const)('%s allows its actions on its own resources and no more', (grant, expected) => {
  const stack = newStack();
  newQueue(stack)[grant](newFunction(stack)).assertSuccess();
  const template = Template.fromStack(stack);

  // CDK merges statements that are alike but for the resource.
  const lines = allowed(statementsOf(template, 'ApiServiceRole')).flatMap(line => {
    const [actions = '', resources = ''] = line.split(' on ');
    return actions.startsWith('sqs:GetQueueAttributes')
      ? resources.split(' ').map(resource => `${actions} on ${resource}`)
      : [line];
  });
  expect(lines.sort()).toEqual([...expected].sort());
  expect(queuesOf(template, 'Api')).toMatchObject([{ url: '<EmailQueue>', tasks: ['send-welcome-email'] }]);
});

test('grantSchedule allows what grantSend does, to move a run, and the schedules of one group for one role', () => {
  const stack = newStack();
  newQueue(stack).grantSchedule(newFunction(stack)).assertSuccess();
  const template = Template.fromStack(stack);

  const statements = statementsOf(template, 'ApiServiceRole');
  expect(allowed(statements)).toEqual(
    expect.arrayContaining([...SENDING, 'dynamodb:GetItem dynamodb:UpdateItem on EmailRunsTable']),
  );
  const group = { Ref: expect.stringMatching(/^EmailSendLaterDeliveryGroup/) };
  const role = { 'Fn::GetAtt': [expect.stringMatching(/^EmailSendLaterDeliveryRole/), 'Arn'] };
  const schedules = (name: unknown[]) => ({
    'Fn::Join': [
      '',
      [
        'arn:',
        { Ref: 'AWS::Partition' },
        ':scheduler:',
        { Ref: 'AWS::Region' },
        ':',
        { Ref: 'AWS::AccountId' },
        ...name,
      ],
    ],
  });
  expect(
    statements.filter(({ Action }) => ![Action].flat().some(name => /^(dynamodb|sqs):/.test(name))),
  ).toEqual([
    {
      Effect: 'Allow',
      Action: [
        'scheduler:CreateSchedule',
        'scheduler:UpdateSchedule',
        'scheduler:DeleteSchedule',
        'scheduler:GetSchedule',
      ],
      Resource: schedules([':schedule/', group, '/*']),
    },
    { Effect: 'Allow', Action: 'scheduler:ListSchedules', Resource: schedules([':schedule/*/*']) },
    {
      Effect: 'Allow',
      Action: 'iam:PassRole',
      Resource: role,
      Condition: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
    },
  ]);
  expect(allowed(statements)).toEqual(expect.arrayContaining(SENDING));
  expect(queuesOf(template, 'Api')).toMatchObject([
    {
      schedules: {
        group: '<EmailSendLaterDeliveryGroup>',
        role: '<EmailSendLaterDeliveryRole>',
        queue: '<EmailQueue>',
        deadLetter: '<EmailSendLaterUndeliveredQueue>',
      },
    },
  ]);
});

test('a function that was not granted it knows no schedules, whenever it was granted to send', () => {
  const stack = newStack();
  const queue = newQueue(stack);
  queue.grantSend(newFunction(stack, 'Before'));
  queue.grantSchedule(newFunction(stack));
  queue.grantSend(newFunction(stack, 'After'));
  const template = Template.fromStack(stack);

  for (const fn of ['Before', 'After', 'EmailConsumer']) {
    expect(queuesOf(template, fn)).toEqual([expect.not.objectContaining({ schedules: expect.anything() })]);
  }
});

test.each([
  'before',
  'after',
])('the environment for code outside Lambda knows the schedules that were granted %s it was asked for', when => {
  const stack = newStack();
  const queue = newQueue(stack);
  if (when === 'before') queue.grantSchedule(newFunction(stack));
  const { environment } = queue;
  if (when === 'after') queue.grantSchedule(newFunction(stack));

  expect(JSON.stringify(stack.resolve(environment))).toMatch(/schedules.*EmailSendLaterDeliveryGroup/);
});

test('what is sent for later goes by a role that may send to the queue and to a dead-letter queue with an alarm', () => {
  const stack = newStack();
  const queue = newQueue(stack);
  queue.grantSchedule(newFunction(stack));
  queue.grantSchedule(newFunction(stack, 'Worker'));
  const template = Template.fromStack(stack);

  expect(allowed(statementsOf(template, 'EmailSendLaterDeliveryRole'))).toEqual([
    'sqs:SendMessage on EmailQueue',
    'sqs:SendMessage on EmailSendLaterUndeliveredQueue',
  ]);
  template.resourceCountIs('AWS::Scheduler::ScheduleGroup', 1);
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmDescription: Match.stringLikeRegexp('sent for later.*Stack/Email'),
  });
});

test('a queue that nobody sends to for later has no group and no role for it', () => {
  const stack = newStack();
  newQueue(stack).grantSend(newFunction(stack));

  Template.fromStack(stack).resourceCountIs('AWS::Scheduler::ScheduleGroup', 0);
});

test('a consumer that sends to its own queue keeps what it knows as its consumer', () => {
  const stack = newStack();
  const queue = newQueue(stack);
  queue.grantSend(queue.consumer);

  expect(queuesOf(Template.fromStack(stack), 'EmailConsumer')).toMatchObject([
    { consumer: { concurrency: 10 } },
  ]);
});

test('a role is granted, and is given the environment by hand', () => {
  const stack = newStack();
  const queue = newQueue(stack);
  const role = new iam.Role(stack, 'Server', {
    assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com'),
  });
  queue.grantSend(role);

  expect(allowed(statementsOf(Template.fromStack(stack), 'Server'))).toEqual(SENDING);
  expect(JSON.stringify(stack.resolve(queue.environment))).toMatch(
    /^\{"BACKGROUND_JOBS":.*EmailQueue.*EmailDeadLetterQueue.*EmailRunsTable.*send-welcome-email/,
  );
});

test('an alias is granted without an environment', () => {
  const stack = newStack();
  const fn = newFunction(stack);
  newQueue(stack).grantSend(fn.addAlias('live'));
  const template = Template.fromStack(stack);

  expect(allowed(statementsOf(template, 'ApiServiceRole'))).toEqual(SENDING);
  template.hasResourceProperties('AWS::Lambda::Function', {
    Runtime: 'nodejs24.x',
    Environment: Match.absent(),
  });
});

test('whoever sends through an encrypted queue or into an encrypted table may use the keys', () => {
  const stack = newStack();
  const runTable = new RunTable(stack, 'Runs', { encryptionKey: new kms.Key(stack, 'TableKey') });
  const queue = newQueue(stack, 'Email', { runTable, encryptionKey: new kms.Key(stack, 'QueueKey') });
  queue.grantSend(newFunction(stack));
  const template = Template.fromStack(stack);

  const tableKeyUse =
    'kms:Decrypt kms:DescribeKey kms:Encrypt kms:GenerateDataKey kms:GenerateDataKeyWithoutPlaintext ' +
    'kms:ReEncryptFrom kms:ReEncryptTo on TableKey';
  for (const role of ['ApiServiceRole', 'EmailConsumerRole']) {
    expect(allowed(statementsOf(template, role))).toEqual(
      expect.arrayContaining(['kms:GenerateDataKey kms:Decrypt on QueueKey', tableKeyUse]),
    );
  }
});

test('whoever manages an encrypted dead-letter queue may decrypt it', () => {
  const stack = newStack();
  const queue = newQueue(stack, 'Email', { encryptionKey: new kms.Key(stack, 'QueueKey') });
  queue.grantManage(newFunction(stack));

  expect(allowed(statementsOf(Template.fromStack(stack), 'ApiServiceRole'))).toEqual(
    expect.arrayContaining([expect.stringMatching(/kms:Decrypt.* on QueueKey/)]),
  );
});

test('an existing table is granted by the names of its indexes', () => {
  const stack = newStack();
  const table = dynamodb.Table.fromTableArn(
    stack,
    'Old',
    'arn:aws:dynamodb:eu-west-1:123456789012:table/runs',
  );
  newQueue(stack, 'Email', { runTable: new RunTable(stack, 'Runs', { table }) }).grantRead(
    newFunction(stack),
  );

  expect(allowed(statementsOf(Template.fromStack(stack), 'ApiServiceRole'))).toContain(
    'dynamodb:Query on arn:aws:dynamodb:eu-west-1:123456789012:table/runs/index/byTask ' +
      'arn:aws:dynamodb:eu-west-1:123456789012:table/runs/index/deadLetters',
  );
});
