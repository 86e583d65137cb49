// The symbols of a transaction's records → the object made of each the first time. Every record of the market passes here, so a symbol of
// up to eight bytes, which is every Korean and nearly every other one, is found by comparing numbers: no string, no loop over bytes.
import { noNumber, type Numbering } from '../../../market/numbering.ts'
import { headOf, latinOf, lengthOf, tailOf } from './scan.ts'

/** Rubbish can name endlessly many symbols. Past this many, forget them all and start over. */
const mostSymbols = 65_536

const longest = 8
const firstCapacity = 256

/** A place in the table: four bytes of the symbol, the four behind them, its length and one (0 where nothing is), and its number. */
const placeLength = 4

/** `value`: which value of the frame that was scanned last. */
export type Symbols<T> = (value: number) => T

/** What was made of a symbol, and what is told each time it is found. */
export type Numbered<T> = { readonly made: T; readonly number: number }

/** `make` is given the bytes as Latin-1 text, once for each distinct run of bytes. Two symbols of one number are the same thing. */
export function createSymbols<T>(make: (text: string) => Numbered<T>, found: Pick<Numbering, 'tell'>): Symbols<T> {
  /** By number. */
  const made: T[] = []
  /** Those that are too long for the table, or have no number. */
  const others = new Map<string, Numbered<T>>()
  let capacity = firstCapacity
  let places = new Int32Array(capacity * placeLength)
  let size = 0

  return value => {
    const length = lengthOf(value)
    if (length > longest) return findOther(latinOf(value))
    const head = headOf(value, length)
    const tail = tailOf(value, length)
    let place = placeOf(head, tail)
    while (places[place * placeLength + 2] !== 0) {
      const at = place * placeLength
      if (places[at] === head && places[at + 1] === tail && places[at + 2] === length + 1) {
        const number = places[at + 3] as number
        found.tell(number)
        return made[number] as T
      }
      place = (place + 1) & (capacity - 1)
    }
    return add(head, tail, length, latinOf(value))
  }

  function placeOf(head: number, tail: number): number {
    const mixed = Math.imul(Math.imul(head, 0x9e3779b1) ^ tail, 0x85ebca6b)
    return (mixed ^ (mixed >>> 15)) & (capacity - 1)
  }

  function add(head: number, tail: number, length: number, text: string): T {
    const known = others.get(text)
    if (known !== undefined) return tell(known)
    const one = make(text)
    if (one.number === noNumber) return addOther(text, one)
    if (size >= mostSymbols) empty(firstCapacity)
    else if (size * 2 >= capacity) grow()
    put(head, tail, length + 1, one.number)
    made[one.number] = one.made
    return tell(one)
  }

  function put(head: number, tail: number, lengthAndOne: number, number: number): void {
    let place = placeOf(head, tail)
    while (places[place * placeLength + 2] !== 0) place = (place + 1) & (capacity - 1)
    places.set([head, tail, lengthAndOne, number], place * placeLength)
    size++
  }

  function grow(): void {
    const old = places
    empty(capacity * 2)
    for (let at = 0; at < old.length; at += placeLength) {
      const [head = 0, tail = 0, lengthAndOne = 0, number = 0] = old.subarray(at)
      if (lengthAndOne > 0) put(head, tail, lengthAndOne, number)
    }
  }

  function empty(newCapacity: number): void {
    capacity = newCapacity
    places = new Int32Array(capacity * placeLength)
    size = 0
  }

  function findOther(text: string): T {
    const known = others.get(text)
    return known === undefined ? addOther(text, make(text)) : tell(known)
  }

  function addOther(text: string, one: Numbered<T>): T {
    if (others.size >= mostSymbols) others.clear()
    others.set(text, one)
    return tell(one)
  }

  function tell(one: Numbered<T>): T {
    found.tell(one.number)
    return one.made
  }
}
