import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { isoSeconds } from '../iso-seconds.ts';
import { handleJsonApi } from '../json-api/handle-json-api.ts';
import type { JsonObject } from '../json-value.ts';
import type { Location, Service } from '../service.ts';
import type { Event } from './event.ts';
import { EventBuses } from './event-buses.ts';
import type { NewRule, Rule } from './rule.ts';
import type { EventTargets } from './rule-delivery.ts';
import { readSavedDelivery, saveDelivery } from './saved-delivery.ts';
import { EVENTS_VERBS } from './verbs.ts';

/** EventBridge: buses with rules that send events to queues and functions. */
export interface EventsService extends Service {
  /** @throws ApiError for a name that is taken @returns its ARN */
  createBus(name: string): string;
  /** @param nameOrArn @throws ApiError for a bus that does not exist */
  requireBus(nameOrArn: string | undefined): string;
  /** @throws ApiError for a pattern that is none, a bus that is not there, or a name that is taken */
  createRule(rule: NewRule): Rule;
  /** An event of a service of AWS, which goes to the default bus. */
  emit(event: Pick<Event, 'source' | 'detail-type' | 'resources' | 'detail'>): void;
  save(): readonly JsonObject[];
  restore(saved: readonly JsonObject[]): readonly string[];
}

export function createEventsService(options: {
  clock: Clock;
  location: Location;
  targets: EventTargets;
}): EventsService {
  const { clock, location } = options;
  const buses = new EventBuses(options);
  const api = { name: 'EventBridge', verbs: EVENTS_VERBS, invalid: 'ValidationException' };
  return {
    signingName: 'events',
    handle: (request, response, authorize) => handleJsonApi(api, buses, request, response, authorize),
    async stop() {
      buses.stop();
    },
    createBus(name) {
      buses.createBus(name);
      return buses.busArnOf(name);
    },
    requireBus: nameOrArn => buses.requireBus(nameOrArn),
    createRule: rule => buses.createRule(rule),
    emit: event =>
      buses.accept('default', {
        version: '0',
        id: randomUUID(),
        account: location.accountId,
        region: location.region,
        time: isoSeconds(clock.now()),
        ...event,
      }),
    save: () => buses.saveDeliveries().map(saveDelivery),
    restore(saved) {
      for (const entry of saved) buses.restoreDelivery(readSavedDelivery(entry));
      return [];
    },
  };
}
