import { createHash, randomUUID } from 'node:crypto';
import { SQS } from '../../contract/limits.ts';
import type { Clock } from '../clock.ts';
import { type JsonObject, numberAt, objectAt, required, stringAt } from '../json-value.ts';
import type { Location } from '../service.ts';
import { Announcer } from './announcer.ts';
import { Deduplication } from './deduplication.ts';
import { FifoLine } from './fifo-line.ts';
import { StandardLine } from './line.ts';
import type { Content, Message } from './message.ts';
import { MessageShelf } from './message-shelf.ts';
import type { QueueCounts, ReceivedMessage, SavableQueue, SentMessage } from './queue-api.ts';
import type { QueueAttributes, QueueSettings } from './queue-attributes.ts';
import { QueueConfiguration } from './queue-configuration.ts';
import { readReceiptHandle } from './receipt-handle.ts';
import { receivedMessage } from './received-message.ts';
import { readMessage, saveMessage } from './saved-message.ts';
import { SqsError } from './sqs-error.ts';

export interface QueueOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly location: Location;
  /** The other queues of the service: dead-letter queues are found by their ARN when they are needed. */
  readonly findByArn: (arn: string) => Queue | undefined;
  /** @default nobody is told */
  readonly onSent?: ((message: SentMessage) => void) | undefined;
}

/** One queue: SQS's rules of sending, receiving, redriving and deleting over a `MessageShelf`. */
export class Queue implements SavableQueue {
  readonly name: string;
  readonly fifo: boolean;
  readonly tags = new Map<string, string>();
  readonly configuration: QueueConfiguration;
  readonly #clock: Clock;
  readonly #location: Location;
  readonly #findByArn: (arn: string) => Queue | undefined;
  readonly #onSent: QueueOptions['onSent'];
  readonly #shelf: MessageShelf;
  readonly #deduplication: Deduplication<Message>;
  readonly #announcer = new Announcer();
  #arrivals = 0;

