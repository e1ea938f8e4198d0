import { Duration, type Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { expect, test } from 'vitest';
import { newQueue, newStack, queuesOf } from './stack.ts';

const ARN = 'arn:aws:sqs:eu-west-1:123456789012:orders';

function fittingQueue(stack: Stack, props: sqs.QueueProps = {}): sqs.Queue {
  return new sqs.Queue(stack, 'Orders', {
    visibilityTimeout: Duration.minutes(5),
    deadLetterQueue: {
      queue: new sqs.Queue(stack, 'OrdersDead', { retentionPeriod: Duration.days(14) }),
      maxReceiveCount: 33,
    },
    ...props,
  });
}

test('a queue of the same app is used with its own dead-letter queue', () => {
  const stack = newStack();
  newQueue(stack, 'Email', { queue: fittingQueue(stack) });
  const template = Template.fromStack(stack);

  template.resourceCountIs('AWS::SQS::Queue', 2);
  template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
    EventSourceArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Orders'), 'Arn'] },
  });
  expect(queuesOf(template, 'EmailConsumer')).toMatchObject([
    { url: '<Orders>', deadLetterUrl: '<OrdersDead>' },
  ]);
});

test('an imported queue is used with the dead-letter queue that is named', () => {
  const stack = newStack();
  newQueue(stack, 'Email', {
    queue: sqs.Queue.fromQueueArn(stack, 'Orders', ARN),
    deadLetterQueue: sqs.Queue.fromQueueArn(stack, 'OrdersDead', `${ARN}-dead`),
  });
  const template = Template.fromStack(stack);

  template.resourceCountIs('AWS::SQS::Queue', 0);
  template.hasResourceProperties('AWS::Lambda::EventSourceMapping', { EventSourceArn: ARN });
});

test('a new queue dead-letters into an existing queue', () => {
  const stack = newStack();
  const deadLetterQueue = sqs.Queue.fromQueueArn(stack, 'OrdersDead', `${ARN}-dead`);
  newQueue(stack, 'Email', { deadLetterQueue });
  const template = Template.fromStack(stack);

  template.resourceCountIs('AWS::SQS::Queue', 1);
  template.hasResourceProperties('AWS::SQS::Queue', {
    RedrivePolicy: { deadLetterTargetArn: `${ARN}-dead` },
  });
});

test('an imported FIFO queue makes a FIFO task queue', () => {
  const stack = newStack();
  newQueue(stack, 'Email', {
    queue: sqs.Queue.fromQueueArn(stack, 'Orders', `${ARN}.fifo`),
    deadLetterQueue: sqs.Queue.fromQueueArn(stack, 'OrdersDead', `${ARN}-dead.fifo`),
  });

  expect(queuesOf(Template.fromStack(stack), 'EmailConsumer')).toMatchObject([{ fifo: true }]);
});

test('fails for an imported queue whose dead-letter queue is unknown', () => {
  const stack = newStack();
  const queue = sqs.Queue.fromQueueArn(stack, 'Orders', ARN);

  expect(() => newQueue(stack, 'Email', { queue })).toThrow(
    'Stack/Email: deadLetterQueue must be given: the existing queue Stack/Orders does not tell its own; pass the queue ' +
      'that its redrive policy names',
  );
});

test.each<[string, sqs.QueueProps, string]>([
  [
    'SQS’s default visibility timeout',
    { visibilityTimeout: Duration.seconds(30) },
    'visibilityTimeout must be at least 6 × the function timeout (33s) and the batching window (0s), 198s, got 30s',
  ],
  [
    'a long retention',
    { retentionPeriod: Duration.days(14) },
    'retentionPeriod must be less than that of the dead-letter queue (14d), got 14d',
  ],
])('fails for a queue of the same app with %s', (_name, props, message) => {
  const stack = newStack();
  const queue = fittingQueue(stack, props);

  expect(() => newQueue(stack, 'Email', { queue })).toThrow(`Stack/Email: ${message}`);
});

