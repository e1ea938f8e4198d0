/**
 * JSON that SQS accepts as a message body. `JSON.stringify` escapes control characters and lone surrogates; the two
 * characters left that SQS refuses are written as escapes, which mean the same.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
export function toMessageBody(value: object): string {
  return escapeForSqs(JSON.stringify(value));
}

/** The same of what stands beside a payload that is JSON already. */
export function joinMessageBody(frame: object, payloadJson: string): string {
  return escapeForSqs(`${JSON.stringify(frame).slice(0, -1)},"payload":${payloadJson}}`);
}

function escapeForSqs(json: string): string {
  return json.replaceAll('\ufffe', '\\ufffe').replaceAll('\uffff', '\\uffff');
}
