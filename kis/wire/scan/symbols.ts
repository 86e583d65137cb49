// The symbols of a transaction's records → the object that is made of each once. Every record of the market
// passes here, so a symbol of up to eight bytes, as every Korean and nearly every other one has, is found by
// comparing numbers: no string, no loop over bytes.
import { headOf, latinOf, lengthOf, tailOf } from './scan.ts'

/** Malformed input can name endlessly many symbols. Past this many, all are forgotten. */
const mostSymbols = 65_536

const longest = 8
const firstCapacity = 256

/**
 * An entry of the table: the first four bytes of the symbol, the next four, and its length plus one, or 0 for
 * a free entry.
 */
const entryLength = 3

/** `value`: the index of a value in the last scanned frame. */
export type Symbols<T> = (value: number) => T

/** `make` is called with the bytes as Latin-1 text, once for each distinct run of bytes. */
export function createSymbols<T>(make: (text: string) => T): Symbols<T> {
  /** Too long for the table. */
  const others = new Map<string, T>()
  let capacity = firstCapacity
  let entries = new Int32Array(capacity * entryLength)
  /** By the number of the entry. */
  let made: T[] = []
  let size = 0

  return value => {
    const length = lengthOf(value)
    if (length > longest) return findOther(latinOf(value))
    const head = headOf(value, length)
    const tail = tailOf(value, length)
    let entry = firstEntryOf(head, tail)
    for (let at = entry * entryLength; entries[at + 2] !== 0; at = entry * entryLength) {
      if (entries[at] === head && entries[at + 1] === tail && entries[at + 2] === length + 1) return made[entry] as T
      entry = (entry + 1) & (capacity - 1)
    }
    return add(head, tail, length + 1, make(latinOf(value)))
  }

  function firstEntryOf(head: number, tail: number): number {
    const mixed = Math.imul(Math.imul(head, 0x9e3779b1) ^ tail, 0x85ebca6b)
    return (mixed ^ (mixed >>> 15)) & (capacity - 1)
  }

  function add(head: number, tail: number, lengthAndOne: number, one: T): T {
    if (size >= mostSymbols) empty(firstCapacity)
    else if (size * 2 >= capacity) grow()
    put(head, tail, lengthAndOne, one)
    return one
  }

  function put(head: number, tail: number, lengthAndOne: number, one: T): void {
    let entry = firstEntryOf(head, tail)
    while (entries[entry * entryLength + 2] !== 0) entry = (entry + 1) & (capacity - 1)
    entries.set([head, tail, lengthAndOne], entry * entryLength)
    made[entry] = one
    size++
  }

  function grow(): void {
    const [oldEntries, oldMade] = [entries, made]
    empty(capacity * 2)
    for (let entry = 0; entry < oldMade.length; entry++) {
      const [head = 0, tail = 0, lengthAndOne = 0] = oldEntries.subarray(entry * entryLength)
      if (lengthAndOne > 0) put(head, tail, lengthAndOne, oldMade[entry] as T)
    }
  }

  function empty(newCapacity: number): void {
    capacity = newCapacity
    entries = new Int32Array(capacity * entryLength)
    made = []
    size = 0
  }

  function findOther(text: string): T {
    const known = others.get(text)
    if (known !== undefined || others.has(text)) return known as T
    if (others.size >= mostSymbols) others.clear()
    const one = make(text)
    others.set(text, one)
    return one
  }
}
