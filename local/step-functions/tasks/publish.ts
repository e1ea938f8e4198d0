import { isJsonObject } from '../../json-value.ts';
import type { Authorize } from '../../permissions/access-denied.ts';
import { SnsError } from '../../sns/sns-error.ts';
import type { Message } from '../../sns/topics.ts';
import { StateFailure } from '../execution/state-failure.ts';

const FIELDS = ['TopicArn', 'Message', 'Subject', 'MessageGroupId'];

/**
 * `sns:publish`. A message that is no string is published as its JSON text.
 * https://docs.aws.amazon.com/step-functions/latest/dg/connect-sns.html
 *
 * @throws StateFailure; AccessDenied
 */
export function publish(
  given: unknown,
  sns: { publish(topicArn: string, message: Message): string },
  authorize: Authorize | undefined,
): { readonly MessageId: string } {
  const fields = isJsonObject(given) ? given : {};
  const unknown = Object.keys(fields).find(field => !FIELDS.includes(field));
  if (unknown !== undefined) {
    throw new StateFailure(
      'SNS.InvalidParameterException',
      `${unknown} is not supported by the local engine`,
    );
  }
  const { TopicArn: topicArn, Message: message, Subject: subject, MessageGroupId: groupId } = fields;
  if (typeof topicArn !== 'string') {
    throw new StateFailure(
      'SNS.InvalidParameterException',
      `TopicArn must be a topic's ARN, got ${JSON.stringify(topicArn)}`,
    );
  }
  authorize?.('SNS:Publish', topicArn);
  try {
    const MessageId = sns.publish(topicArn, {
      message: typeof message === 'string' ? message : JSON.stringify(message),
      ...(typeof subject === 'string' && { subject }),
      ...(typeof groupId === 'string' && { groupId }),
    });
    return { MessageId };
  } catch (error) {
    if (error instanceof SnsError) throw new StateFailure(`SNS.${error.code}`, error.message);
    throw error;
  }
}
