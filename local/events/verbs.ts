import { ApiError } from '../json-api/api-error.ts';
import type { JsonVerb } from '../json-api/handle-json-api.ts';
import { type JsonObject, parseJsonObject, required, stringAt } from '../json-value.ts';
import type { EventBuses } from './event-buses.ts';
import { compileEventPattern } from './event-pattern.ts';
import { invalidPattern } from './invalid-pattern.ts';
import { putEvents } from './put-events.ts';
import type { Rule } from './rule.ts';

type Verb = JsonVerb<EventBuses>;

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_TestEventPattern.html */
const MANDATORY_FIELDS = ['id', 'account', 'source', 'time', 'region', 'resources', 'detail-type'];

const testEventPattern: Verb = (_buses, input, authorize) => {
  authorize?.('events:TestEventPattern', '*');
  const pattern = parseJsonObject(required(stringAt(input, 'EventPattern'), 'EventPattern'));
  const event = parseJsonObject(required(stringAt(input, 'Event'), 'Event'));
  if (!pattern) throw invalidPattern('it must be a JSON object');
  const missing = MANDATORY_FIELDS.find(field => event?.[field] === undefined);
  if (!event || missing !== undefined) {
    throw new ApiError(
      'ValidationException',
      `Event must be a JSON object with ${MANDATORY_FIELDS.join(', ')}; ${missing} is missing`,
    );
  }
  return { Result: compileEventPattern(pattern)(event) };
};

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeRule.html */
const describeRule: Verb = (buses, input, authorize) => {
  const rule = ruleOf(buses, input, 'Name');
  authorize?.('events:DescribeRule', rule.arn);
  return ruleAnswer(rule);
};

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListRules.html */
const listRules: Verb = (buses, input, authorize) => {
  authorize?.('events:ListRules', '*');
  const prefix = stringAt(input, 'NamePrefix') ?? '';
  const rules = buses.rules(buses.requireBus(stringAt(input, 'EventBusName')));
  return { Rules: rules.filter(({ name }) => name.startsWith(prefix)).map(ruleAnswer) };
};

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListTargetsByRule.html */
const listTargetsByRule: Verb = (buses, input, authorize) => {
  const rule = ruleOf(buses, input, 'Rule');
  authorize?.('events:ListTargetsByRule', rule.arn);
  return { Targets: rule.targets.map(({ given }) => given) };
};

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListEventBuses.html */
const listEventBuses: Verb = (buses, input, authorize) => {
  authorize?.('events:ListEventBuses', '*');
  const prefix = stringAt(input, 'NamePrefix') ?? '';
  const names = buses.names().filter(name => name.startsWith(prefix));
  return { EventBuses: names.map(Name => ({ Name, Arn: buses.busArnOf(Name) })) };
};

/** All others of the API are refused by name. */
export const EVENTS_VERBS: Readonly<Record<string, Verb>> = {
  DescribeRule: describeRule,
  ListEventBuses: listEventBuses,
  ListRules: listRules,
  ListTargetsByRule: listTargetsByRule,
  PutEvents: putEvents,
  TestEventPattern: testEventPattern,
};

function ruleOf(buses: EventBuses, input: JsonObject, key: 'Name' | 'Rule'): Rule {
  const bus = buses.requireBus(stringAt(input, 'EventBusName'));
  return buses.rule(bus, required(stringAt(input, key), key));
}

function ruleAnswer({ name, arn, busName, description, enabled, pattern }: Rule): object {
  return {
    Name: name,
    Arn: arn,
    EventBusName: busName,
    EventPattern: JSON.stringify(pattern),
    State: enabled ? 'ENABLED' : 'DISABLED',
    ...(description !== undefined && { Description: description }),
  };
}
