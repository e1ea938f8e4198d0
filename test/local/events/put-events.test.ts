import {
  DescribeRuleCommand,
  EventBridgeClient,
  ListEventBusesCommand,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  PutEventsCommand,
  PutRuleCommand,
  TestEventPatternCommand,
} from '@aws-sdk/client-eventbridge';
import { expect, test } from 'vitest';
import { FUNCTION, roleWith } from '../permissions/function-fixture.ts';
import { errorOf } from '../sqs/sqs-fixture.ts';
import { ACCOUNT, arnOf, mayReceive, RULE_ARN, rule, startEvents } from './rules-fixture.ts';

const BUS = { Type: 'AWS::Events::EventBus', Properties: { Name: 'orders-bus' } };
const BUS_ARN = `arn:aws:events:us-east-1:${ACCOUNT}:event-bus/orders-bus`;
const entry = (Source?: string, DetailType?: string, Detail?: string) => ({ Source, DetailType, Detail });

// https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
test('PutEvents: an event reaches the queue of a rule that it matches, as EventBridge writes it', async () => {
  const { put, bodies } = await startEvents({ Rule: rule() });

  const id = await put({ Resources: ['order-7'] });

  expect(id).toMatch(/^[0-9a-f-]{36}$/);
  expect(await bodies('queue')).toEqual([
    {
      version: '0',
      id,
      'detail-type': 'Order Placed',
      source: 'shop',
      account: ACCOUNT,
      time: '2026-11-25T12:00:30Z',
      region: 'us-east-1',
      resources: ['order-7'],
      detail: { id: 7 },
    },
  ]);
});

test('PutEvents: the time of an event is the one given', async () => {
  const { put, bodies } = await startEvents({ Rule: rule() });

  await put({ Time: new Date('2020-01-02T03:04:05.678Z') });

  expect(await bodies('queue')).toMatchObject([{ time: '2020-01-02T03:04:05Z' }]);
});

test('PutEvents: each entry that cannot be taken says why, and the others are taken', async () => {
  const { events, bodies } = await startEvents({ Rule: rule() });

  const { FailedEntryCount, Entries } = await events.send(
    new PutEventsCommand({
      Entries: [
        entry(undefined, 'a', '{}'),
        entry('shop', undefined, '{}'),
        entry('shop', 'a', undefined),
        entry('shop', 'a', 'not JSON'),
        entry('shop', 'a', '[1]'),
        entry('aws.s3', 'Object Created', '{}'),
        { ...entry('shop', 'a', '{}'), EventBusName: 'nobody-made-it' },
        entry('shop', 'a', '{"n":1}'),
      ],
    }),
  );

  const missing = (name: string) => ({
    ErrorCode: 'InvalidArgument',
    ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
  });
  const malformed = { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  expect(Entries).toEqual([
    missing('Source'),
    missing('DetailType'),
    missing('Detail'),
    malformed,
    malformed,
    { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' },
    {
      ErrorCode: 'ResourceNotFoundException',
      ErrorMessage: 'Event bus nobody-made-it does not exist.',
    },
    { EventId: expect.any(String) },
  ]);
  expect(FailedEntryCount).toBe(7);
  expect(await bodies('queue')).toMatchObject([{ detail: { n: 1 } }]);
});

test.each([
  ['no entry', [], /Entries must have from 1 to 10 members, got 0/],
  ['eleven entries', Array.from({ length: 11 }, () => entry('shop', 'a', '{}')), /1 to 10 members, got 11/],
  [
    'more than 1 MiB in all',
    ['a', 'b'].map(type => entry('shop', type, JSON.stringify({ text: 'x'.repeat(524_288) }))),
    /over the limit: 10486\d\d of 1048576 bytes/,
  ],
])('PutEvents: %s is refused whole', async (_, Entries, message) => {
  const { events, bodies } = await startEvents({ Rule: rule() });

  const error = await errorOf(events.send(new PutEventsCommand({ Entries })));

  expect(error).toMatchObject({ name: 'ValidationException', message: expect.stringMatching(message) });
  expect(await bodies('queue')).toEqual([]);
});

test('PutEvents: a bus of the template is named or given by its ARN, and other buses do not hear of it', async () => {
  const busRuleArn = `arn:aws:events:us-east-1:${ACCOUNT}:rule/orders-bus/orders`;
  const { put, bodies } = await startEvents({
    Bus: BUS,
    Rule: rule({}, { EventBusName: { Ref: 'Bus' } }),
    ...mayReceive(busRuleArn, 'Queue'),
  });

  await put({ Detail: '{"on":"default"}' });
  await put({ EventBusName: 'orders-bus', Detail: '{"on":"name"}' });
  await put({ EventBusName: BUS_ARN, Detail: '{"on":"arn"}' });

  expect(await bodies('queue')).toMatchObject([{ detail: { on: 'name' } }, { detail: { on: 'arn' } }]);
});

test('PutEvents: a function may put what its role allows, on the bus that it names', async () => {
  const may = (Resource: object | string, Condition: object = {}) => ({
    Effect: 'Allow',
    Action: 'events:PutEvents',
    Resource,
    Condition,
  });
  const onlyShop = { StringEquals: { 'events:source': 'shop' } };
  const { engine, asFunction } = await startEvents({
    Bus: BUS,
    Role: roleWith([may(arnOf('Bus'), onlyShop)]),
    Worker: FUNCTION,
  });
  const client = new EventBridgeClient({ ...engine.clientConfig, ...asFunction, maxAttempts: 1 });
  const put = (source: string, EventBusName?: string) =>
    client.send(new PutEventsCommand({ Entries: [{ ...entry(source, 'a', '{}'), EventBusName }] }));

  expect(await put('shop', 'orders-bus')).toMatchObject({ FailedEntryCount: 0 });
  for (const denied of [put('shop'), put('billing', 'orders-bus')]) {
    expect(await errorOf(denied)).toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('is not authorized to perform: events:PutEvents'),
    });
  }
});

