/** An item in DynamoDB's own JSON, as it travels: `{ id: { S: '1' } }`, binaries in base64. */
export type Item = Record<string, AttributeValue>;

export interface AttributeValue {
  S?: string;
  N?: string;
  B?: string;
  SS?: string[];
  NS?: string[];
  BS?: string[];
  BOOL?: boolean;
  NULL?: boolean;
  L?: AttributeValue[];
  M?: Item;
}

/**
 * The bytes that AWS counts towards an item's 400 KB: names and values, both in UTF-8.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function itemSizeBytes(item: Item): number {
  return sum(Object.entries(item), ([name, value]) => Buffer.byteLength(name) + valueSizeBytes(value));
}

const COLLECTION_OVERHEAD_BYTES = 3;
const ELEMENT_OVERHEAD_BYTES = 1;

function valueSizeBytes({ S, N, B, SS, NS, BS, L, M }: AttributeValue): number {
  if (S !== undefined) return Buffer.byteLength(S);
  if (N !== undefined) return numberSizeBytes(N);
  if (B !== undefined) return Buffer.byteLength(B, 'base64');
  if (SS) return sum(SS, Buffer.byteLength);
  if (NS) return sum(NS, numberSizeBytes);
  if (BS) return sum(BS, binary => Buffer.byteLength(binary, 'base64'));
  if (L) return COLLECTION_OVERHEAD_BYTES + sum(L, value => ELEMENT_OVERHEAD_BYTES + valueSizeBytes(value));
  if (M) return COLLECTION_OVERHEAD_BYTES + ELEMENT_OVERHEAD_BYTES * Object.keys(M).length + itemSizeBytes(M);
  return 1;
}

/** A byte for every two significant digits, and one more. */
function numberSizeBytes(number: string): number {
  const digits = number
    .replace(/e.*$/i, '')
    .replace(/[-+.]/g, '')
    .replace(/^0+|0+$/g, '');
  return Math.ceil(digits.length / 2) + 1;
}

function sum<T>(values: readonly T[], size: (value: T) => number): number {
  return values.reduce((total, value) => total + size(value), 0);
}
