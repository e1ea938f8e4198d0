import { NonRetryableError } from '../../contract/errors.ts';

/**
 * Finds cursors that come round again, whatever the length of the round, by keeping one of them: Brent's algorithm.
 * https://doi.org/10.1007/BF01933190
 */
export interface CursorWatch {
  /** The cursor that was kept, as JSON. */
  readonly kept: string | null;
  /** Pages since then, and after how many another one is kept. */
  readonly since: number;
  readonly until: number;
}

const FIRST_WATCH: CursorWatch = { kept: null, since: 0, until: 1 };

/**
 * @param watch none before the first cursor
 * @param json of the next cursor
 * @throws NonRetryableError when it was there before
 */
export function watchCursor(watch: CursorWatch | undefined, json: string): CursorWatch {
  const { kept, since, until } = watch ?? FIRST_WATCH;
  if (json === kept) {
    throw new NonRetryableError(
      `The cursor ${json.slice(0, 200)} has come again after ${since + 1} pages: readPage would never end. It must answer ` +
        'the cursor of the page after the one it was asked for, and none after the last',
    );
  }
  return since + 1 < until ? { kept, since: since + 1, until } : { kept: json, since: 0, until: until * 2 };
}
