/**
 * The item with the lowest key first; among equal keys, the one that was set first. A binary heap that knows where
 * each of its items lies, so that any of them can be taken out or given another key in O(log n).
 */
export class PriorityQueue<T> {
  readonly #heap: Entry<T>[] = [];
  readonly #places = new Map<T, number>();
  #turn = 0;

  get size(): number {
    return this.#heap.length;
  }

  first(): T | undefined {
    return this.#heap[0]?.item;
  }

  /** The key of `first()`; Infinity when there is none. */
  firstKey(): number {
    return this.#heap[0]?.key ?? Number.POSITIVE_INFINITY;
  }

  keyOf(item: T): number | undefined {
    return this.#heap[this.#places.get(item) ?? -1]?.key;
  }

  has(item: T): boolean {
    return this.#places.has(item);
  }

  /** Adds the item, or gives it this key instead of the one it had. */
  set(item: T, key: number): void {
    this.delete(item);
    this.#turn += 1;
    this.#rise(this.#heap.length, { item, key, turn: this.#turn });
  }

  shift(): T | undefined {
    const first = this.first();
    if (first !== undefined) this.delete(first);
    return first;
  }

  delete(item: T): boolean {
    const place = this.#places.get(item);
    if (place === undefined) return false;
    this.#places.delete(item);
    const last = this.#heap.pop();
    if (last !== undefined && last.item !== item) {
      this.#rise(place, last);
      this.#sink(this.#places.get(last.item) ?? place, last);
    }
    return true;
  }

  #rise(from: number, entry: Entry<T>): void {
    let place = from;
    while (place > 0) {
      const parentPlace = (place - 1) >> 1;
      const parent = this.#heap[parentPlace];
      if (parent === undefined || !before(entry, parent)) break;
      this.#put(parent, place);
      place = parentPlace;
    }
    this.#put(entry, place);
  }

  #sink(from: number, entry: Entry<T>): void {
    let place = from;
    for (;;) {
      const left = 2 * place + 1;
      const leftChild = this.#heap[left];
      const rightChild = this.#heap[left + 1];
      if (leftChild === undefined) break;
      const rightIsFirst = rightChild !== undefined && before(rightChild, leftChild);
      const child = rightIsFirst ? rightChild : leftChild;
      if (!before(child, entry)) break;
      this.#put(child, place);
      place = rightIsFirst ? left + 1 : left;
    }
    this.#put(entry, place);
  }

  #put(entry: Entry<T>, place: number): void {
    this.#heap[place] = entry;
    this.#places.set(entry.item, place);
  }
}

interface Entry<T> {
  readonly item: T;
  readonly key: number;
  readonly turn: number;
}

function before<T>(a: Entry<T>, b: Entry<T>): boolean {
  return a.key < b.key || (a.key === b.key && a.turn < b.turn);
}
