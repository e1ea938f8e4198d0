import { isJsonObject } from '../json-value.ts';
import { invalidParameter } from './sns-error.ts';
import type { Message } from './topics.ts';

/** From the fields of Publish (https://docs.aws.amazon.com/sns/latest/api/API_Publish.html). @throws {SnsError} */
export function readMessage(fields: URLSearchParams): Message {
  const message = fields.get('Message') ?? '';
  const structure = fields.get('MessageStructure');
  if (structure !== null && structure !== 'json') {
    throw invalidParameter(`MessageStructure must be json, got ${structure}`);
  }
  return {
    message,
    messageByProtocol: structure === 'json' ? textsOf(message) : undefined,
    subject: fields.get('Subject') ?? undefined,
    attributes: attributesOf(fields),
    groupId: fields.get('MessageGroupId') ?? undefined,
  };
}

function textsOf(message: string): Record<string, string> {
  let texts: unknown;
  try {
    texts = JSON.parse(message);
  } catch {
    throw invalidParameter('Message Structure - JSON message body failed to parse');
  }
  if (!isJsonObject(texts) || typeof texts.default !== 'string') {
    throw invalidParameter('Message Structure - No default entry in JSON message body');
  }
  const entries = Object.entries(texts).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return Object.fromEntries(entries);
}

/** `MessageAttributes.entry.1.Name=kind&MessageAttributes.entry.1.Value.DataType=String&…` */
function attributesOf(fields: URLSearchParams): Message['attributes'] {
  const attributes: Record<string, { type: string; value: string }> = {};
  for (let index = 1; ; index++) {
    const prefix = `MessageAttributes.entry.${index}`;
    const name = fields.get(`${prefix}.Name`);
    if (name === null) return index === 1 ? undefined : attributes;
    const type = fields.get(`${prefix}.Value.DataType`) ?? '';
    const value = fields.get(`${prefix}.Value.StringValue`) ?? fields.get(`${prefix}.Value.BinaryValue`);
    if (!/^(String|String\.Array|Number|Binary)$/.test(type)) {
      throw invalidParameter(
        `the attribute ${name} must be String, String.Array, Number or Binary, got ${type}`,
      );
    }
    if (!value) throw invalidParameter(`the attribute ${name} must not be empty`);
    attributes[name] = { type, value };
  }
}
