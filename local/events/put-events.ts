import { randomUUID } from 'node:crypto';
import { isoSeconds } from '../iso-seconds.ts';
import { ApiError } from '../json-api/api-error.ts';
import type { JsonVerb } from '../json-api/handle-json-api.ts';
import {
  type JsonObject,
  numberAt,
  objectsAt,
  onlyKnown,
  parseJsonObject,
  required,
  stringAt,
  stringsAt,
} from '../json-value.ts';
import type { EventBuses } from './event-buses.ts';

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
const MAX_ENTRIES = 10;

/** Of all entries together. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html */
const MAX_BYTES = 1_048_576;

const MEMBERS = ['Detail', 'DetailType', 'EventBusName', 'Resources', 'Source', 'Time', 'TraceHeader'];

/** Each entry is taken or refused for itself: `FailedEntryCount` must be read. */
export const putEvents: JsonVerb<EventBuses> = (buses, input, authorize) => {
  onlyKnown(input, ['Entries']);
  const entries = required(objectsAt(input, 'Entries'), 'Entries');
  if (entries.length < 1 || entries.length > MAX_ENTRIES) {
    throw new ApiError(
      'ValidationException',
      `Entries must have from 1 to ${MAX_ENTRIES} members, got ${entries.length}`,
    );
  }
  for (const entry of entries) onlyKnown(entry, MEMBERS);
  const bytes = entries.reduce((sum, entry) => sum + sizeOf(entry), 0);
  if (bytes > MAX_BYTES) {
    throw new ApiError(
      'ValidationException',
      `Total size of the entries in the request is over the limit: ${bytes} of ${MAX_BYTES} bytes.`,
    );
  }
  for (const entry of entries) {
    authorize?.('events:PutEvents', buses.busArnOf(buses.busNameOf(busOf(entry))), keysOf(entry));
  }
  const answers = entries.map(entry => putEvent(buses, entry));
  return { FailedEntryCount: answers.filter(answer => 'ErrorCode' in answer).length, Entries: answers };
};

type Answer = { readonly EventId: string } | { readonly ErrorCode: string; readonly ErrorMessage: string };

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html */
function putEvent(buses: EventBuses, entry: JsonObject): Answer {
  const text = (key: string) => stringAt(entry, key) ?? '';
  const missing = ['Source', 'DetailType', 'Detail'].find(key => text(key) === '');
  if (missing !== undefined) {
    const reason = `${missing} is a required argument.`;
    return refusal('InvalidArgument', `Parameter ${missing} is not valid. Reason: ${reason}`);
  }
  // Nobody may: only AWS's services have such sources.
  if (text('Source').startsWith('aws.')) {
    return refusal('NotAuthorizedForSourceException', 'Not authorized for the source.');
  }
  const detail = parseJsonObject(text('Detail'));
  if (!detail) return refusal('MalformedDetail', 'Detail is malformed.');
  const bus = buses.busNameOf(busOf(entry));
  // AWS answers an id, and the event is lost.
  if (!buses.names().includes(bus)) {
    return refusal('ResourceNotFoundException', `Event bus ${bus} does not exist.`);
  }
  const { accountId, region } = buses.location;
  const seconds = numberAt(entry, 'Time');
  const id = randomUUID();
  buses.accept(bus, {
    version: '0',
    id,
    'detail-type': text('DetailType'),
    source: text('Source'),
    account: accountId,
    time: isoSeconds(seconds === undefined ? buses.clock.now() : seconds * 1000),
    region,
    resources: stringsAt(entry, 'Resources') ?? [],
    detail,
  });
  return { EventId: id };
}

function busOf(entry: JsonObject): string | undefined {
  return stringAt(entry, 'EventBusName');
}

function refusal(ErrorCode: string, ErrorMessage: string): Answer {
  return { ErrorCode, ErrorMessage };
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html */
function keysOf(entry: JsonObject): Record<string, string> {
  return {
    'events:source': stringAt(entry, 'Source') ?? '',
    'events:detail-type': stringAt(entry, 'DetailType') ?? '',
  };
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html#eb-putevent-size */
function sizeOf(entry: JsonObject): number {
  const texts = ['Source', 'DetailType', 'Detail'].map(key => stringAt(entry, key) ?? '');
  const bytes = [...texts, ...(stringsAt(entry, 'Resources') ?? [])].map(text => Buffer.byteLength(text));
  return bytes.reduce((sum, size) => sum + size, entry.Time === undefined ? 0 : 14);
}
