import * as deliveries from '../scenarios/deliveries.ts';
import * as events from '../scenarios/events.ts';
import { changed, type Mutation, removed, resourceOf } from '../template.ts';
import { told } from '../told.ts';
import { type Case, failing, saying } from './case.ts';

const RULE = 'HeardRule';

interface Target {
  DeadLetterConfig?: object;
  InputTransformer?: object;
}

/** The event is handed to the queue without one part of how. */
function targetWithout(part: keyof Target): Mutation {
  return {
    name: `${RULE} without ${part}`,
    change(template) {
      for (const target of resourceOf(template, RULE).Properties.Targets as Target[]) delete target[part];
    },
  };
}

export const INTAKE: readonly Case[] = [
  ...failing(
    deliveries.takesDeliveries,
    saying(
      'The environment variable BACKGROUND_JOBS is not set',
      removed('DoorFunction', 'Environment', 'Variables', 'BACKGROUND_JOBS'),
    ),
    saying(
      'The environment variable BACKGROUND_JOBS_WEBHOOK is not set',
      removed('DoorFunction', 'Environment', 'Variables', 'BACKGROUND_JOBS_WEBHOOK'),
    ),
    told('JobsConsumer', ['payloads'], undefined),
    saying('TargetFunctionArn is missing', removed('DoorFunctionFunctionUrl', 'TargetFunctionArn')),
    changed('DoorFunctioninvokefunctionurl', ['Action'], 'lambda:GetFunction'),
    changed('DoorFunctioninvokefunction', ['Action'], 'lambda:GetFunction'),
  ),
  ...failing(
    deliveries.ringsForDeliveries,
    changed('DoorAlarmsRefused', ['MetricName'], 'Url5xxCount'),
    removed('DoorAlarmsRefused', 'Dimensions'),
    changed('DoorAlarmsFailed', ['MetricName'], 'Throttles'),
    changed('DoorAlarmsThrottled', ['MetricName'], 'Errors'),
  ),
  ...failing(
    events.hearsEvents,
    changed(RULE, ['EventPattern', 'source'], ['another']),
    changed(RULE, ['State'], 'DISABLED'),
    removed(RULE, 'Name'),
    targetWithout('InputTransformer'),
  ),
  ...failing(
    events.keepsUndelivered,
    targetWithout('DeadLetterConfig'),
    removed('HeardUndeliveredQueue', 'MessageRetentionPeriod'),
    changed('HeardUndeliveredAlarm', ['Threshold'], 1),
    changed('HeardUndeliveredAlarm', ['MetricName'], 'ApproximateNumberOfMessagesNotVisible'),
    removed('HeardUndeliveredAlarm', 'AlarmActions'),
  ),
];
