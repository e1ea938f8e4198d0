/**
 * The characters of message bodies and of attributes' strings: those of XML 1.0. Control characters, lone surrogates,
 * U+FFFE and U+FFFF are refused.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html (MessageBody)
 */
export function hasOnlyAllowedCharacters(text: string): boolean {
  return !REFUSED.test(text);
}

/** `MessageGroupId`, `MessageDeduplicationId` and `ReceiveRequestAttemptId`: letters, digits and ASCII punctuation. */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

const REFUSED = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;
const TOKEN = /^[\u{21}-\u{7E}]{1,128}$/u;
