// Remembers what is known of a usual frame: a single record of a symbol of six characters,
// `0|H0STCNT0|001|005930^…`. All of that stands in its first 22 bytes, which in a row are six integers. A
// frame that begins like one before it needs no reading, and that is what most of a busy market's frames do.

/**
 * In memory `0|..`, `....`, `..|0`, `01|.`, `....`, `.^..`: the characters that must be so, little-endian.
 */
const flag = 0x7c30
const separator = 0x307c
const one = 0x7c3130
const caret = 0x5e00

const integers = 6
/** The last of the integers is half the record's own. */
const lastMask = 0xffff
const shortest = integers * 4

/** Two frames that share a cell replace each other: that is slower, and still right. */
const slots = 8_192

export type UsualFrames<T> = {
  /** What is known of the frame of `length` bytes that begins at this integer. */
  find(ints: Int32Array, at: number, length: number): T | undefined
  /** Passes over a frame that is not the usual one. */
  remember(ints: Int32Array, at: number, length: number, made: T): void
}

export function createUsualFrames<T>(): UsualFrames<T> {
  const beginnings = new Int32Array(slots * integers)
  const known: (T | undefined)[] = Array.from({ length: slots }, () => undefined)

  return {
    find(ints, at, length) {
      if (!isUsual(ints, at, length)) return undefined
      const slot = slotOf(ints, at)
      const own = slot * integers
      for (let i = 0; i < integers - 1; i++) if (beginnings[own + i] !== ints[at + i]) return undefined
      return beginnings[own + integers - 1] === lastOf(ints, at) ? known[slot] : undefined
    },
    remember(ints, at, length, made) {
      if (!isUsual(ints, at, length)) return
      const slot = slotOf(ints, at)
      for (let i = 0; i < integers - 1; i++) beginnings[slot * integers + i] = ints[at + i] as number
      beginnings[slot * integers + integers - 1] = lastOf(ints, at)
      known[slot] = made
    },
  }
}

function isUsual(ints: Int32Array, at: number, length: number): boolean {
  return (
    length >= shortest &&
    ((ints[at] as number) & 0xffff) === flag &&
    (ints[at + 2] as number) >>> 16 === separator &&
    ((ints[at + 3] as number) & 0xffffff) === one &&
    ((ints[at + 5] as number) & 0xff00) === caret
  )
}

function lastOf(ints: Int32Array, at: number): number {
  return (ints[at + integers - 1] as number) & lastMask
}

/** Of the end of the transaction id and the symbol: the rest is the same for most. */
function slotOf(ints: Int32Array, at: number): number {
  const symbol = Math.imul(ints[at + 4] as number, 0x9e3779b1) ^ Math.imul(lastOf(ints, at), 0xc2b2ae35)
  const hash = symbol ^ Math.imul((ints[at + 1] as number) ^ (ints[at + 3] as number), 0x85ebca6b)
  return (hash ^ (hash >>> 15)) & (slots - 1)
}
