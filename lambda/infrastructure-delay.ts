const SHORTEST_MS = 10_000;
const LONGEST_MS = 900_000;

/**
 * Before a message is tried again for the infrastructure's sake: table, queue or bucket throttled, down, or out of
 * reach. It doubles with each receive, for an outage must not spend what SQS allows a message: 25 receives last two
 * hours at least. Half of it is jitter.
 *
 * @param receives of this message, by SQS's count
 */
export function infrastructureDelayMs(receives: number, random: () => number): number {
  const delayMs = Math.min(LONGEST_MS, SHORTEST_MS * 2 ** (receives - 1));
  return Math.round((delayMs / 2) * (1 + random()));
}
