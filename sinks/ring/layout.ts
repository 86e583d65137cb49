// How market events lie in a ring of shared memory: the figures that two threads share, and the rows. The writer is in
// event-ring.ts, the reader in ring-reader.ts; both know this and nothing of each other.

// The ring is cut into words of 8 bytes. Positions count words and only ever grow (modulo 2³²); their low bits are the place.
export const wordBytes = 8

// Places of the shared figures, a cache line apart where different threads write them.
export const tailAt = 0 // written up to here; the writer's
export const signalAt = 1 // counts the times the writer woke the reader
export const closedAt = 2
export const headAt = 16 // read up to here; the reader's
export const sleepingAt = 32 // 1 when the reader sleeps; set by the reader, unset by either
export const lastDroppedAt = 24 // words: count, from and to of what was dropped and not told before closing
export const headerBytes = 256

export const leastWords = 16
export const mostWords = 2 ** 27

// The first word of a row is two codes. The low byte of the first says what kind of row it is.
export const tradeRow = 1 // + side << 8, id of the instrument; then figures
export const bookRow = 2 // + bids << 8 + asks << 16, id of the instrument; then figures, bids, asks
export const nameRow = 3 // + id << 8, bytes; then the name of the instrument that has this id from now on
export const textRow = 4 // bytes; then an event as JSON
export const droppedRow = 5 // then count, from, to

export const tradeWords = 15
export const bookWords = 5
export const levelWords = 2
export const droppedWords = 4

/** Levels of a side are counted in a byte. KIS has ten; a book with more than this travels as JSON. */
export const mostLevels = 255

/** Rubbish can name endlessly many instruments. Past this many, ids are given anew from 0. */
export const mostNames = 65_536

export const sides = [null, 'buy', 'sell'] as const

/** Memory for a ring of at least this many bytes: the next power of two. */
export function createRing(capacityBytes: number): SharedArrayBuffer {
  const words = 2 ** Math.ceil(Math.log2(Math.max(capacityBytes / wordBytes, leastWords)))
  if (!(words <= mostWords))
    throw new RangeError(`a ring of ${capacityBytes} bytes: expected at most ${mostWords * wordBytes}`)
  return new SharedArrayBuffer(headerBytes + words * wordBytes)
}

export function viewsOf(ring: SharedArrayBuffer) {
  const words = (ring.byteLength - headerBytes) / wordBytes
  return {
    control: new Int32Array(ring, 0, headerBytes / 4),
    figures: new Float64Array(ring, 0, headerBytes / wordBytes),
    numbers: new Float64Array(ring, headerBytes),
    codes: new Int32Array(ring, headerBytes),
    bytes: new Uint8Array(ring, headerBytes),
    words,
    mask: words - 1,
  }
}

export function wordsFor(byteLength: number): number {
  return (byteLength + wordBytes - 1) >> 3
}
