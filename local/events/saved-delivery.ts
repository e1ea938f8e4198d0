import type { SavedDelivery } from '../delivery/deliveries.ts';
import { type JsonObject, numberAt, objectAt, required, stringAt, stringsAt } from '../json-value.ts';
import type { RuleDelivery } from './rule-delivery.ts';
import { readRuleTarget } from './rule-target.ts';

/** A delivery that waits for its next attempt, as JSON can carry it. */
export function saveDelivery({ work, retry: _, ...times }: SavedDelivery<RuleDelivery>): JsonObject {
  return { ...work, target: work.target.given, ...times };
}

export function readSavedDelivery(saved: JsonObject): SavedDelivery<RuleDelivery> {
  const text = (from: JsonObject, key: string) => required(stringAt(from, key), key);
  const number = (key: string) => required(numberAt(saved, key), key);
  const event = required(objectAt(saved, 'event'), 'event');
  const target = readRuleTarget(required(objectAt(saved, 'target'), 'target'));
  return {
    work: {
      ruleArn: text(saved, 'ruleArn'),
      ingestedAt: text(saved, 'ingestedAt'),
      target,
      event: {
        version: '0',
        id: text(event, 'id'),
        'detail-type': text(event, 'detail-type'),
        source: text(event, 'source'),
        account: text(event, 'account'),
        time: text(event, 'time'),
        region: text(event, 'region'),
        resources: required(stringsAt(event, 'resources'), 'resources'),
        detail: required(objectAt(event, 'detail'), 'detail'),
      },
    },
    retry: target.retry,
    acceptedAtMs: number('acceptedAtMs'),
    attempts: number('attempts'),
    dueAtMs: number('dueAtMs'),
  };
}
