import type { Clock } from '../clock.ts';
import type { QueueAttributes, QueueSettings } from './queue-attributes.ts';
import { changeAttributes, defaultAttributes, settingsOf } from './queue-attributes.ts';
import { checkRedrive, parseRedrivePolicy, type RedriveEnd, type RedriveTarget } from './redrive-policy.ts';

/** The attributes of a queue over time. A change that SQS would refuse throws its error and changes nothing. */
export class QueueConfiguration {
  readonly createdAtMs: number;
  readonly #queue: RedriveEnd;
  readonly #clock: Clock;
  readonly #findByArn: (arn: string) => RedriveTarget | undefined;
  #attributes: QueueAttributes;
  #settings: QueueSettings;
  #modifiedAtMs: number;

  constructor(options: {
    queue: RedriveEnd;
    clock: Clock;
    findByArn: (arn: string) => RedriveTarget | undefined;
    attributes: QueueAttributes;
  }) {
    this.#queue = options.queue;
    this.#clock = options.clock;
    this.#findByArn = options.findByArn;
    this.createdAtMs = options.clock.now();
    this.#modifiedAtMs = this.createdAtMs;
    this.#attributes = this.#changed(defaultAttributes(options.queue.fifo), options.attributes);
    this.#settings = settingsOf(this.#attributes);
  }

  get attributes(): QueueAttributes {
    return this.#attributes;
  }

  get settings(): QueueSettings {
    return this.#settings;
  }

  get modifiedAtMs(): number {
    return this.#modifiedAtMs;
  }

  change(changes: QueueAttributes): void {
    this.#attributes = this.#changed(this.#attributes, changes);
    this.#settings = settingsOf(this.#attributes);
    this.#modifiedAtMs = this.#clock.now();
  }

  #changed(attributes: QueueAttributes, changes: QueueAttributes): QueueAttributes {
    const changed = changeAttributes(attributes, changes, this.#queue.fifo);
    if (changes.RedrivePolicy) {
      const { deadLetterTargetArn } = parseRedrivePolicy(changes.RedrivePolicy);
      checkRedrive(this.#queue, this.#findByArn(deadLetterTargetArn), changes.RedrivePolicy);
    }
    return changed;
  }
}
