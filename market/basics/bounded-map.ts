// A map with a bound, for values kept by a name from outside: broken input can name any number of
// instruments.

/**
 * Beyond `most` entries, the one that was used longest ago is forgotten, or nearly so: an entry used since
 * the last look at it is passed over once, so that use and eviction cost a look-up each. Iterates over its
 * values, in no particular order.
 */
export class BoundedMap<K, V> implements Iterable<V> {
  readonly #most: number
  readonly #onForgotten: (value: V, key: K) => void
  readonly #entries = new Map<K, { readonly value: V; wasUsed: boolean }>()

  constructor(most: number, onForgotten: (value: V, key: K) => void = () => {}) {
    this.#most = most
    this.#onForgotten = onForgotten
  }

  get size(): number {
    return this.#entries.size
  }

  get(key: K): V | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    entry.wasUsed = true
    return entry.value
  }

  /** The value, for a look that is no use of it. */
  peek(key: K): V | undefined {
    return this.#entries.get(key)?.value
  }

  /** The value kept, or the one that `make` returns, which is kept from now on. */
  getOrMake(key: K, make: () => V): V {
    const entry = this.#entries.get(key)
    if (entry === undefined) {
      const value = make()
      this.set(key, value)
      return value
    }
    entry.wasUsed = true
    return entry.value
  }

  set(key: K, value: V): void {
    const isKnown = this.#entries.has(key)
    if (!isKnown && this.#entries.size >= this.#most) this.#forgetOne()
    this.#entries.set(key, { value, wasUsed: isKnown })
  }

  delete(key: K): void {
    this.#entries.delete(key)
  }

  clear(): void {
    this.#entries.clear()
  }

  *[Symbol.iterator](): IterableIterator<V> {
    for (const { value } of this.#entries.values()) yield value
  }

  #forgetOne(): void {
    for (const [key, entry] of this.#entries) {
      this.#entries.delete(key)
      if (!entry.wasUsed) return this.#onForgotten(entry.value, key)
      entry.wasUsed = false
      this.#entries.set(key, entry)
    }
  }
}
