import type { ListOptions, ListPage, S3Object } from './fauxqs-types.ts';

/**
 * One page of a listing, in order of keys. S3 orders by UTF-8 bytes; code units order alike, but for characters
 * beyond U+FFFF.
 */
export function listPage(objects: ReadonlyMap<string, S3Object>, options: ListOptions): ListPage {
  const { prefix = '', delimiter, maxKeys = 1000 } = options;
  const startAfter = options.startAfter ?? options.marker ?? '';
  const found: S3Object[] = [];
  const commonPrefixes: string[] = [];

  for (const key of [...objects.keys()].filter(key => key.startsWith(prefix)).sort()) {
    const commonPrefix = delimiter ? commonPrefixOf(key, prefix, delimiter) : undefined;
    if ((commonPrefix ?? key) <= startAfter || commonPrefix === (commonPrefixes.at(-1) ?? '')) continue;
    if (found.length + commonPrefixes.length >= maxKeys) return truncated(found, commonPrefixes);
    const object = objects.get(key);
    if (commonPrefix !== undefined) commonPrefixes.push(commonPrefix);
    else if (object) found.push(object);
  }
  return { objects: found, commonPrefixes, isTruncated: false };
}

function commonPrefixOf(key: string, prefix: string, delimiter: string): string | undefined {
  const at = key.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : key.slice(0, at + delimiter.length);
}

/**
 * fauxqs makes the next page start after the last object, if the page has one: common prefixes beyond it would come
 * twice, so they are left to that page. (A page may always hold less than was asked for.)
 */
function truncated(objects: S3Object[], commonPrefixes: string[]): ListPage {
  const last = objects.at(-1)?.key;
  const kept = last === undefined ? commonPrefixes : commonPrefixes.filter(prefix => prefix < last);
  return { objects, commonPrefixes: kept, isTruncated: true };
}
