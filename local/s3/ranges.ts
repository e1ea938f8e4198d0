/**
 * The range that fauxqs is to read, undefined for the whole object. It refuses each range that it does not understand;
 * S3 serves the whole object instead, also where the last bytes are more than there are.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html#API_GetObject_RequestSyntax
 * https://www.rfc-editor.org/rfc/rfc9110#name-range
 */
export function rangeToRead(range: string, size: number): string | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(range) ?? [];
  if (first === '' && last === '') return undefined;
  if (first === '') return Number(last) > size ? 'bytes=0-' : range;
  return last !== '' && Number(last) < Number(first) ? undefined : range;
}
