import type { Clock } from '../clock.ts';
import type { Location } from '../service.ts';
import { MoveTasks } from './move-tasks.ts';
import { Queue, type QueueOptions } from './queue.ts';
import type { QueueAttributes } from './queue-attributes.ts';
import { SqsError } from './sqs-error.ts';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteQueue.html */
const NAME_FREE_AFTER_DELETE_MS = 60_000;

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_PurgeQueue.html */
const PURGE_TAKES_MS = 60_000;

/** The queues of one account in one region. */
export class SqsStore {
  readonly clock: Clock;
  readonly moveTasks: MoveTasks;
  readonly #location: Location;
  readonly #onSent: QueueOptions['onSent'];
  readonly #queues = new Map<string, Queue>();
  readonly #deletedAtMs = new Map<string, number>();
  readonly #purgedAtMs = new WeakMap<Queue, number>();

  constructor(options: { clock: Clock; location: Location; onSent?: QueueOptions['onSent'] }) {
    this.clock = options.clock;
    this.#onSent = options.onSent;
    this.#location = options.location;
    this.moveTasks = new MoveTasks(options.clock, arn => this.findByArn(arn));
  }

  /** Creates the queue, or finds it where one of that name has these attributes. */
  create(name: string, attributes: QueueAttributes): Queue {
    checkName(name, attributes.FifoQueue === 'true');
    const existing = this.#queues.get(name);
    if (existing !== undefined) {
      checkSame(existing, attributes);
      return existing;
    }
    if (this.clock.now() - (this.#deletedAtMs.get(name) ?? -Infinity) < NAME_FREE_AFTER_DELETE_MS) {
      throw new SqsError(
        'QueueDeletedRecently',
        'You must wait 60 seconds after deleting a queue before you can create another with the same name.',
      );
    }
    const queue = new Queue(
      {
        name,
        clock: this.clock,
        location: this.#location,
        findByArn: arn => this.findByArn(arn),
        onSent: this.#onSent,
      },
      attributes,
    );
    this.#queues.set(name, queue);
    return queue;
  }

  delete(queue: Queue): void {
    this.#queues.delete(queue.name);
    this.#deletedAtMs.set(queue.name, this.clock.now());
    queue.purge();
  }

  purge(queue: Queue): void {
    if (this.clock.now() - (this.#purgedAtMs.get(queue) ?? -Infinity) < PURGE_TAKES_MS) {
      throw new SqsError(
        'PurgeQueueInProgress',
        `Only one PurgeQueue operation on ${queue.name} is allowed every 60 seconds.`,
      );
    }
    this.#purgedAtMs.set(queue, this.clock.now());
    queue.purge();
  }

  all(): readonly Queue[] {
    return [...this.#queues.values()];
  }

  arnOf(name: string): string {
    return `arn:aws:sqs:${this.#location.region}:${this.#location.accountId}:${name}`;
  }

  findByName(name: string): Queue | undefined {
    return this.#queues.get(name);
  }

  findByArn(arn: string): Queue | undefined {
    const queue = this.#queues.get(arn.slice(arn.lastIndexOf(':') + 1));
    return queue?.arn === arn ? queue : undefined;
  }

  /** By the path alone: the same front door has several names. */
  findByUrl(url: string): Queue | undefined {
    const path = URL.canParse(url) ? new URL(url).pathname : url;
    const [account, name = '', ...rest] = path.split('/').filter(part => part !== '');
    return account === this.#location.accountId && rest.length === 0 ? this.#queues.get(name) : undefined;
  }

  requireByUrl(url: string): Queue {
    const queue = this.findByUrl(url);
    if (queue === undefined)
      throw new SqsError('QueueDoesNotExist', `The specified queue does not exist: ${url}`);
    return queue;
  }

  /** The queues that dead-letter to this one. */
  sourcesOf(deadLetterQueue: Queue): readonly Queue[] {
    return this.all().filter(queue => queue.settings.redrive?.deadLetterTargetArn === deadLetterQueue.arn);
  }

  stop(): void {
    this.moveTasks.stop();
    for (const queue of this.#queues.values()) queue.purge();
  }
}

const NAME = /^[A-Za-z0-9_-]{1,80}$/;
const FIFO_NAME = /^[A-Za-z0-9_-]{1,75}\.fifo$/;

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html */
function checkName(name: string, fifo: boolean): void {
  if ((fifo ? FIFO_NAME : NAME).test(name)) return;
  throw new SqsError(
    'InvalidParameterValue',
    fifo
      ? `The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length, got '${name}'.`
      : `Can only include alphanumeric characters, hyphens, or underscores, 1 to 80 in length, got '${name}'; a name that ends with .fifo needs the attribute FifoQueue.`,
  );
}

function checkSame(queue: Queue, attributes: QueueAttributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (queue.configuration.attributes[name] === value) continue;
    throw new SqsError(
      'QueueNameExists',
      `A queue already exists with the same name and a different value for attribute ${name}: ${queue.configuration.attributes[name]}, got ${value}`,
    );
  }
}
