import type { Clock } from '../clock.ts';
import { Deliveries, type SavedDelivery } from '../delivery/deliveries.ts';
import { isoSeconds } from '../iso-seconds.ts';
import { ApiError } from '../json-api/api-error.ts';
import type { Location } from '../service.ts';
import type { Event } from './event.ts';
import { compileEventPattern } from './event-pattern.ts';
import type { NewRule, Rule } from './rule.ts';
import { deliver, type EventTargets, giveUp, type RuleDelivery } from './rule-delivery.ts';

/** Buses with their rules, and what is on its way to targets. */
export class EventBuses {
  readonly clock: Clock;
  readonly location: Location;
  readonly #rules = new Map<string, Map<string, Rule>>([['default', new Map()]]);
  readonly #deliveries: Deliveries<RuleDelivery>;

  constructor({ clock, location, targets }: { clock: Clock; location: Location; targets: EventTargets }) {
    this.clock = clock;
    this.location = location;
    this.#deliveries = new Deliveries(
      clock,
      delivery => deliver(delivery, targets),
      (delivery, end) => giveUp(delivery, end, targets),
    );
  }

  names(): readonly string[] {
    return [...this.#rules.keys()];
  }

  createBus(name: string): void {
    if (this.#rules.has(name)) {
      throw new ApiError('ResourceAlreadyExistsException', `Event bus ${name} already exists.`);
    }
    this.#rules.set(name, new Map());
  }

  /** @param nameOrArn the default bus without one @throws ApiError for a bus that does not exist */
  requireBus(nameOrArn?: string): string {
    const name = this.busNameOf(nameOrArn);
    if (this.#rules.has(name)) return name;
    throw new ApiError('ResourceNotFoundException', `Event bus ${name} does not exist.`);
  }

  /** @throws ApiError for a pattern that is none, a bus that is not there, or a name that is taken */
  createRule({ name, busName, description, enabled, pattern, targets }: NewRule): Rule {
    const rules = this.#rulesOf(busName);
    if (rules.has(name))
      throw new ApiError('ResourceAlreadyExistsException', `Rule ${name} already exists on ${busName}.`);
    const { region, accountId } = this.location;
    const path = busName === 'default' ? name : `${busName}/${name}`;
    const arn = `arn:aws:events:${region}:${accountId}:rule/${path}`;
    const matches = compileEventPattern(pattern);
    const rule = { name, arn, busName, description, enabled, pattern, matches, targets };
    rules.set(name, rule);
    return rule;
  }

  rules(busName: string): readonly Rule[] {
    return [...this.#rulesOf(busName).values()];
  }

  rule(busName: string, name: string): Rule {
    const rule = this.#rulesOf(busName).get(name);
    if (!rule)
      throw new ApiError('ResourceNotFoundException', `Rule ${name} does not exist on EventBus ${busName}.`);
    return rule;
  }

  /** Sends the event to the targets of all rules of the bus that it matches. */
  accept(busName: string, event: Event): void {
    const ingestedAt = isoSeconds(this.clock.now());
    for (const { arn, enabled, matches, targets } of this.rules(busName)) {
      // To a pattern it is plain data.
      if (!enabled || !matches({ ...event })) continue;
      for (const target of targets)
        this.#deliveries.start({ ruleArn: arn, target, event, ingestedAt }, target.retry);
    }
  }

  saveDeliveries(): readonly SavedDelivery<RuleDelivery>[] {
    return this.#deliveries.save();
  }

  restoreDelivery(saved: SavedDelivery<RuleDelivery>): void {
    this.#deliveries.restore(saved);
  }

  /** Of a bus that may not be there. */
  busNameOf(nameOrArn = 'default'): string {
    return nameOrArn.startsWith('arn:') ? nameOrArn.slice(nameOrArn.indexOf('/') + 1) : nameOrArn;
  }

  busArnOf(name: string): string {
    return `arn:aws:events:${this.location.region}:${this.location.accountId}:event-bus/${name}`;
  }

  stop(): void {
    this.#deliveries.stop();
  }

  #rulesOf(busName: string): Map<string, Rule> {
    return this.#rules.get(this.requireBus(busName)) ?? new Map();
  }
}
