const DEFAULT_SIZE = 50;

/**
 * @param most what the service answers at once
 * @throws RangeError when the limit is not valid
 */
export function pageSizeOf(limit: number | undefined, most: number): number {
  const size = limit ?? DEFAULT_SIZE;
  if (Number.isInteger(size) && size >= 1 && size <= most) return size;
  throw new RangeError(
    `limit must be a whole number from 1 to ${most}, got ${size}; read more by the cursor`,
  );
}
