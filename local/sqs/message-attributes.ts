import { createHash } from 'node:crypto';
import { SQS } from '../../contract/limits.ts';
import { hasOnlyAllowedCharacters } from './characters.ts';
import { type Input, readString, toInput } from './input.ts';
import type { MessageAttribute } from './queue-api.ts';
import { SqsError } from './sqs-error.ts';

/**
 * `MessageAttributes` or `MessageSystemAttributes` of a send.
 * Rules: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
 */
export function readMessageAttributes(input: Input, field: string): Record<string, MessageAttribute> {
  const entries = Object.entries(toInput(input[field] ?? {}, field));
  if (entries.length > SQS.maxMessageAttributes) {
    throw invalid(
      `Number of message attributes [${entries.length}] exceeds the allowed maximum [${SQS.maxMessageAttributes}].`,
    );
  }
  return Object.fromEntries(
    entries.map(([name, value]) => {
      checkName(name);
      return [name, readAttribute(name, toInput(value, `${field}.${name}`))];
    }),
  );
}

/** Name, type and value count towards the size of the message. */
export function bytesOfAttributes(attributes: Readonly<Record<string, MessageAttribute>>): number {
  let bytes = 0;
  for (const [name, { dataType, stringValue, binaryValue }] of Object.entries(attributes)) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(dataType);
    bytes += binaryValue?.byteLength ?? Buffer.byteLength(stringValue ?? '');
  }
  return bytes;
}

/** Hexadecimal, or undefined where there are no attributes. Each part is preceded by its length in four bytes. */
export function md5OfAttributes(attributes: Readonly<Record<string, MessageAttribute>>): string | undefined {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const hash = createHash('md5');
  const update = (part: string | Uint8Array) => {
    const bytes = Buffer.from(part);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.byteLength);
    hash.update(length).update(bytes);
  };
  for (const name of names) {
    const attribute = attributes[name];
    if (attribute === undefined) continue;
    update(name);
    update(attribute.dataType);
    hash.update(Buffer.of(attribute.binaryValue === undefined ? 1 : 2));
    update(attribute.binaryValue ?? attribute.stringValue ?? '');
  }
  return hash.digest('hex');
}

const NAME = /^(?!\.)(?!.*\.\.)[A-Za-z0-9_.-]{1,256}(?<!\.)$/;
const RESERVED_NAME = /^(aws|amazon)\./i;

function checkName(name: string): void {
  if (NAME.test(name) && !RESERVED_NAME.test(name)) return;
  throw invalid(
    `Message (user) attribute name '${name}' is invalid: it can contain up to 256 of A-Z, a-z, 0-9, _, - and ., ` +
      "must not start or end with a period or have two in succession, and must not start with 'AWS.' or 'Amazon.'.",
  );
}

const DATA_TYPE = /^(String|Number|Binary)(\..+)?$/;

function readAttribute(name: string, value: Input): MessageAttribute {
  const dataType = readString(value, 'DataType') ?? '';
  const kind = DATA_TYPE.exec(dataType)?.[1];
  if (kind === undefined || dataType.length > 256 || !hasOnlyAllowedCharacters(dataType)) {
    throw invalid(
      `The message attribute '${name}' has an invalid message attribute type '${dataType}', the set of supported type ` +
        'prefixes is Binary, Number, and String, and a type can be up to 256 characters long.',
    );
  }
  const stringValue = readString(value, 'StringValue');
  const base64Value = readString(value, 'BinaryValue');
  const used = kind === 'Binary' ? base64Value : stringValue;
  if (!used || (stringValue !== undefined && base64Value !== undefined)) {
    throw invalid(
      `The message attribute '${name}' must contain a non-empty ${kind === 'Binary' ? 'BinaryValue' : 'StringValue'} ` +
        `and no other value for message attribute type '${dataType}'.`,
    );
  }
  if (kind === 'Binary') return { dataType, binaryValue: Buffer.from(used, 'base64') };
  checkText(name, kind, used);
  return { dataType, stringValue: used };
}

function checkText(name: string, kind: string, text: string): void {
  if (!hasOnlyAllowedCharacters(text)) {
    throw new SqsError('InvalidMessageContents', `Invalid characters in the message attribute '${name}'.`);
  }
  if (kind === 'Number' && !isNumber(text)) {
    throw invalid(`Can't cast the value of message (user) attribute '${name}' to a number, got '${text}'.`);
  }
}

/** Up to 38 digits, leading and trailing zeros aside, between 10^-128 and 10^126. */
function isNumber(text: string): boolean {
  const parts = /^[+-]?(\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.exec(text);
  const digits = parts?.[1]?.replace('.', '').replace(/^0+|0+$/g, '');
  if (digits === undefined) return false;
  const size = Math.abs(Number(text));
  return digits === '' || (digits.length <= 38 && size >= 1e-128 && size <= 1e126);
}

function invalid(message: string): SqsError {
  return new SqsError('InvalidParameterValue', message);
}
