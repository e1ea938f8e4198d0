import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { ChecksumAlgorithm } from './fauxqs-types.ts';
import { S3Error } from './s3-error.ts';

/** @throws {S3Error} BadDigest, if `expected` (base64) is not the body's checksum */
export function verifyChecksum(algorithm: ChecksumAlgorithm, expected: string, body: Buffer): void {
  const actual = checksumOf(algorithm, body);
  if (expected !== actual) {
    const message = `The ${algorithm} you specified (${expected}) did not match the one calculated (${actual})`;
    throw new S3Error('BadDigest', message, 400);
  }
}

/** A multipart object's: the checksum of its parts' checksums, and how many they are. */
export function compositeChecksum(algorithm: ChecksumAlgorithm, parts: readonly string[]): string {
  const concatenated = Buffer.concat(parts.map(part => Buffer.from(part, 'base64')));
  return `${checksumOf(algorithm, concatenated)}-${parts.length}`;
}

function checksumOf(algorithm: ChecksumAlgorithm, body: Buffer): string {
  if (algorithm !== 'CRC32') return createHash(algorithm.toLowerCase()).update(body).digest('base64');
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  return checksum.toString('base64');
}
