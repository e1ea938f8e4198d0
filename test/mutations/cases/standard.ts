import { CONCURRENCY, MAX_CONCURRENCY } from '../app.ts';
import * as attempts from '../scenarios/attempts.ts';
import * as batches from '../scenarios/batches.ts';
import * as fn from '../scenarios/function.ts';
import * as messages from '../scenarios/messages.ts';
import { changed, removed } from '../template.ts';
import { ELSEWHERE, told } from '../told.ts';
import { type Case, failing } from './case.ts';

const MAPPING = 'JobsConsumerMessages';

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
    removed('JobsConsumer', 'Environment', 'Variables', 'BACKGROUND_JOBS'),
    told('JobsConsumer', ['url'], ELSEWHERE),
    told('JobsConsumer', ['table'], 'another'),
    told('JobsConsumer', ['tasks'], ['work-once']),
    removed('JobsConsumerRoleDefaultPolicy', 'Roles'),
    removed('JobsRunsTable', 'KeySchema'),
    removed('JobsRunsTable', 'AttributeDefinitions'),
  ),
  ...failing(attempts.deadLettersWithReason, told('JobsConsumer', ['deadLetterUrl'], ELSEWHERE)),
  ...failing(messages.leavesToSqsWhatComesForEver, removed('JobsQueue', 'RedrivePolicy')),
  ...failing(messages.outlastsThrottling, changed('JobsQueue', ['VisibilityTimeout'], 33)),
  ...failing(messages.runsWhatWaitsForHours, changed('JobsQueue', ['MessageRetentionPeriod'], 60)),
  ...failing(messages.keepsDeadLettersForTwoWeeks, removed('JobsDeadLetterQueue', 'MessageRetentionPeriod')),
  ...failing(batches.boundsRecordsAtWork, told('JobsConsumer', ['consumer', 'concurrency'], CONCURRENCY + 1)),
  ...failing(messages.retriesUnknownTask, told('JobsConsumer', ['consumer', 'unknownTaskGraceSeconds'], 0)),
  ...failing(
    fn.logsJson,
    removed('JobsConsumer', 'LoggingConfig', 'LogFormat'),
    removed('JobsConsumer', 'LoggingConfig', 'LogGroup'),
  ),
  ...failing(fn.namesSourcesInStacks, removed('JobsConsumer', 'Environment', 'Variables', 'NODE_OPTIONS')),
  ...failing(fn.holdsMuchInMemory, removed('JobsConsumer', 'MemorySize')),
  ...failing(messages.forgetsRuns, removed('JobsRunsTable', 'TimeToLiveSpecification')),
];
