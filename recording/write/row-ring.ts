// Rows from the thread that owns the socket to the one that writes, through a ring of shared memory. The
// writer never waits: `write` returns false when there is no room.
import {
  closeRing,
  freeWords,
  hasRoom,
  isClosed,
  isEmpty,
  publish,
  putBytes,
  readingEnd,
  release,
  takeBytes,
  writingEnd,
  writtenUpTo,
} from '../../system/ring.ts'
import { headWords, wordBytes, wordsOf } from '../format/rows.ts'

export type RowWriter = {
  /** False when there is no room. */
  write(kind: number, after: number, receivedTime: number, payload: Uint8Array): boolean
  /** Publishes the written rows. Once for several: each call stalls this thread on memory. */
  publish(): void
  /** Words that are free. */
  room(): number
  /** Nothing more will come. */
  close(): void
  readonly words: number
}

export type RowReader = {
  /** The kind of the next row and its size, or undefined when there is none at the moment. */
  peek(): { readonly kind: number; readonly words: number; readonly receivedTime: number } | undefined
  /** Copies as much as fits, and returns its words: whole rows, and a part of one where the room ended. */
  copy(target: Uint8Array): number
  /** Gives the room of this many words back. They are whole rows. */
  release(words: number): void
  /** The writer will put nothing more into the ring. */
  isClosed(): boolean
  /** The writer closed the ring, and all that was in it was taken. */
  hasEnded(): boolean
}

/** Payload of a row that is put together beside the ring; longer ones are put together in it. */
const usualBytes = 4_096

export function rowWriter(ring: SharedArrayBuffer): RowWriter {
  const end = writingEnd(ring)
  const { numbers, codes, words, mask } = end
  // Into shared memory the engine copies whole words when both sides start at one, and else byte by byte. A
  // frame starts anywhere, so its row is put together in memory of our own, and goes over in one piece: that
  // takes half the time.
  const draft = new Float64Array(wordsOf(usualBytes))
  const draftCodes = new Int32Array(draft.buffer)
  const draftBytes = new Uint8Array(draft.buffer)
  // By their number of words. As integers: a payload read as doubles may hold some that are no number, and
  // those need not keep their bits.
  const drafts = Array.from({ length: draft.length + 1 }, (_, words) => draftCodes.subarray(0, words * 2))

  function writeUsual(kind: number, after: number, receivedTime: number, payload: Uint8Array, needed: number): void {
    // The last word first: its end would otherwise keep what was there before.
    draft[needed - 1] = 0
    draft[0] = receivedTime
    draftCodes[2] = kind | (after << 8)
    draftCodes[3] = payload.length
    draftBytes.set(payload, headWords * wordBytes)
    codes.set(drafts[needed] as Int32Array, (end.tail & mask) * 2)
  }

  return {
    words,
    write(kind, after, receivedTime, payload) {
      const { length } = payload
      const needed = wordsOf(length)
      if (!hasRoom(end, needed)) {
        publish(end)
        return false
      }
      if (length <= usualBytes && (end.tail & mask) + needed <= words) {
        writeUsual(kind, after, receivedTime, payload, needed)
        end.tail = (end.tail + needed) | 0
        return true
      }
      numbers[end.tail & mask] = receivedTime
      const code = ((end.tail + 1) & mask) * 2
      codes[code] = kind | (after << 8)
      codes[code + 1] = length
      // The last word first: its end would otherwise keep what was there before.
      if (length % wordBytes !== 0) numbers[(end.tail + needed - 1) & mask] = 0
      putBytes(end, end.tail + headWords, payload)
      end.tail = (end.tail + needed) | 0
      return true
    },
    publish: () => publish(end),
    room: () => freeWords(end),
    close() {
      publish(end)
      closeRing(end)
    },
  }
}

export function rowReader(ring: SharedArrayBuffer): RowReader {
  const end = readingEnd(ring)
  const { numbers, codes, mask } = end

  const kindAt = (at: number) => (codes[((at + 1) & mask) * 2] as number) & 0xff
  const wordsAt = (at: number) => wordsOf(codes[((at + 1) & mask) * 2 + 1] as number)

  return {
    peek: () =>
      isEmpty(end)
        ? undefined
        : { kind: kindAt(end.head), words: wordsAt(end.head), receivedTime: numbers[end.head & mask] as number },
    copy(target) {
      const count = Math.min((writtenUpTo(end) - end.head) | 0, Math.floor(target.length / wordBytes))
      takeBytes(end, end.head, target, count * wordBytes)
      return count
    },
    release(count) {
      end.head = (end.head + count) | 0
      release(end)
    },
    isClosed: () => isClosed(end),
    // Closed first: a row that was written before is then seen.
    hasEnded: () => isClosed(end) && isEmpty(end),
  }
}
