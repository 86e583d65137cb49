// Rows from the thread that owns the socket to the one that writes, through shared memory: one writer, one reader, both in words.
// The writer never waits: what finds no room is not written, and whoever asked is told.
import { headWords, wordBytes, wordsOf } from '../format/rows.ts'

// Places of the shared figures, a cache line apart where different threads write them.
const tailAt = 0 // written up to here; the writer's
const closedAt = 1
const headAt = 16 // read up to here; the reader's
const headerBytes = 128

const leastWords = 64
const mostWords = 2 ** 27

export type RowWriter = {
  /**
   * False when there is no room. `moreFollow`: the reader need not see it before the next one, because telling it makes this thread
   * wait for its memory.
   */
  write(kind: number, after: number, receivedTime: number, payload: Uint8Array, moreFollow?: boolean): boolean
  /** Words that are free. */
  room(): number
  /** Nothing more will come. */
  close(): void
  readonly words: number
}

export type RowReader = {
  /** The kind of the next row and its size, or undefined when there is none at the moment. */
  peek(): { readonly kind: number; readonly words: number; readonly receivedTime: number } | undefined
  /** Copies what is there, as much as fits, and says how many words that is: whole rows, but for the last one where room ended. */
  copy(target: Uint8Array): number
  /** Hands the place of so many words back. They are whole rows. */
  release(words: number): void
  /** The writer will put nothing more into the ring. */
  isClosed(): boolean
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

/** Payload of a row that is put together beside the ring; longer ones are put together in it. */
const usualBytes = 4_096

export function rowWriter(ring: SharedArrayBuffer): RowWriter {
  const { control, times, codes, bytes, words, mask } = viewsOf(ring)
  let tail = 0
  let head = 0 // where the reader was when last asked
  // Into shared memory the engine copies whole words when both sides start at one, and else byte by byte. A frame starts anywhere, so
  // its row is put together in memory of our own, and goes over in one piece: that takes half the time.
  const draft = new Float64Array(wordsOf(usualBytes))
  const draftCodes = new Int32Array(draft.buffer)
  const draftBytes = new Uint8Array(draft.buffer)
  // By their number of words. As integers: a payload read as doubles may hold some that are no number, and those need not keep their bits.
  const drafts = Array.from({ length: draft.length + 1 }, (_, words) => draftCodes.subarray(0, words * 2))

  function writeUsual(kind: number, after: number, receivedTime: number, payload: Uint8Array, needed: number): void {
    // The last word first: its end would otherwise keep what was there before.
    draft[needed - 1] = 0
    draft[0] = receivedTime
    draftCodes[2] = kind | (after << 8)
    draftCodes[3] = payload.length
    draftBytes.set(payload, headWords * wordBytes)
    codes.set(drafts[needed] as Int32Array, (tail & mask) * 2)
  }

  function hasRoom(needed: number): boolean {
    if (words - ((tail - head) | 0) >= needed) return true
    head = Atomics.load(control, headAt)
    return words - ((tail - head) | 0) >= needed
  }

  return {
    words,
    write(kind, after, receivedTime, payload, moreFollow = false) {
      const { length } = payload
      const needed = wordsOf(length)
      if (!hasRoom(needed)) return false
      if (length <= usualBytes && (tail & mask) + needed <= words) {
        writeUsual(kind, after, receivedTime, payload, needed)
        tail = (tail + needed) | 0
        if (!moreFollow) Atomics.store(control, tailAt, tail)
        return true
      }
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
    close() {
      Atomics.store(control, tailAt, tail)
      Atomics.store(control, closedAt, 1)
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
    copy(target) {
      tail = Atomics.load(control, tailAt)
      const count = Math.min((tail - head) | 0, Math.floor(target.length / wordBytes))
      const place = (head & mask) * wordBytes
      const length = count * wordBytes
      const untilEnd = Math.min(length, bytes.length - place)
      target.set(bytes.subarray(place, place + untilEnd), 0)
      if (length > untilEnd) target.set(bytes.subarray(0, length - untilEnd), untilEnd)
      return count
    },
    release(count) {
      head = (head + count) | 0
      Atomics.store(control, headAt, head)
    },
    isClosed: () => Atomics.load(control, closedAt) === 1,
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
