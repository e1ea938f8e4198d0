/** An order of a shop that people type anything into. */
export interface Order {
  readonly id: number;
  readonly customer: string;
  readonly note: string | null;
  readonly total: number | null;
  readonly currency: string;
  readonly placedAt: string;
  readonly gift?: boolean;
}

export const COLUMNS = ['id', 'customer', 'note', 'total', 'currency', 'placedAt', 'gift'] as const;

const CUSTOMERS = ['Ada Lovelace', 'Łukasz "Luke" Nowak', 'Zoë, Müller & Söhne', '李小龍', "O'Brien 🍀"];
const NOTES = [
  null,
  'Leave it at the door,\r\nplease.\n\nThank you',
  'She said "tomorrow"',
  '=HYPERLINK("http://example.com","click")',
  '+49 30 1234',
  '-12.50',
  '@home\tafter six',
  '🎁 gift wrap 👩‍👩‍👧, red',
  '',
];
const CURRENCIES = ['EUR', 'USD', 'PLN', 'JPY'];
const FIRST_PLACED_AT = Date.UTC(2026, 0, 1);

/** Always the same order for one number: what a database would be asked for. */
export function orderAt(id: number): Order {
  const dice = diceOf(id);
  const pick = <Value>(values: readonly Value[]) => values[Math.floor(dice() * values.length)] as Value;
  const total = Math.round(dice() * 100_000) / 100;
  return {
    id,
    customer: pick(CUSTOMERS),
    note: pick(NOTES),
    total: dice() < 0.05 ? null : total,
    currency: pick(CURRENCIES),
    placedAt: new Date(FIRST_PLACED_AT + id * 60_000).toISOString(),
    ...(dice() < 0.1 && { gift: true }),
  };
}

/** mulberry32, seeded with the number. */
function diceOf(seed: number): () => number {
  let state = seed + 20_261_125;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
