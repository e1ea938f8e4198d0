import { type JsonObject, numberAt, objectAt, oneOfAt, required, stringAt } from '../json-value.ts';
import type { Message } from './message.ts';
import type { MessageAttribute } from './queue-api.ts';

/** A message as JSON, to outlive the engine. Times are absolute: what was hidden stays hidden for what is left of it. */
export function saveMessage(message: Message): JsonObject {
  const { content, ...life } = message;
  return { ...life, content: { ...content, attributes: mapValues(content.attributes, saveAttribute) } };
}

/** @throws StartError for JSON that `saveMessage` did not write. */
export function readMessage(saved: JsonObject): Message {
  const content = required(objectAt(saved, 'content'), 'content');
  return {
    id: required(stringAt(saved, 'id'), 'id'),
    content: {
      body: required(stringAt(content, 'body'), 'body'),
      md5OfBody: required(stringAt(content, 'md5OfBody'), 'md5OfBody'),
      attributes: mapValues(required(objectAt(content, 'attributes'), 'attributes'), readAttribute),
      traceHeader: stringAt(content, 'traceHeader'),
      senderId: required(stringAt(content, 'senderId'), 'senderId'),
      groupId: stringAt(content, 'groupId'),
    },
    arrival: required(numberAt(saved, 'arrival'), 'arrival'),
    arrivedAtMs: required(numberAt(saved, 'arrivedAtMs'), 'arrivedAtMs'),
    sentAtMs: required(numberAt(saved, 'sentAtMs'), 'sentAtMs'),
    deduplicationId: stringAt(saved, 'deduplicationId'),
    deadLetterSourceArn: stringAt(saved, 'deadLetterSourceArn'),
    state: required(oneOfAt(saved, 'state', ['delayed', 'visible', 'inFlight']), 'state'),
    receives: required(numberAt(saved, 'receives'), 'receives'),
    receivesHere: required(numberAt(saved, 'receivesHere'), 'receivesHere'),
    firstReceivedAtMs: numberAt(saved, 'firstReceivedAtMs'),
    receivedAtMs: required(numberAt(saved, 'receivedAtMs'), 'receivedAtMs'),
  };
}

function saveAttribute({ dataType, stringValue, binaryValue }: MessageAttribute): JsonObject {
  return {
    dataType,
    ...(binaryValue === undefined
      ? { stringValue }
      : { base64Value: Buffer.from(binaryValue).toString('base64') }),
  };
}

function readAttribute(_value: unknown, name: string, attributes: JsonObject): MessageAttribute {
  const saved = required(objectAt(attributes, name), name);
  const base64Value = stringAt(saved, 'base64Value');
  const dataType = required(stringAt(saved, 'dataType'), 'dataType');
  return base64Value === undefined
    ? { dataType, stringValue: required(stringAt(saved, 'stringValue'), 'stringValue') }
    : { dataType, binaryValue: Buffer.from(base64Value, 'base64') };
}

function mapValues<T, R, All extends Readonly<Record<string, T>>>(
  object: All & Readonly<Record<string, T>>,
  map: (value: T, key: string, all: All) => R,
): Record<string, R> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value, key, object)]));
}
