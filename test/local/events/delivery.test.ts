import { expect, onTestFinished, test, vi } from 'vitest';
import { MissingTarget } from '../../../local/delivery/failure.ts';
import { createEventsService } from '../../../local/events/events-service.ts';
import { readRuleTarget } from '../../../local/events/rule-target.ts';
import { SqsError } from '../../../local/sqs/sqs-error.ts';
import { createFakeClock } from '../fake-clock.ts';
import { NOW } from './rules-fixture.ts';

const QUEUE_ARN = 'arn:aws:sqs:eu-west-1:123456789012:tasks';
const DEAD_ARN = 'arn:aws:sqs:eu-west-1:123456789012:dead';
const broken = () => new SqsError('InternalFailure', 'out of order');

/** EventBridge with a rule for everything of the shop, and targets that only write down what they get. */
function start(target: object = {}) {
  const clock = createFakeClock(NOW);
  const sent: { at: string; arn: string; message: Record<string, unknown> }[] = [];
  const failures: Error[] = [];
  const take = (arn: string, message: object) => {
    const failure = failures.shift();
    if (failure) throw failure;
    sent.push({ at: new Date(clock.now()).toISOString(), arn, message: { ...message } });
  };
  const make = () => {
    const service = createEventsService({
      clock,
      location: { region: 'eu-west-1', accountId: '123456789012', endpoint: 'http://127.0.0.1' },
      targets: {
        authorizer: () => undefined,
        toQueue: take,
        toFunction: (arn, event) => take(arn, { event }),
        toStateMachine: (arn, inputJson) => take(arn, { inputJson }),
      },
    });
    onTestFinished(() => service.stop());
    service.createRule({
      name: 'orders',
      busName: 'default',
      enabled: true,
      pattern: { source: ['shop'] },
      targets: [readRuleTarget({ Id: 'a', Arn: QUEUE_ARN, ...target })],
    });
    return service;
  };
  const service = make();
  const emit = () =>
    service.emit({ source: 'shop', 'detail-type': 'Order Placed', resources: [], detail: { id: 7 } });
  return { service, clock, sent, failures, emit, make };
}

const attributesOf = (message: Record<string, unknown> | undefined) =>
  Object.fromEntries(
    Object.entries(
      (message?.MessageAttributes ?? {}) as Record<string, { readonly StringValue: string }>,
    ).map(([name, { StringValue }]) => [name, StringValue]),
  );

// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html
test('what fails for a while is tried again, with growing delays', () => {
  const { emit, clock, sent, failures } = start();
  failures.push(broken(), broken(), broken());
  emit();
  expect(sent).toEqual([]);

  clock.advance(3_600_000);

  expect(sent.map(({ at, arn }) => [at, arn])).toEqual([['2026-11-25T12:00:37.000Z', QUEUE_ARN]]);
});

test.each([
  ['retries', { MaximumRetryAttempts: 2 }, '2', 'MaximumRetryAttempts'],
  ['age', { MaximumEventAgeInSeconds: 60 }, '5', 'MaximumEventAgeInSeconds'],
] as const)('an event whose %s are used up is dead-lettered as it was, with why in its attributes', (_, RetryPolicy, retries, condition) => {
  const { emit, clock, sent, failures } = start({ RetryPolicy, DeadLetterConfig: { Arn: DEAD_ARN } });
  failures.push(...Array.from({ length: Number(retries) + 1 }, broken));
  emit();

  clock.advance(86_400_000);

  expect(sent.map(({ arn }) => arn)).toEqual([DEAD_ARN]);
  expect(JSON.parse(String(sent[0]?.message.MessageBody))).toMatchObject({
    source: 'shop',
    detail: { id: 7 },
  });
  expect(attributesOf(sent[0]?.message)).toEqual({
    RULE_ARN: 'arn:aws:events:eu-west-1:123456789012:rule/orders',
    TARGET_ARN: QUEUE_ARN,
    ERROR_CODE: 'ERROR_FROM_TARGET',
    ERROR_MESSAGE: 'out of order',
    EXHAUSTED_RETRY_CONDITION: condition,
    RETRY_ATTEMPTS: retries,
  });
});

// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
test('a target that is not there is not tried again', () => {
  const { emit, sent, failures } = start({ DeadLetterConfig: { Arn: DEAD_ARN } });
  failures.push(new MissingTarget('The specified queue does not exist.'));

  emit();

  expect(attributesOf(sent[0]?.message)).toMatchObject({ ERROR_CODE: 'NO_RESOURCE', RETRY_ATTEMPTS: '0' });
  expect(attributesOf(sent[0]?.message)).not.toHaveProperty('EXHAUSTED_RETRY_CONDITION');
});

test.each([
  ['without a dead-letter queue', {}, 1],
  ['whose dead-letter queue does not take it', { DeadLetterConfig: { Arn: DEAD_ARN } }, 2],
])('an event %s is lost, as in AWS, with a warning', (_, target, fails) => {
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  onTestFinished(() => warn.mockRestore());
  const { emit, sent, failures } = start(target);
  failures.push(...Array.from({ length: fails }, () => new MissingTarget('gone')));

  emit();

  expect(sent).toEqual([]);
  expect(warn).toHaveBeenCalledWith(expect.stringMatching(/rule\/orders did not deliver event .*gone/));
});

test('what waits for its next attempt goes on where it was, after it was saved and restored', () => {
  const { service, emit, clock, sent, failures, make } = start({ RetryPolicy: { MaximumRetryAttempts: 3 } });
  failures.push(broken(), broken());
  emit();
  clock.advance(1000);

  const saved: unknown = JSON.parse(JSON.stringify(service.save()));
  void service.stop();
  make().restore(saved as never);
  clock.advance(2000);

  expect(sent.map(({ at }) => at)).toEqual(['2026-11-25T12:00:33.000Z']);
});
