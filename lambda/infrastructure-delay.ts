const RETRY_MS = { least: 5000, most: 30_000 };

/** Before a message is tried again for the infrastructure's sake: table, queue or bucket throttled, down, or out of reach. */
export function infrastructureDelayMs(random: () => number): number {
  return Math.round(RETRY_MS.least + (RETRY_MS.most - RETRY_MS.least) * random());
}
