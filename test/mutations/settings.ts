import { MAX_CONCURRENCY } from './app.ts';
import * as alarms from './scenarios/alarms.ts';
import * as attempts from './scenarios/attempts.ts';
import * as batches from './scenarios/batches.ts';
import * as fifo from './scenarios/fifo.ts';
import * as fn from './scenarios/function.ts';
import * as messages from './scenarios/messages.ts';
import * as operator from './scenarios/operator.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { changed, edited, type Mutation, removed, resourceOf } from './template.ts';

/** A mutation, and the scenario that must fail with it. */
export interface Case extends Mutation {
  readonly scenario: Scenario;
}

const failing = (scenario: Scenario, ...mutations: readonly Mutation[]): Case[] =>
  mutations.map(mutation => ({ ...mutation, scenario }));

const MAPPING = 'JobsConsumerMessages';
const CONFIG = ['Environment', 'Variables', 'BACKGROUND_JOBS'];

/** The index is there no more, and neither are its keys. */
function withoutIndex(index: string, partitionKey: string): Mutation {
  return {
    name: `JobsRunsTable without its index ${index}`,
    change(template) {
      const { Properties } = resourceOf(template, 'JobsRunsTable');
      const indexes = Properties.GlobalSecondaryIndexes as { IndexName: string }[];
      Properties.GlobalSecondaryIndexes = indexes.filter(({ IndexName }) => IndexName !== index);
      const attributes = Properties.AttributeDefinitions as { AttributeName: string }[];
      const sortKey = index === 'byTask' ? 'createdAt' : 'finishedAt';
      Properties.AttributeDefinitions = attributes.filter(
        ({ AttributeName }) => ![partitionKey, sortKey].includes(AttributeName),
      );
    },
  };
}

/** The topic's policy is left as CDK makes it without our grant. */
const topicWithoutCloudWatch: Mutation = {
  name: "OperationsPolicy without CloudWatch's permission to publish",
  change(template) {
    const { Properties } = resourceOf(template, 'OperationsPolicy');
    const document = Properties.PolicyDocument as { Statement: { Effect: string }[] };
    document.Statement = document.Statement.filter(({ Effect }) => Effect === 'Deny');
  },
};

