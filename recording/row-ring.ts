// Rows from the thread that owns the socket to the one that writes, through shared memory: one writer, one reader, both in words.
// The writer never waits: what finds no room is not written, and whoever asked is told.
import { headWords, wordBytes, wordsOf } from './rows.ts'

// Places of the shared figures, a cache line apart where different threads write them.
const tailAt = 0 // written up to here; the writer's
const closedAt = 1
const headAt = 16 // read up to here; the reader's
const wakeAt = 32 // what the reader sleeps on
const headerBytes = 256

const leastWords = 64
const mostWords = 2 ** 27

export type RowWriter = {
  /** False when there is no room. */
  write(kind: number, after: number, receivedTime: number, payload: Uint8Array): boolean
  /** Words that are free. */
  room(): number
  /** Wakes the reader before its time. */
  wake(): void
  /** Nothing more will come. */
  close(): void
  readonly words: number
}

export type RowReader = {
  /** The kind of the next row and its size, or undefined when there is none at the moment. */
  peek(): { readonly kind: number; readonly words: number; readonly receivedTime: number } | undefined
  /** How many words of whole rows come next, `most` at most unless the first alone is longer, up to a row of kind `until`. */
  available(most: number, until: number): number
  /** Copies so many words out, and hands their place back. `target` is where they go, or undefined to leave them. */
  take(words: number, target: Uint8Array | undefined): void
  sleep(timeoutMs: number): void
  /** The writer closed the ring, and all that was in it was taken. */
  hasEnded(): boolean
}

/** Memory for a ring of at least this many bytes: the next power of two. */
export function createRowRing(capacityBytes: number): SharedArrayBuffer {
  const words = 2 ** Math.ceil(Math.log2(Math.max(capacityBytes / wordBytes, leastWords)))
  if (!(words <= mostWords)) {
    throw new RangeError(`a ring of ${capacityBytes} bytes: expected at most ${mostWords * wordBytes}`)
  }
  return new SharedArrayBuffer(headerBytes + words * wordBytes)
}

export function rowWriter(ring: SharedArrayBuffer): RowWriter {
  const { control, times, codes, bytes, words, mask } = viewsOf(ring)
  let tail = 0
  let head = 0 // where the reader was when last asked

  function hasRoom(needed: number): boolean {
    if (words - ((tail - head) | 0) >= needed) return true
    head = Atomics.load(control, headAt)
    return words - ((tail - head) | 0) >= needed
  }

  return {
    words,
    write(kind, after, receivedTime, payload) {
      const { length } = payload
      const needed = wordsOf(length)
      if (!hasRoom(needed)) return false
      times[tail & mask] = receivedTime
      const code = ((tail + 1) & mask) * 2
      codes[code] = kind | (after << 8)
      codes[code + 1] = length
      const place = ((tail + headWords) & mask) * wordBytes
      const untilEnd = bytes.length - place
      // The last word first: its end would otherwise keep what was there before.
      if (length % wordBytes !== 0) times[(tail + needed - 1) & mask] = 0
      if (length <= untilEnd) bytes.set(payload, place)
      else {
        bytes.set(payload.subarray(0, untilEnd), place)
        bytes.set(payload.subarray(untilEnd), 0)
      }
      tail = (tail + needed) | 0
      Atomics.store(control, tailAt, tail)
      return true
    },
    room() {
      head = Atomics.load(control, headAt)
      return words - ((tail - head) | 0)
    },
    wake() {
      Atomics.add(control, wakeAt, 1)
      Atomics.notify(control, wakeAt)
    },
    close() {
      Atomics.store(control, closedAt, 1)
      Atomics.add(control, wakeAt, 1)
      Atomics.notify(control, wakeAt)
    },
  }
}

export function rowReader(ring: SharedArrayBuffer): RowReader {
  const { control, times, codes, bytes, mask } = viewsOf(ring)
  let head = 0
  let tail = 0

  function isEmpty(): boolean {
    if (head === tail) tail = Atomics.load(control, tailAt)
    return head === tail
  }

  const kindAt = (at: number) => (codes[((at + 1) & mask) * 2] as number) & 0xff
  const wordsAt = (at: number) => wordsOf(codes[((at + 1) & mask) * 2 + 1] as number)

  return {
    peek: () =>
      isEmpty() ? undefined : { kind: kindAt(head), words: wordsAt(head), receivedTime: times[head & mask] as number },
    available(most, until) {
      tail = Atomics.load(control, tailAt)
      let at = head
      while (at !== tail && kindAt(at) !== until) {
        const next = (at + wordsAt(at)) | 0
        if (((next - head) | 0) > most && at !== head) break
        at = next
      }
      return (at - head) | 0
    },
    take(count, target) {
      if (target !== undefined) {
        const place = (head & mask) * wordBytes
        const length = count * wordBytes
        const untilEnd = Math.min(length, bytes.length - place)
        target.set(bytes.subarray(place, place + untilEnd), 0)
        if (length > untilEnd) target.set(bytes.subarray(0, length - untilEnd), untilEnd)
      }
      head = (head + count) | 0
      Atomics.store(control, headAt, head)
    },
    sleep(timeoutMs) {
      const seen = Atomics.load(control, wakeAt)
      if (Atomics.load(control, closedAt) === 0) Atomics.wait(control, wakeAt, seen, timeoutMs)
    },
    // Closed first: a row that was written before is then seen.
    hasEnded: () => Atomics.load(control, closedAt) === 1 && isEmpty(),
  }
}

function viewsOf(ring: SharedArrayBuffer) {
  const words = (ring.byteLength - headerBytes) / wordBytes
  return {
    control: new Int32Array(ring, 0, headerBytes / 4),
    times: new Float64Array(ring, headerBytes),
    codes: new Int32Array(ring, headerBytes),
    bytes: new Uint8Array(ring, headerBytes),
    words,
    mask: words - 1,
  }
}
