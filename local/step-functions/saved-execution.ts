import { arrayAt, isJsonObject, type JsonObject, objectAt, required, stringAt } from '../json-value.ts';
import { StartError } from '../start-error.ts';
import type { Execution, ExecutionRecord } from './execution/execution.ts';
import type { SentEvent } from './execution/history.ts';

/** An execution as plain JSON, to outlive the engine. */
export function savedExecution({ record, history }: Execution): JsonObject {
  return { record: structuredClone(record), events: [...history.events] };
}

/** @throws StartError for what was not saved by this version of the engine. */
export function readSavedExecution(saved: JsonObject): {
  readonly record: ExecutionRecord;
  readonly events: readonly SentEvent[];
} {
  const record = required(objectAt(saved, 'record'), 'record');
  const frame = required(objectAt(record, 'frame'), 'frame');
  for (const [object, key] of [
    [record, 'arn'],
    [record, 'name'],
    [record, 'status'],
    [record, 'inputJson'],
    [frame, 'state'],
  ] as const) {
    required(stringAt(object, key), key);
  }
  const events = required(arrayAt(saved, 'events'), 'events');
  if (!events.every(isJsonObject)) throw new StartError('events must be objects');
  return { record: record as unknown as ExecutionRecord, events: events as unknown as SentEvent[] };
}
