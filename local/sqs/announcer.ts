/** Calls its listeners once a burst, in a microtask: never in the middle of the operation that had something to tell. */
export class Announcer {
  readonly #listeners = new Set<() => void>();
  #pending = false;

  /** Returns the unsubscriber. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  announce(): void {
    if (this.#pending) return;
    this.#pending = true;
    queueMicrotask(() => {
      this.#pending = false;
      for (const listener of this.#listeners) listener();
    });
  }
}
