import {
  type JsonObject,
  numberAt,
  objectAt,
  objectsAt,
  oneOfAt,
  required,
  stringAt,
  stringsAt,
} from '../json-value.ts';
import type { S3Object } from './fauxqs-types.ts';

/** An object's headers and checksums as JSON, beside its body. */
export interface SavedObject {
  readonly description: JsonObject;
  readonly body: Buffer;
}

export function saveObject({ body, lastModified, ...rest }: S3Object): SavedObject {
  return { description: { ...rest, lastModifiedMs: lastModified.getTime() }, body };
}

const HEADERS = ['contentLanguage', 'contentDisposition', 'cacheControl', 'contentEncoding'] as const;
const ALGORITHMS: readonly NonNullable<S3Object['checksumAlgorithm']>[] = ['CRC32', 'SHA1', 'SHA256'];

/** @throws StartError for what `saveObject` did not write. */
export function readObject({ description: saved, body }: SavedObject): S3Object {
  const text = (key: string) => required(stringAt(saved, key), key);
  const metadata = required(objectAt(saved, 'metadata'), 'metadata');
  const parts = objectsAt(saved, 'parts');
  const algorithm = oneOfAt(saved, 'checksumAlgorithm', ALGORITHMS);
  const partChecksums = stringsAt(saved, 'partChecksums');
  return {
    key: text('key'),
    body,
    contentType: text('contentType'),
    contentLength: body.length,
    etag: text('etag'),
    lastModified: new Date(required(numberAt(saved, 'lastModifiedMs'), 'lastModifiedMs')),
    metadata: Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, String(value)])),
    ...Object.fromEntries(
      HEADERS.flatMap(header => {
        const value = stringAt(saved, header);
        return value === undefined ? [] : [[header, value]];
      }),
    ),
    ...(parts && { parts: parts.map(readPart) }),
    ...(algorithm && {
      checksumAlgorithm: algorithm,
      checksumValue: text('checksumValue'),
      checksumType: required(oneOfAt(saved, 'checksumType', ['FULL_OBJECT', 'COMPOSITE']), 'checksumType'),
    }),
    ...(partChecksums && { partChecksums: [...partChecksums] }),
  };
}

function readPart(part: JsonObject): NonNullable<S3Object['parts']>[number] {
  const number = (key: string) => required(numberAt(part, key), key);
  return { partNumber: number('partNumber'), offset: number('offset'), length: number('length') };
}
