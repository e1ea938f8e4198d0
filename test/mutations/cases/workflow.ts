import * as workflow from '../scenarios/workflow.ts';
import { changed, type Mutation, removed, resourceOf } from '../template.ts';
import { type Case, failing, saying } from './case.ts';

const FUNCTION = 'ErrandsSteps';
const ON_FAILURE = 'ErrandsStepsEventInvokeConfig';
const MACHINE = 'ErrandsMachine';
const RULE = 'ErrandsEnds';

/** The one of the state machine itself, behind all states. */
const withoutTimeout: Mutation = {
  name: `${MACHINE} without its timeout`,
  change(template) {
    const { DefinitionString } = resourceOf(template, MACHINE).Properties as {
      DefinitionString: { 'Fn::Join': [separator: '', parts: unknown[]] };
    };
    const parts = DefinitionString['Fn::Join'][1];
    parts.push(String(parts.pop()).replace(/"TimeoutSeconds":\d+,?([^{}]*\})$/, '$1'));
  },
};

function ruleWithout(status: string): Mutation {
  return {
    name: `${RULE} without ${status}`,
    change(template) {
      const { EventPattern } = resourceOf(template, RULE).Properties as {
        EventPattern: { detail: { status: string[] } };
      };
      EventPattern.detail.status = EventPattern.detail.status.filter(other => other !== status);
    },
  };
}

/** EventBridge may not invoke the function. */
export const refused: Mutation = changed(
  'ErrandsEndsAllowEventRuleShopErrandsSteps7D8FE416',
  ['Action'],
  'lambda:GetFunction',
);

export const WORKFLOW: readonly Case[] = [
  ...failing(
    workflow.runsErrands,
    saying(
      'The environment variable BACKGROUND_JOBS_WORKFLOWS is not set',
      removed(FUNCTION, 'Environment', 'Variables', 'BACKGROUND_JOBS_WORKFLOWS'),
    ),
    removed(FUNCTION, 'Environment', 'Variables', 'BACKGROUND_JOBS'),
    removed(FUNCTION, 'Timeout'),
    saying('DefinitionString or Definition is missing', removed(MACHINE, 'DefinitionString')),
    saying('State Machine Does Not Exist', removed(MACHINE, 'StateMachineName')),
    saying('RoleArn is missing', removed(MACHINE, 'RoleArn')),
  ),
  ...failing(
    workflow.tellsEnds,
    withoutTimeout,
    ...['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'].map(ruleWithout),
    changed(RULE, ['State'], 'DISABLED'),
    refused,
  ),
  ...failing(
    workflow.keepsUnhandledEnds,
    removed(ON_FAILURE, 'DestinationConfig'),
    saying('FunctionName is missing', removed(ON_FAILURE, 'FunctionName')),
    changed(ON_FAILURE, ['MaximumRetryAttempts'], 0),
    removed('ErrandsUnhandledEnds', 'MessageRetentionPeriod'),
    removed('ErrandsAlarmsUndelivered', 'Dimensions'),
    changed('ErrandsAlarmsUndelivered', ['MetricName'], 'ApproximateNumberOfMessagesNotVisible'),
  ),
];

/** Of an app whose function EventBridge may not invoke. */
export const REFUSED: readonly Case[] = failing(workflow.keepsUndeliveredEnds, {
  name: `${RULE} without a dead-letter queue`,
  change(template) {
    const { Targets } = resourceOf(template, RULE).Properties as { Targets: { DeadLetterConfig?: object }[] };
    for (const target of Targets) delete target.DeadLetterConfig;
  },
});
