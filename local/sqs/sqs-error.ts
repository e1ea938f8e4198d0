/** An error as SQS answers it: thrown by verbs and queues, turned into an HTTP answer or a `Failed` entry. */
export class SqsError extends Error {
  readonly code: SqsErrorCode;

  constructor(code: SqsErrorCode, message: string) {
    super(message);
    this.name = code;
    this.code = code;
  }

  get status(): number {
    return ERRORS[this.code].status;
  }

  /** The code of the older query protocol, which SDKs still show as `error.Code`. */
  get queryCode(): string {
    return ERRORS[this.code].queryCode;
  }

  /** The shape's name as the JSON protocol carries it in `__type`. */
  get type(): string {
    return ERRORS[this.code].type ?? `com.amazonaws.sqs#${this.code}`;
  }
}

export type SqsErrorCode = keyof typeof ERRORS;

const LEGACY = 'AWS.SimpleQueueService.';

/**
 * Statuses and query codes as in the service model that the SDKs are generated from. The last six have no shape of
 * their own there: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html
 */
const ERRORS = table({
  BatchEntryIdsNotDistinct: { status: 400, queryCode: `${LEGACY}BatchEntryIdsNotDistinct` },
  BatchRequestTooLong: { status: 400, queryCode: `${LEGACY}BatchRequestTooLong` },
  EmptyBatchRequest: { status: 400, queryCode: `${LEGACY}EmptyBatchRequest` },
  InvalidAttributeName: { status: 400, queryCode: 'InvalidAttributeName' },
  InvalidAttributeValue: { status: 400, queryCode: 'InvalidAttributeValue' },
  InvalidBatchEntryId: { status: 400, queryCode: `${LEGACY}InvalidBatchEntryId` },
  InvalidMessageContents: { status: 400, queryCode: 'InvalidMessageContents' },
  MessageNotInflight: { status: 400, queryCode: `${LEGACY}MessageNotInflight` },
  OverLimit: { status: 403, queryCode: 'OverLimit' },
  PurgeQueueInProgress: { status: 403, queryCode: `${LEGACY}PurgeQueueInProgress` },
  QueueDeletedRecently: { status: 400, queryCode: `${LEGACY}QueueDeletedRecently` },
  QueueDoesNotExist: { status: 400, queryCode: `${LEGACY}NonExistentQueue` },
  QueueNameExists: { status: 400, queryCode: 'QueueAlreadyExists' },
  ReceiptHandleIsInvalid: { status: 404, queryCode: 'ReceiptHandleIsInvalid' },
  ResourceNotFoundException: { status: 404, queryCode: 'ResourceNotFoundException' },
  TooManyEntriesInBatchRequest: { status: 400, queryCode: `${LEGACY}TooManyEntriesInBatchRequest` },
  UnsupportedOperation: { status: 400, queryCode: `${LEGACY}UnsupportedOperation` },
  AccessDenied: { status: 403, queryCode: 'AccessDenied', type: coral('AccessDeniedException') },
  KmsAccessDenied: { status: 400, queryCode: 'KMS.AccessDeniedException' },
  InternalFailure: { status: 500, queryCode: 'InternalFailure', type: coral('InternalFailure') },
  InvalidAction: { status: 400, queryCode: 'InvalidAction', type: coral('UnknownOperationException') },
  InvalidParameterValue: {
    status: 400,
    queryCode: 'InvalidParameterValue',
    type: coral('InvalidParameterValueException'),
  },
  MissingParameter: {
    status: 400,
    queryCode: 'MissingParameter',
    type: coral('MissingRequiredParameterException'),
  },
  SerializationException: {
    status: 400,
    queryCode: 'SerializationException',
    type: coral('SerializationException'),
  },
});

/** Keeps the codes as a literal type while every row has the one shape. */
function table<Code extends string>(
  rows: Record<Code, { readonly status: number; readonly queryCode: string; readonly type?: string }>,
) {
  return rows;
}

function coral(shape: string): string {
  return `com.amazon.coral.service#${shape}`;
}