export const STANDARD: readonly Case[] = [
  ...failing(
    attempts.retriesWithoutNeighbours,
    removed(MAPPING, 'FunctionResponseTypes'),
    changed('JobsQueue', ['RedrivePolicy', 'maxReceiveCount'], 1),
  ),
  ...failing(batches.gathersBatches, removed(MAPPING, 'MaximumBatchingWindowInSeconds')),
  ...failing(batches.doesNotWaitForFullBatch, removed(MAPPING, 'BatchSize')),
  ...failing(
    batches.boundsBatchesAtWork,
    removed(MAPPING, 'ScalingConfig'),
    changed(MAPPING, ['ScalingConfig', 'MaximumConcurrency'], MAX_CONCURRENCY + 1),
  ),
  ...failing(
    attempts.runsTask,
    removed(MAPPING, 'EventSourceArn'),
    removed(MAPPING, 'FunctionName'),
    removed('JobsQueue', 'VisibilityTimeout'),
    removed('JobsConsumer', 'Code'),
    removed('JobsConsumer', 'Handler'),
    removed('JobsConsumer', 'Runtime'),
    removed('JobsConsumer', 'Role'),
    removed('JobsConsumer', 'Timeout'),
    removed('JobsConsumer', ...CONFIG),
    edited('JobsConsumer', CONFIG, '"tasks":["work",', '"tasks":['),
    removed('JobsConsumerRoleDefaultPolicy', 'Roles'),
    removed('JobsRunsTable', 'KeySchema'),
    removed('JobsRunsTable', 'AttributeDefinitions'),
  ),
  ...failing(messages.leavesToSqsWhatComesForEver, removed('JobsQueue', 'RedrivePolicy')),
  ...failing(messages.runsWhatWaitsForHours, changed('JobsQueue', ['MessageRetentionPeriod'], 60)),
  ...failing(messages.keepsDeadLettersForTwoWeeks, removed('JobsDeadLetterQueue', 'MessageRetentionPeriod')),
  ...failing(
    batches.boundsRecordsAtWork,
    edited('JobsConsumer', CONFIG, '"concurrency":2', '"concurrency":3'),
  ),
  ...failing(
    messages.retriesUnknownTask,
    edited('JobsConsumer', CONFIG, '"unknownTaskGraceSeconds":1200', '"unknownTaskGraceSeconds":0'),
  ),
  ...failing(
    fn.logsJson,
    removed('JobsConsumer', 'LoggingConfig', 'LogFormat'),
    removed('JobsConsumer', 'LoggingConfig', 'LogGroup'),
  ),
  ...failing(fn.namesSourcesInStacks, removed('JobsConsumer', 'Environment', 'Variables', 'NODE_OPTIONS')),
  ...failing(fn.holdsMuchInMemory, removed('JobsConsumer', 'MemorySize')),
  ...failing(messages.forgetsRuns, removed('JobsRunsTable', 'TimeToLiveSpecification')),
  ...failing(
    alarms.ringsForDeadLetter,
    changed('JobsAlarmsDeadLetters', ['Threshold'], 1),
    changed('JobsAlarmsDeadLetters', ['MetricName'], 'ApproximateNumberOfMessagesNotVisible'),
    changed('JobsAlarmsDeadLetters', ['EvaluationPeriods'], 2),
    changed('JobsAlarmsDeadLetters', ['ComparisonOperator'], 'LessThanThreshold'),
    changed('JobsAlarmsDeadLetters', ['Period'], 300),
    removed('JobsAlarmsDeadLetters', 'AlarmActions'),
    removed('JobsAlarmsDeadLetters', 'Dimensions'),
    topicWithoutCloudWatch,
  ),
  ...failing(
    alarms.ringsForDeadProcess,
    changed('JobsAlarmsConsumerErrors', ['Threshold'], 1),
    changed('JobsAlarmsConsumerErrors', ['MetricName'], 'Throttles'),
    removed('JobsAlarmsConsumerErrors', 'Dimensions'),
    removed('JobsAlarmsConsumerErrors', 'AlarmActions'),
  ),
  ...failing(
    alarms.ringsForNeglectedDeadLetter,
    changed('JobsAlarmsNeglectedDeadLetters', ['Threshold'], 2 * 86_400),
    changed('JobsAlarmsNeglectedDeadLetters', ['MetricName'], 'ApproximateNumberOfMessagesDelayed'),
    removed('JobsAlarmsNeglectedDeadLetters', 'Dimensions'),
    removed('JobsAlarmsNeglectedDeadLetters', 'AlarmActions'),
  ),
  ...failing(
    alarms.ringsForBacklog,
    edited('JobsConsumer', CONFIG, ',"metrics":"queue"', ''),
    changed('JobsAlarmsBacklogAge', ['Threshold'], 7200),
    changed('JobsAlarmsBacklogAge', ['MetricName'], 'Retried'),
    changed('JobsAlarmsBacklogAge', ['Namespace'], 'AWS/SQS'),
    removed('JobsAlarmsBacklogAge', 'Dimensions'),
    removed('JobsAlarmsBacklogAge', 'AlarmActions'),
  ),
  ...failing(
    alarms.ringsForOldMessage,
    changed('JobsAlarmsOldestMessageAge', ['Threshold'], 7200),
    changed('JobsAlarmsOldestMessageAge', ['MetricName'], 'ApproximateNumberOfMessagesDelayed'),
    removed('JobsAlarmsOldestMessageAge', 'Dimensions'),
    removed('JobsAlarmsOldestMessageAge', 'AlarmActions'),
  ),
  ...failing(
    alarms.isQuietWhenNothingRuns,
    removed('JobsAlarmsConsumerErrors', 'TreatMissingData'),
    removed('JobsAlarmsConsumerThrottles', 'TreatMissingData'),
  ),
];

export const OPERATED: readonly Case[] = failing(
  operator.operates,
  removed('Operator', ...CONFIG),
  withoutIndex('byTask', 'listKey'),
  withoutIndex('deadLetters', 'deadLetterKey'),
);

const SAYS_FIFO = ',"fifo":true';

export const FIFO: readonly Case[] = [
  ...failing(fifo.takesEqualMessagesForOne, removed('OrdersQueue', 'ContentBasedDeduplication')),
  ...failing(
    fifo.takesLettersWithoutDeduplicationId,
    removed('OrdersDeadLetterQueue', 'ContentBasedDeduplication'),
  ),
  ...failing(
    fifo.keepsOrderOfGroup,
    removed('OrdersQueue', 'FifoQueue'),
    removed('OrdersDeadLetterQueue', 'FifoQueue'),
    edited('OrdersConsumer', CONFIG, SAYS_FIFO, ''),
  ),
];

export const PRODUCER: readonly Case[] = [
  ...failing(operator.sendsOncePerKey, removed('Operator', ...CONFIG)),
  ...failing(operator.refusesToSendWithoutGroup, edited('Operator', CONFIG, SAYS_FIFO, '')),
];
