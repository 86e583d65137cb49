// The symbols of a transaction's records → the object made of each the first time. Every record of the market passes here, so a symbol of
// up to eight bytes, which is every Korean and nearly every other one, is found by comparing numbers: no string, no loop over bytes.
import type { Numbering } from '../market/numbering.ts'
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

/** `make` is given the bytes as Latin-1 text, once for each distinct run of bytes. */
export function createSymbols<T>(make: (text: string) => Numbered<T>, found: Pick<Numbering, 'tell'>): Symbols<T> {
  const long = new Map<string, Numbered<T>>()
  let capacity = firstCapacity
  let places = new Int32Array(capacity * placeLength)
  let made: (T | undefined)[] = Array.from({ length: capacity })
  let size = 0

  return value => {
    const length = lengthOf(value)
    if (length > longest) return longOne(latinOf(value))
    const head = headOf(value, length)
    const tail = tailOf(value, length)
    let place = placeOf(head, tail)
    while (places[place * placeLength + 2] !== 0) {
      const at = place * placeLength
      if (places[at] === head && places[at + 1] === tail && places[at + 2] === length + 1) {
        found.tell(places[at + 3] as number)
        return made[place] as T
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
    if (size >= mostSymbols) empty(firstCapacity)
    else if (size * 2 >= capacity) grow()
    const one = make(text)
    put(head, tail, length, one)
    return tell(one)
  }

  function put(head: number, tail: number, length: number, one: Numbered<T>): void {
    let place = placeOf(head, tail)
    while (places[place * placeLength + 2] !== 0) place = (place + 1) & (capacity - 1)
    places.set([head, tail, length + 1, one.number], place * placeLength)
    made[place] = one.made
    size++
  }

  function grow(): void {
    const [oldPlaces, oldMade] = [places, made]
    empty(capacity * 2)
    oldMade.forEach((one, place) => {
      const [head = 0, tail = 0, lengthAndOne = 0, number = 0] = oldPlaces.subarray(place * placeLength)
      if (lengthAndOne > 0) put(head, tail, lengthAndOne - 1, { made: one as T, number })
    })
  }

  function empty(newCapacity: number): void {
    capacity = newCapacity
    places = new Int32Array(capacity * placeLength)
    made = Array.from({ length: capacity })
    size = 0
  }

  function longOne(text: string): T {
    const known = long.get(text)
    if (known !== undefined) return tell(known)
    if (long.size >= mostSymbols) long.clear()
    const one = make(text)
    long.set(text, one)
    return tell(one)
  }

  function tell({ made, number }: Numbered<T>): T {
    found.tell(number)
    return made
  }
}
