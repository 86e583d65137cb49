// Memory that two threads share as a ring: one writes, one reads, and the writer never waits for the reader.
// A codec gives the rows their meaning; this file has the two ends and how they go round.
//
// The functions work on a plain object and its numbers, so that a row costs a codec no closure and no
// lookup.

// The ring is cut into words of 8 bytes. Positions count words and only ever grow (modulo 2³²); their low
// bits say where in the ring.
export const wordBytes = 8

// The shared figures, a cache line apart where different threads write them.
const tailAt = 0 // written up to here; the writer's
const signalAt = 1 // counts the times the writer woke the reader
const closedAt = 2
const headAt = 16 // read up to here; the reader's
const sleepingAt = 32 // 1 when the reader sleeps; set by the reader, unset by either
const headerBytes = 256
/** Words of the header that belong to the codec. */
export const codecWordsAt = 24

const leastWords = 16
const mostWords = 2 ** 27

/**
 * What one thread knows of a ring: the memory, its own position, and where the other one was when last looked
 * at.
 */
export type RingEnd = {
  readonly control: Int32Array
  readonly header: Float64Array
  /** The words, as what they may hold. */
  readonly numbers: Float64Array
  readonly codes: Int32Array
  readonly bytes: Uint8Array
  readonly words: number
  readonly mask: number
  head: number
  tail: number
}

/** Memory for a ring of at least this many bytes: the next power of two. */
export function createRing(capacityBytes: number): SharedArrayBuffer {
  const words = 2 ** Math.ceil(Math.log2(Math.max(capacityBytes / wordBytes, leastWords)))
  if (!(words <= mostWords))
    throw new RangeError(`a ring of ${capacityBytes} bytes: expected at most ${mostWords * wordBytes}`)
  return new SharedArrayBuffer(headerBytes + words * wordBytes)
}

/** The end of a writer that starts with an empty ring. */
export function writingEnd(ring: SharedArrayBuffer): RingEnd {
  return endAt(ring, 0)
}

/** The end of a reader, which goes on where the one before it stopped. */
export function readingEnd(ring: SharedArrayBuffer): RingEnd {
  return endAt(ring, Atomics.load(new Int32Array(ring), headAt))
}

function endAt(ring: SharedArrayBuffer, position: number): RingEnd {
  const words = (ring.byteLength - headerBytes) / wordBytes
  return {
    control: new Int32Array(ring, 0, headerBytes / 4),
    header: new Float64Array(ring, 0, headerBytes / wordBytes),
    numbers: new Float64Array(ring, headerBytes),
    codes: new Int32Array(ring, headerBytes),
    bytes: new Uint8Array(ring, headerBytes),
    words,
    mask: words - 1,
    head: position,
    tail: position,
  }
}

export function wordsFor(byteLength: number): number {
  return (byteLength + wordBytes - 1) >> 3
}

export function hasRoom(end: RingEnd, needed: number): boolean {
  return end.words - ((end.tail - end.head) | 0) >= needed || freeWords(end) >= needed
}

/** Looks at where the reader is now. */
export function freeWords(end: RingEnd): number {
  end.head = Atomics.load(end.control, headAt)
  return end.words - ((end.tail - end.head) | 0)
}

/** Shows the reader what was written so far. */
export function publish(end: RingEnd): void {
  Atomics.store(end.control, tailAt, end.tail)
}

/** Waking costs microseconds; a look at whether the reader sleeps costs next to nothing. */
export function wake({ control }: RingEnd): void {
  if (Atomics.load(control, sleepingAt) === 0 || Atomics.exchange(control, sleepingAt, 0) === 0) return
  Atomics.add(control, signalAt, 1)
  Atomics.notify(control, signalAt)
}

/** Nothing more will be written. */
export function closeRing(end: RingEnd): void {
  Atomics.store(end.control, closedAt, 1)
  wake(end)
}

export function isClosed({ control }: RingEnd): boolean {
  return Atomics.load(control, closedAt) === 1
}

/** The reader gave back everything that was written. */
export function isReleased({ control, tail }: RingEnd): boolean {
  return Atomics.load(control, headAt) === tail
}

export function isEmpty(end: RingEnd): boolean {
  return end.head === end.tail && end.head === writtenUpTo(end)
}

/** Looks at where the writer is now. */
export function writtenUpTo(end: RingEnd): number {
  end.tail = Atomics.load(end.control, tailAt)
  return end.tail
}

/** Gives the writer the room of what was read so far. */
export function release({ control, head }: RingEnd): void {
  Atomics.store(control, headAt, head)
}

/** Waits until there is something to read, but not longer than this. */
export function sleep(end: RingEnd, timeoutMs: number): void {
  const { control } = end
  const signal = Atomics.load(control, signalAt)
  Atomics.store(control, sleepingAt, 1)
  // A look after the flag is set: either the writer sees the flag, or this sees what it wrote.
  if (isEmpty(end) && !isClosed(end)) Atomics.wait(control, signalAt, signal, timeoutMs)
  Atomics.store(control, sleepingAt, 0)
}

/** Writes bytes from the word `at` on, around the end of the memory. */
export function putBytes({ bytes, mask }: RingEnd, at: number, source: Uint8Array): void {
  const start = (at & mask) * wordBytes
  const untilEnd = bytes.length - start
  if (source.length <= untilEnd) return bytes.set(source, start)
  bytes.set(source.subarray(0, untilEnd), start)
  bytes.set(source.subarray(untilEnd), 0)
}

/** Fills `target` with the first `length` bytes from the word `at` on. */
export function takeBytes({ bytes, mask }: RingEnd, at: number, target: Uint8Array, length: number): void {
  const start = (at & mask) * wordBytes
  const untilEnd = Math.min(length, bytes.length - start)
  target.set(bytes.subarray(start, start + untilEnd), 0)
  if (length > untilEnd) target.set(bytes.subarray(0, length - untilEnd), untilEnd)
}
