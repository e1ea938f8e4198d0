import { invalidParameter, SnsError } from './sns-error.ts';
import type { Message } from './topics.ts';

/** Message and attributes. https://docs.aws.amazon.com/general/latest/gr/sns.html */
const MAX_MESSAGE_BYTES = 256 * 1024;
/** https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const MAX_SUBJECT_LENGTH = 100;

/** The subscribers of all but the first two are outside of AWS: nothing runs locally that would miss the message. */
const PROTOCOLS = ['sqs', 'lambda', 'email', 'email-json', 'http', 'https', 'sms'];

const SUBSCRIPTION_ATTRIBUTES = ['RawMessageDelivery', 'RedrivePolicy'];

export function requireValidName(name: string, attributes: Readonly<Record<string, string>>): void {
  if (!/^[\w-]{1,256}$/.test(name)) {
    const allowed =
      '1 to 256 letters, digits, hyphens and underscores (FIFO topics are not supported locally)';
    throw invalidParameter(`Topic Name must be ${allowed}, got ${JSON.stringify(name)}`);
  }
  if (attributes.FifoTopic === 'true')
    throw invalidParameter('FIFO topics are not supported by the local engine');
}

export function requireProtocol(protocol: string, topicArn: string): void {
  if (PROTOCOLS.includes(protocol)) return;
  throw new SnsError(
    'SubscriptionProtocolNotSupported',
    `The local engine does not deliver from SNS to ${JSON.stringify(protocol)}, so ${topicArn} cannot have such a subscription; it can have those of ${PROTOCOLS.join(', ')}`,
  );
}

/** https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html */
export function requireEndpoint(protocol: string, endpoint: string): void {
  if (!endpoint) throw invalidParameter('Endpoint is missing');
  if (protocol === 'sqs' && endpoint.endsWith('.fifo'))
    throw invalidParameter(`FIFO queues cannot be subscribed to standard topics, got ${endpoint}`);
  if ((protocol === 'sqs' || protocol === 'lambda') && !endpoint.startsWith(`arn:aws:${protocol}:`))
    throw invalidParameter(`the endpoint of protocol ${protocol} must be an ARN of it, got ${endpoint}`);
}

export function requireSubscriptionAttributes(attributes: Readonly<Record<string, string>>): void {
  const unknown = Object.keys(attributes).find(name => !SUBSCRIPTION_ATTRIBUTES.includes(name));
  if (unknown !== undefined) {
    throw invalidParameter(`the subscription attribute ${unknown} is not supported by the local engine`);
  }
  deadLetterTargetOf(attributes.RedrivePolicy);
}

/** The queue of a subscription's `RedrivePolicy`. @throws {SnsError} for what is none */
export function deadLetterTargetOf(redrivePolicy: string | undefined): string | undefined {
  if (!redrivePolicy) return undefined;
  const [, arn] =
    /^\s*\{\s*"deadLetterTargetArn"\s*:\s*"(arn:aws:sqs:[^"]+)"\s*\}\s*$/.exec(redrivePolicy) ?? [];
  if (arn !== undefined) return arn;
  throw invalidParameter(
    `RedrivePolicy must be {"deadLetterTargetArn":"<ARN of a queue>"}, got ${redrivePolicy}`,
  );
}

export function requireValidMessage({ message, subject, attributes = {} }: Message): void {
  if (!message) throw invalidParameter('Empty message');
  const bytes = Object.entries(attributes).reduce(
    (sum, [name, { type, value }]) => sum + Buffer.byteLength(name + type + value),
    Buffer.byteLength(message),
  );
  if (bytes > MAX_MESSAGE_BYTES) {
    throw invalidParameter(`Message must be at most ${MAX_MESSAGE_BYTES} bytes, got ${bytes}`);
  }
  if (subject !== undefined && (subject.length > MAX_SUBJECT_LENGTH || /[^\x20-\x7e]/.test(subject))) {
    throw invalidParameter(`Subject must be at most ${MAX_SUBJECT_LENGTH} printable ASCII characters`);
  }
}