  /** Throws SQS's errors for attributes that it would refuse. */
  constructor(options: QueueOptions, attributes: QueueAttributes) {
    const { name, clock, location, findByArn } = options;
    this.name = name;
    this.fifo = name.endsWith('.fifo');
    this.#clock = clock;
    this.#location = location;
    this.#findByArn = findByArn;
    this.#onSent = options.onSent;
    this.#deduplication = new Deduplication(clock);
    this.configuration = new QueueConfiguration({ queue: this, clock, findByArn, attributes });
    this.#shelf = new MessageShelf({
      clock,
      line: this.fifo ? new FifoLine() : new StandardLine(),
      retentionMs: () => this.settings.retentionMs,
      announce: () => this.#announcer.announce(),
    });
  }

  get arn(): string {
    return `arn:aws:sqs:${this.#location.region}:${this.#location.accountId}:${this.name}`;
  }

  get url(): string {
    return `${this.#location.endpoint}/${this.#location.accountId}/${this.name}`;
  }

  get settings(): QueueSettings {
    return this.configuration.settings;
  }

  get visibilityTimeoutSeconds(): number {
    return this.settings.visibilityTimeoutMs / 1000;
  }

  changeAttributes(changes: QueueAttributes): void {
    this.configuration.change(changes);
    // Retroactive for FIFO queues only: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-delay-queues.html
    if (this.fifo && changes.DelaySeconds !== undefined) this.#shelf.changeDelay(this.settings.delayMs);
    this.#shelf.settle();
  }

  /** The message; for a duplicate within the deduplication window, the one sent before. */
  send(
    content: Content,
    options: { deduplicationId?: string | undefined; delayMs?: number | undefined },
  ): Message {
    const { contentBasedDeduplication } = this.settings;
    const hash = () => createHash('sha256').update(content.body).digest('hex');
    const arrivalsBefore = this.#arrivals;
    const message = this.#arrive({
      id: randomUUID(),
      content,
      deduplicationId: options.deduplicationId ?? (contentBasedDeduplication ? hash() : undefined),
      delayMs: options.delayMs,
    });
    if (this.#arrivals > arrivalsBefore) {
      const { id: messageId, sentAtMs } = message;
      this.#onSent?.({
        messageId,
        queueUrl: this.url,
        body: content.body,
        sentAtMs,
        delayMs: options.delayMs,
      });
    }
    return message;
  }

  /** The message that a receive would get first; it is not received by this. */
  firstVisible(): Message | undefined {
    return this.#shelf.firstVisible();
  }

  /**
   * Takes in what a message move task brings: a new message with a new id and enqueue time.
   * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
   */
  acceptMoved(message: Message): void {
    const { content, deduplicationId } = message;
    this.#arrive({ id: randomUUID(), content, deduplicationId });
  }

  /**
   * Takes in what another queue's redrive policy sends. In a FIFO queue the enqueue time starts again and the message
   * id becomes the deduplication id; in a standard queue both stay.
   * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/setting-up-dead-letter-queue-retention.html
   */
  acceptDeadLetter(message: Message, source: Queue): void {
    this.#arrive({
      id: message.id,
      content: message.content,
      deduplicationId: this.fifo ? message.id : undefined,
      sentAtMs: this.fifo ? undefined : message.sentAtMs,
      deadLetterSourceArn: source.arn,
      receives: message.receives,
      firstReceivedAtMs: message.firstReceivedAtMs,
    });
  }

  receive(max: number, visibilityTimeoutMs = this.settings.visibilityTimeoutMs): ReceivedMessage[] {
    const taken = this.#shelf.take(max, visibilityTimeoutMs, message => {
      if (this.#deadLetter(message)) return false;
      message.receives += 1;
      message.receivesHere += 1;
      message.receivedAtMs = this.#clock.now();
      message.firstReceivedAtMs ??= message.receivedAtMs;
      return true;
    });
    return taken.map(message => receivedMessage(this, message));
  }

  get isFull(): boolean {
    return this.#shelf.isFull;
  }

  /**
   * Deletes nothing, and says nothing of it, for a message that is gone or was received again since. FIFO queues refuse
   * a handle once its visibility timeout has passed; standard queues take it while the message has not been received again.
   * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html
   * https://repost.aws/knowledge-center/sqs-receipt-handle-error
   */
  delete(receiptHandle: string): void {
    const { messageId, receive } = readReceiptHandle(this.arn, receiptHandle);
    const message = this.#shelf.get(messageId);
    if (message === undefined) return;
    const isLatest = message.receivesHere === receive;
    if (this.fifo && (!isLatest || message.state !== 'inFlight')) {
      throw invalidReceiptHandle(receiptHandle, 'The receipt handle has expired.');
    }
    if (isLatest) this.#shelf.remove(message);
  }

  /** Takes a message out whatever its state. */
  remove(message: Message): void {
    this.#shelf.remove(message);
  }

  changeVisibility(receiptHandle: string, timeoutSeconds: number): void {
    const { messageId, receive } = readReceiptHandle(this.arn, receiptHandle);
    const message = this.#shelf.get(messageId);
    if (message === undefined || message.receivesHere !== receive) {
      throw invalidReceiptHandle(
        receiptHandle,
        'Message does not exist or is not available for visibility timeout change.',
      );
    }
    if (message.state !== 'inFlight') {
      throw new SqsError(
        'MessageNotInflight',
        `The message referred to by ${receiptHandle} isn't in flight.`,
      );
    }
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
    const limitMs = SQS.maxVisibilityTimeoutSeconds * 1000;
    if (this.#clock.now() - message.receivedAtMs + timeoutSeconds * 1000 > limitMs) {
      throw new SqsError(
        'InvalidParameterValue',
        `Value ${timeoutSeconds} for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout for the ` +
          `message is beyond the limit [${SQS.maxVisibilityTimeoutSeconds} seconds].`,
      );
    }
    this.#shelf.hide(message, timeoutSeconds * 1000);
  }

  onReceivable(listener: () => void): () => void {
    return this.#announcer.subscribe(listener);
  }

  counts(): QueueCounts {
    return this.#shelf.counts();
  }

  save(): readonly JsonObject[] {
    const duplicates = this.#deduplication.all().map(({ key, value, endsAtMs }) => ({
      deduplicationKey: key,
      endsAtMs,
      message: saveMessage(value),
    }));
    const messages = this.#shelf.all().map(({ message, dueAtMs }) => ({
      dueAtMs,
      message: saveMessage(message),
    }));
    return [...duplicates, ...messages];
  }

  restore(saved: readonly JsonObject[]): void {
    for (const entry of saved) {
      const message = readMessage(required(objectAt(entry, 'message'), 'message'));
      const key = stringAt(entry, 'deduplicationKey');
      if (key === undefined) this.#shelf.restore(message, numberAt(entry, 'dueAtMs'));
      else this.#deduplication.remember(key, message, numberAt(entry, 'endsAtMs'));
      this.#arrivals = Math.max(this.#arrivals, message.arrival);
    }
  }

  /** Deletes all messages, those in flight too. */
  purge(): void {
    this.#shelf.clear();
  }

  #arrive(
    arrival: Pick<Message, 'id' | 'content' | 'deduplicationId'> &
      Partial<Pick<Message, 'deadLetterSourceArn' | 'firstReceivedAtMs' | 'receives'>> & {
        sentAtMs?: number | undefined;
        delayMs?: number | undefined;
      },
  ): Message {
    const { content, deduplicationId } = arrival;
    const scope = this.settings.deduplicationScope === 'messageGroup' ? content.groupId : '';
    const key = `${scope}\0${deduplicationId}`;
    const duplicate = this.fifo ? this.#deduplication.find(key) : undefined;
    if (duplicate !== undefined) return duplicate;
    this.#arrivals += 1;
    const message: Message = {
      id: arrival.id,
      content,
      deduplicationId,
      deadLetterSourceArn: arrival.deadLetterSourceArn,
      arrival: this.#arrivals,
      arrivedAtMs: this.#clock.now(),
      sentAtMs: arrival.sentAtMs ?? this.#clock.now(),
      state: 'delayed',
      receives: arrival.receives ?? 0,
      receivesHere: 0,
      firstReceivedAtMs: arrival.firstReceivedAtMs,
      receivedAtMs: 0,
    };
    if (this.fifo) this.#deduplication.remember(key, message);
    this.#shelf.add(message, arrival.delayMs ?? this.settings.delayMs);
    return message;
  }

  /** Whether the redrive policy has moved the message, which it does when it would be received once too often. */
  #deadLetter(message: Message): boolean {
    const { redrive } = this.settings;
    if (redrive === undefined || message.receivesHere < redrive.maxReceiveCount) return false;
    const target = this.#findByArn(redrive.deadLetterTargetArn);
    target?.acceptDeadLetter(message, this);
    return target !== undefined;
  }
}

function invalidReceiptHandle(receiptHandle: string, reason: string): SqsError {
  return new SqsError(
    'InvalidParameterValue',
    `Value ${receiptHandle} for parameter ReceiptHandle is invalid. Reason: ${reason}`,
  );
}
