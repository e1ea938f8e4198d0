import type { InvokeResult } from './function-api.ts';

/** A message to a destination. A function takes its body as the event. */
export interface Outgoing {
  readonly body: string;
  /** Message attributes, for queues and topics. */
  readonly attributes?: Readonly<
    Record<string, { readonly dataType: 'String' | 'Number'; readonly stringValue: string }>
  >;
}

/** An asynchronous invocation that is over. */
export interface EndedInvocation {
  readonly functionArn: string;
  readonly requestId: string;
  readonly event: unknown;
  readonly result: InvokeResult;
  readonly condition: 'Success' | 'RetriesExhausted' | 'EventAgeExceeded';
  readonly invocations: number;
}

/**
 * What a destination gets. AWS documents no record of an event that was never invoked; it has no response here.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export function invocationRecord(ended: EndedInvocation, nowMs: number): Outgoing {
  const { functionArn, requestId, event, result, condition, invocations } = ended;
  const record = {
    version: '1.0',
    timestamp: new Date(nowMs).toISOString(),
    requestContext: {
      requestId,
      functionArn: `${functionArn}:$LATEST`,
      condition,
      approximateInvokeCount: invocations,
    },
    requestPayload: event,
    ...responseOf(result),
  };
  return { body: JSON.stringify(record) };
}

function responseOf(result: InvokeResult): object {
  const responseContext = { statusCode: 200, executedVersion: '$LATEST' };
  if (result.outcome === 'succeeded') return { responseContext, responsePayload: result.payload };
  if (result.outcome !== 'failed') return {};
  return {
    responseContext: { ...responseContext, functionError: 'Unhandled' },
    responsePayload: result.error,
  };
}

/** "The first 1 KB of the error message" */
const MAX_ERROR_MESSAGE_LENGTH = 1024;

/**
 * What a function's dead-letter queue gets: the event as it was, the error in attributes.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-dlq
 */
export function deadLetterOf({ event, requestId, result }: EndedInvocation): Outgoing {
  const [code, message] =
    result.outcome === 'failed'
      ? ['200', result.error.errorMessage]
      : result.outcome === 'throttled'
        ? ['429', 'Rate Exceeded.']
        : ['400', RECURSION_MESSAGE];
  return {
    body: JSON.stringify(event),
    attributes: {
      RequestID: { dataType: 'String', stringValue: requestId },
      ErrorCode: { dataType: 'Number', stringValue: code },
      // Attributes must not be empty.
      ErrorMessage: { dataType: 'String', stringValue: message.slice(0, MAX_ERROR_MESSAGE_LENGTH) || ' ' },
    },
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html: RecursiveInvocationException */
export const RECURSION_MESSAGE =
  "Lambda has detected your function being invoked in a recursive loop with other AWS resources and stopped your function's invocation.";
