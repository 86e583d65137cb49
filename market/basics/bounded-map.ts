// A map with a bound, for what is kept by a name that comes from outside: broken input can name endlessly many instruments.

/**
 * Beyond `most` entries the one goes that was not used for longest, or nearly so: one that was used since it was looked at last is passed
 * over once, so that neither use nor eviction costs more than a look-up. Iterates over its values, in no particular order.
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

  set(key: K, value: V): void {
    const isKnown = this.#entries.has(key)
    if (!isKnown && this.#entries.size >= this.#most) this.#forgetOne()
    this.#entries.set(key, { value, wasUsed: isKnown })
  }

  delete(key: K): void {
    this.#entries.delete(key)
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
