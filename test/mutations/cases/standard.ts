import { CONCURRENCY, MAX_CONCURRENCY } from '../app.ts';
import * as attempts from '../scenarios/attempts.ts';
import * as batches from '../scenarios/batches.ts';
import * as fn from '../scenarios/function.ts';
import * as messages from '../scenarios/messages.ts';
import { changed, removed } from '../template.ts';
import { ELSEWHERE, told } from '../told.ts';
import { type Case, failing, saying } from './case.ts';

const MAPPING = 'JobsConsumerMessages';
const NO_ELSEWHERE = `The specified queue does not exist: ${ELSEWHERE}`;
const NOT_ALLOWED = 'The function execution role does not have permissions to call ReceiveMessage on SQS';

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
    saying('EventSourceArn is missing', removed(MAPPING, 'EventSourceArn')),
    saying('FunctionName is missing', removed(MAPPING, 'FunctionName')),
    saying('Queue visibility timeout: 30 seconds', removed('JobsQueue', 'VisibilityTimeout')),
    saying('Code is missing', removed('JobsConsumer', 'Code')),
    saying('Handler is missing', removed('JobsConsumer', 'Handler')),
    saying('Runtime is missing', removed('JobsConsumer', 'Runtime')),
    saying(NOT_ALLOWED, removed('JobsConsumer', 'Role')),
    removed('JobsConsumer', 'Timeout'),
    saying(
      'The environment variable BACKGROUND_JOBS is not set',
      removed('JobsConsumer', 'Environment', 'Variables', 'BACKGROUND_JOBS'),
    ),
    saying(NO_ELSEWHERE, told('JobsConsumer', ['url'], ELSEWHERE)),
    saying('Requested resource not found', told('JobsConsumer', ['table'], 'another')),
    saying(
      "A handler for 'work', which no queue of this consumer carries",
      told('JobsConsumer', ['tasks'], ['work-once']),
    ),
    saying(NOT_ALLOWED, removed('JobsConsumerRoleDefaultPolicy', 'Roles')),
    saying('KeySchema is missing', removed('JobsRunsTable', 'KeySchema')),
    saying('AttributeDefinitions is missing', removed('JobsRunsTable', 'AttributeDefinitions')),
  ),
  ...failing(
    attempts.deadLettersWithReason,
    saying(NO_ELSEWHERE, told('JobsConsumer', ['deadLetterUrl'], ELSEWHERE)),
  ),
  ...failing(messages.leavesToSqsWhatComesForEver, removed('JobsQueue', 'RedrivePolicy')),
  ...failing(messages.outlastsThrottling, changed('JobsQueue', ['VisibilityTimeout'], 33)),
  ...failing(messages.runsWhatWaitsForHours, changed('JobsQueue', ['MessageRetentionPeriod'], 60)),
  ...failing(messages.keepsDeadLettersForTwoWeeks, removed('JobsDeadLetterQueue', 'MessageRetentionPeriod')),
  ...failing(batches.boundsRecordsAtWork, told('JobsConsumer', ['consumer', 'concurrency'], CONCURRENCY + 1)),
  ...failing(messages.retriesUnknownTask, told('JobsConsumer', ['consumer', 'unknownTaskGraceSeconds'], 0)),
  ...failing(
    fn.logsJson,
    saying('is not valid JSON', removed('JobsConsumer', 'LoggingConfig', 'LogFormat')),
    removed('JobsConsumer', 'LoggingConfig', 'LogGroup'),
  ),
  ...failing(fn.namesSourcesInStacks, removed('JobsConsumer', 'Environment', 'Variables', 'NODE_OPTIONS')),
  ...failing(fn.holdsMuchInMemory, removed('JobsConsumer', 'MemorySize')),
  ...failing(messages.forgetsRuns, removed('JobsRunsTable', 'TimeToLiveSpecification')),
];
