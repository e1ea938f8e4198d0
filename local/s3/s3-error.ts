import { element } from '../front-door/xml.ts';
import type { AccessDenied } from '../permissions/access-denied.ts';

/** An error in S3's own shape: its code, and the status that goes with it. */
export class S3Error extends Error {
  override readonly name = 'S3Error';
  readonly code: string;
  readonly statusCode: number;

  constructor(code: string, message: string, statusCode: number) {
    super(message);
    this.code = code;
    this.statusCode = statusCode;
  }

  toXml(): string {
    const details = element('Code', this.code) + element('Message', this.message);
    return `<?xml version="1.0" encoding="UTF-8"?>
<Error>${details}</Error>`;
  }
}

/** S3 puts the resource in quotes. */
export function accessDenied({ message, resource }: AccessDenied): S3Error {
  return new S3Error('AccessDenied', message.replace(resource, JSON.stringify(resource)), 403);
}

export function noSuchBucket(bucket: string): S3Error {
  return new S3Error('NoSuchBucket', `The specified bucket does not exist: ${bucket}`, 404);
}

export function noSuchKey(key: string): S3Error {
  return new S3Error('NoSuchKey', `The specified key does not exist: ${key}`, 404);
}

export function notImplemented(what: string): S3Error {
  return new S3Error('NotImplemented', `${what} is not supported by the local engine`, 501);
}