// https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_TestEventPattern.html
test('TestEventPattern: an event and a pattern are tried, and each must be one', async () => {
  const { events } = await startEvents({});
  const Event = JSON.stringify({
    id: '1',
    account: ACCOUNT,
    source: 'shop',
    time: '2026-11-25T12:00:30Z',
    region: 'us-east-1',
    resources: [],
    'detail-type': 'Order Placed',
    detail: { total: 12 },
  });
  const tried = (EventPattern: string, event = Event) =>
    events.send(new TestEventPatternCommand({ EventPattern, Event: event }));

  expect((await tried('{"detail":{"total":[{"numeric":[">",10]}]}}')).Result).toBe(true);
  expect((await tried('{"source":["billing"]}')).Result).toBe(false);
  expect((await errorOf(tried('{"source":"shop"}'))).name).toBe('InvalidEventPatternException');
  expect((await errorOf(tried('[]'))).name).toBe('InvalidEventPatternException');
  expect((await errorOf(tried('{"source":["shop"]}', '{"source":"shop"}'))).name).toBe('ValidationException');
});

// https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListRules.html
test('ListEventBuses, ListRules, DescribeRule and ListTargetsByRule tell what the template made', async () => {
  const { events, engine } = await startEvents({ Bus: BUS, Rule: rule({ InputPath: '$.detail' }) });

  const { EventBuses } = await events.send(new ListEventBusesCommand({}));
  expect(EventBuses).toEqual([
    { Name: 'default', Arn: `arn:aws:events:us-east-1:${ACCOUNT}:event-bus/default` },
    { Name: 'orders-bus', Arn: BUS_ARN },
  ]);
  const described = {
    Name: 'orders',
    Arn: RULE_ARN,
    EventBusName: 'default',
    EventPattern: '{"source":["shop"]}',
    State: 'ENABLED',
  };
  const { Rules } = await events.send(new ListRulesCommand({ NamePrefix: 'ord' }));
  expect(Rules).toEqual([described]);
  expect((await events.send(new ListRulesCommand({ NamePrefix: 'x' }))).Rules).toEqual([]);
  expect((await events.send(new ListRulesCommand({ EventBusName: 'orders-bus' }))).Rules).toEqual([]);
  expect(await events.send(new DescribeRuleCommand({ Name: 'orders' }))).toMatchObject(described);
  const { Targets } = await events.send(new ListTargetsByRuleCommand({ Rule: 'orders' }));
  const queueArn = `arn:aws:sqs:us-east-1:${ACCOUNT}:queue`;
  expect(Targets).toEqual([{ Id: 'Target0', Arn: queueArn, InputPath: '$.detail' }]);
  expect(engine.queues.map(({ name }) => name)).toEqual(['queue']);

  const missing = await errorOf(events.send(new DescribeRuleCommand({ Name: 'refunds' })));
  expect(missing).toMatchObject({
    name: 'ResourceNotFoundException',
    message: 'Rule refunds does not exist on EventBus default.',
  });
});

test('the rest of the API is refused by name', async () => {
  const { events } = await startEvents({});

  const error = await errorOf(events.send(new PutRuleCommand({ Name: 'a', EventPattern: '{}' })));

  expect(error.message).toBe('PutRule is not supported by the local EventBridge.');
});
