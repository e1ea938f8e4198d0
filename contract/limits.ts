/**
 * AWS's limits and this project's own that follow from them, each in one place. Durations carry their unit in the
 * name; sizes are bytes of UTF-8.
 */

const SQS_QUOTAS =
  'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html';

export const SQS = {
  /** One message, body and attributes together, and also the sum of one batch. @see {@link SQS_QUOTAS} */
  maxMessageBytes: 1_048_576,
  /** Entries of one batch call. @see {@link SQS_QUOTAS} */
  maxBatchEntries: 10,
  /** `DelaySeconds` of a message or a queue. @see {@link SQS_QUOTAS} */
  maxDelaySeconds: 900,
  /** Counted from the receive: a change may not exceed what is left of it. @see {@link SQS_QUOTAS} */
  maxVisibilityTimeoutSeconds: 43_200,
  /** @see {@link SQS_QUOTAS} */
  minRetentionSeconds: 60,
  /** Of a queue that does not say. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
  defaultRetentionSeconds: 345_600,
  maxRetentionSeconds: 1_209_600,
  /** @see {@link SQS_QUOTAS} */
  maxMessageAttributes: 10,
  /** `maxReceiveCount` of a redrive policy. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
  maxReceiveCount: 1000,
  quotas: SQS_QUOTAS,
} as const;

export const LAMBDA = {
  /** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
  maxTimeoutSeconds: 900,
  /** Of a synchronous invocation, and so of a request by a function URL. Same page. */
  maxInvocationBytes: 6 * 1024 * 1024,
  /** All environment variables of a function together. Same page. */
  maxEnvironmentBytes: 4096,
  /** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html */
  maxBatchSizeWithoutWindow: 10,
  maxBatchSize: 10_000,
  maxBatchingWindowSeconds: 300,
  minEventSourceConcurrency: 2,
  maxEventSourceConcurrency: 1000,
  /** What AWS asks of a queue behind a function: a visibility timeout of six times the function's timeout. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
  visibilityTimeoutFactor: 6,
} as const;

export const DYNAMODB = {
  /** Attribute names and values. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html */
  maxItemBytes: 409_600,
  /** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
  maxBatchGetKeys: 100,
} as const;

export const STEP_FUNCTIONS = {
  /** Of inputs and outputs. https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
  maxPayloadBytes: 262_144,
} as const;

export const SCHEDULER = {
  /** Of a schedule and of a group. https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html */
  name: /^[0-9a-zA-Z-_.]{1,64}$/,
  /** `MaximumWindowInMinutes`. https://docs.aws.amazon.com/scheduler/latest/APIReference/API_FlexibleTimeWindow.html */
  maxFlexibleWindowMinutes: 1440,
  /** Also the default. https://docs.aws.amazon.com/scheduler/latest/APIReference/API_RetryPolicy.html */
  maxRetryAttempts: 185,
  minEventAgeSeconds: 60,
  /** Also the default. https://docs.aws.amazon.com/scheduler/latest/APIReference/API_RetryPolicy.html */
  maxEventAgeSeconds: 86_400,
  /** `Input` of a target. https://docs.aws.amazon.com/scheduler/latest/UserGuide/scheduler-quotas.html */
  maxInputBytes: 262_144,
  /** `MaxResults` of a page. https://docs.aws.amazon.com/scheduler/latest/APIReference/API_ListSchedules.html */
  maxResults: 100,
} as const;

/**
 * Kept free in every message at send, so that its dead-letter copy has room for the reason: SQS would refuse a copy
 * that is larger than the message limit, and then the reason would be lost.
 */
export const RESERVED_FOR_DEAD_LETTER_BYTES = 16_384;

/** The largest envelope that `sendTask` sends. */
export const MAX_ENVELOPE_BYTES = SQS.maxMessageBytes - RESERVED_FOR_DEAD_LETTER_BYTES;

/** The largest result that is stored with a run; the rest of the item and a dead letter's envelope need the room. */
export const MAX_RESULT_BYTES = 65_536;

/** The results of a run's steps, together: each is kept with the run, for its next attempt. */
export const MAX_STEPS_BYTES = 204_800;

/**
 * The largest payload, or result of a step, in a payload bucket. The consumer holds it as text, as what JSON makes of it,
 * as a copy and as what the schema makes of that.
 */
export const MAX_OBJECT_BYTES = 16 * 1024 * 1024;

/** The largest envelope that is stored in a dead-lettered run's item, for a redrive without the queue's help. */
export const MAX_STORED_ENVELOPE_BYTES = 300_000;

/**
 * The deepest nesting of a payload. JSON.parse takes any depth, but JSON.stringify and most schemas recurse: a payload
 * that can be read and not be written again could not be dead-lettered.
 */
export const MAX_NESTING = 500;

/**
 * What a consumer function keeps for itself before its deadline: the finish write, the visibility changes and the
 * answer to Lambda. A task's timeout plus this must fit into the function's timeout.
 */
export const DEADLINE_MARGIN_MS = 3000;

/**
 * SQS allows twelve hours from the receive; a longer backoff hides the message this long and is checked again by
 * `notBefore` when it comes back.
 */
export const LONGEST_HIDING_SECONDS = SQS.maxVisibilityTimeoutSeconds - 600;

/** The longest that a handler may have its next attempt wait: well below the time for which an unfinished run is kept. */
export const MAX_RETRY_AFTER_MS = 30 * 86_400_000;

/** `maxReceiveCount` of a task queue has three receives an attempt and ten more; this is where that meets SQS's limit. */
export const MAX_ATTEMPTS = (SQS.maxReceiveCount - 10) / 3;

export const EVENT_BRIDGE = {
  /** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html */
  ruleName: /^[0-9a-zA-Z-_.]{1,64}$/,
  /** Both: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_InputTransformer.html */
  maxTemplateLength: 8192,
  maxInputPaths: 100,
} as const;