test('fails for a queue that dead-letters before the attempts are used up', () => {
  const stack = newStack();
  const deadLetterQueue = { queue: new sqs.Queue(stack, 'Dead'), maxReceiveCount: 3 };
  const queue = fittingQueue(stack, { deadLetterQueue });

  expect(() => newQueue(stack, 'Email', { queue })).toThrow(
    'Stack/Email: maxReceiveCount of the existing queue Stack/Orders must be at least 33, got 3; raise it',
  );
});

test('fails for a dead-letter queue that is not the existing queue’s', () => {
  const stack = newStack();
  const deadLetterQueue = new sqs.Queue(stack, 'Other', { retentionPeriod: Duration.days(14) });

  expect(() => newQueue(stack, 'Email', { queue: fittingQueue(stack), deadLetterQueue })).toThrow(
    'Stack/Email: deadLetterQueue must be the one that the existing queue Stack/Orders has, Stack/OrdersDead, got ' +
      'Stack/Other; leave it out',
  );
});

test('fails for props that an existing queue has of its own', () => {
  const stack = newStack();

  expect(() =>
    newQueue(stack, 'Email', {
      queue: fittingQueue(stack),
      queueName: 'x',
      deliveryDelay: Duration.seconds(1),
    }),
  ).toThrow(
    'Stack/Email: queueName, deliveryDelay must not be given with an existing queue; set it on Stack/Orders itself',
  );
});

test('fails for a dead-letter queue of the other kind', () => {
  const stack = newStack();
  const deadLetterQueue = sqs.Queue.fromQueueArn(stack, 'OrdersDead', `${ARN}.fifo`);

  expect(() => newQueue(stack, 'Email', { deadLetterQueue })).toThrow(
    'Stack/Email: deadLetterQueue must be a standard queue as the task queue is, got a FIFO queue (Stack/OrdersDead); ' +
      'set fifo: true or pass another',
  );
});

test('fails for a queue that deletes the messages of a function that never starts', () => {
  const stack = newStack();
  const dead = new sqs.Queue(stack, 'Dead', { retentionPeriod: Duration.days(14) });
  const queue = fittingQueue(stack, {
    visibilityTimeout: Duration.minutes(6),
    deadLetterQueue: { queue: dead, maxReceiveCount: 1000 },
  });

  expect(() => newQueue(stack, 'Email', { queue })).toThrow(
    'Stack/Email: retentionPeriod must be at least 100h, as long as a message of a function that never starts needs to ' +
      'be dead-lettered (maxReceiveCount 1000 × visibilityTimeout 360s), got 4d; raise it (at most 14d), or lower ' +
      'maxReceiveCount, or SQS deletes it',
  );
});

test('fails for a FIFO queue that does not deduplicate by content', () => {
  const stack = newStack();
  const dead = new sqs.Queue(stack, 'Dead', { fifo: true, contentBasedDeduplication: true });
  const queue = fittingQueue(stack, {
    fifo: true,
    visibilityTimeout: Duration.hours(1),
    deadLetterQueue: { queue: dead, maxReceiveCount: 60 },
  });

  expect(() => newQueue(stack, 'Email', { queue })).toThrow(
    'Stack/Email: queue must deduplicate by content, got contentBasedDeduplication: undefined; set ' +
      'contentBasedDeduplication: true on Stack/Orders',
  );
});

test('what an imported queue has is taken from the props', () => {
  const stack = newStack();

  expect(() =>
    newQueue(stack, 'Email', {
      queue: sqs.Queue.fromQueueArn(stack, 'Orders', ARN),
      deadLetterQueue: sqs.Queue.fromQueueArn(stack, 'OrdersDead', `${ARN}-dead`),
      visibilityTimeout: Duration.seconds(30),
    }),
  ).toThrow('Stack/Email: visibilityTimeout must be at least 6 × the function timeout');
});
