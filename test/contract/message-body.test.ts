import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeMessage } from '../../contract/envelope.ts';
import { toMessageBody } from '../../contract/message-body.ts';
import { anyEnvelope } from './arbitraries.ts';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
const ONLY_WHAT_SQS_TAKES = /^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]*$/u;

it('a message body has only characters that SQS takes, and reads back as the envelope that it was', () => {
  const anyUnits = fc.array(fc.nat(0xffff)).map(units => String.fromCharCode(...units, 0xfffe, 0xffff, 0));
  fc.assert(
    fc.property(anyEnvelope, anyUnits, (envelope, text) => {
      const body = toMessageBody({ ...envelope, payload: { [text]: text } });

      expect(body).toMatch(ONLY_WHAT_SQS_TAKES);
      expect(decodeMessage(body, 'message-id').envelope).toEqual({ ...envelope, payload: { [text]: text } });
    }),
  );
});
