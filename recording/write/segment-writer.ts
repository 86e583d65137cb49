// Takes rows out of a ring and puts them into segment files: first as they are into the tail, and once there
// are enough, as a packed block into the segment. Packs and writes at once, so it belongs into a thread of
// its own.
import { accessSync, constants, mkdirSync } from 'node:fs'
import { privateFolder } from '../../system/kept-file.ts'
import { type BlockFacts, encodeBlock } from '../format/block.ts'
import { addContents, type Contents, contentsReader, emptyContents } from '../format/contents.ts'
import type { Begin } from '../format/entry.ts'
import { type OpenSegment, openSegmentOf } from './open-segment.ts'
import type { RowReader } from './row-ring.ts'
import { beginRow, eachRow, encodeRow, parse, wordBytes } from '../format/rows.ts'
import { type BeginFacts, type BlockPlace, encodeIndex } from '../format/segment.ts'

export type WriterLimits = {
  /**
   * Rows that make a block, unpacked. 512 KiB: the packer gains nothing from more, and a reader unpacks it in
   * a millisecond.
   */
  readonly blockBytes: number
  /** A thin market is packed this often: a reader takes at most a minute of rows from the tail. */
  readonly blockMs: number
  /** Stored bytes of a segment. 256 MiB: some thirty million records. */
  readonly segmentBytes: number
}

export const defaultLimits: WriterLimits = {
  blockBytes: 512 * 1024,
  blockMs: 60_000,
  segmentBytes: 256 * 1024 * 1024,
}

export type SegmentWriter = {
  /** Throws when nothing can be written, before there is anything to write. */
  prepare(): void
  /** Takes what is in the ring. Throws what the file system throws; then `abandon` has to be called. */
  take(ring: RowReader, now: number): void
  /** Everything taken so far is with the operating system when this returns. */
  flush(now: number): void
  /** What is with the operating system is on the disk when this resolves. Rejects with what the disk said. */
  sync(): Promise<void>
  /** Ends the segment with its index. Resolves when everything ever written is on the disk. */
  close(): Promise<void>
  /** Leaves the segment as it is, and returns how much of what was taken is not in it. */
  abandon(): Forgotten
  /** Goes on after `abandon`, in another segment. `loss`: a row that says what happened in between. */
  resume(loss: Uint8Array | undefined, now: number): void
}

/** Frames and markers that were not kept, and when the first and the last of them came. */
export type Forgotten = { readonly count: number; readonly from: number; readonly to: number }

type Segment = { readonly files: OpenSegment; readonly blocks: BlockPlace[]; readonly contents: Contents }

/** What came between two flushes of a busy market makes one block, not a block and a rest. */
const mostBlocksInOne = 2
/** A row that does not fit behind a block that is almost full; one that is longer makes the memory grow. */
const spareBytes = 64 * 1024

export function createSegmentWriter(folder: string, limits: WriterLimits = defaultLimits): SegmentWriter {
  const read = contentsReader()
  const mostBytes = mostBlocksInOne * limits.blockBytes
  let memory = new Uint8Array(mostBytes + spareBytes)
  /** Bytes of rows that are in no block yet, and how many of them are in the tail. */
  let used = 0
  let tailed = 0
  /** What is in the tail, and what in neither. */
  let inTail = emptyContents()
  let fresh = emptyContents()
  /** When the first of them came. */
  let since = 0
  let segment: Segment | undefined
  let run: BeginFacts | undefined
  /** Segments that end, one behind the other. */
  let ending: Promise<void> = Promise.resolve()

  function open(begin: BeginFacts): void {
    segment = { files: openSegmentOf(folder, begin), blocks: [], contents: emptyContents() }
  }

  function put(row: Uint8Array, now: number): void {
    reserve(row.length)
    memory.set(row, used)
    took(row.length, now)
  }

  function took(bytes: number, now: number): void {
    read.add(fresh, memory.subarray(used, used + bytes))
    if (used === 0) since = now
    used += bytes
  }

  function reserve(bytes: number): void {
    if (used + bytes <= memory.length) return
    const larger = new Uint8Array(used + bytes + spareBytes)
    larger.set(memory.subarray(0, used))
    memory = larger
  }

  function beginRun(ring: RowReader, words: number, now: number): void {
    const row = new Uint8Array(words * wordBytes)
    ring.copy(row)
    ring.release(words)
    eachRow(row, ({ payload, receivedTime }) => {
      const { state: _, ...facts } = parse(payload) as Omit<Begin, 'kind' | 'receivedTime'> // what a recorder wrote
      run = { ...facts, receivedTime }
    })
    end()
    open(run as BeginFacts) // the row was there
    put(row, now)
  }

  /** Another segment of the same run, because this one is long enough. */
  function goOn(now: number): void {
    if (run === undefined) return
    const time = Math.max(run.receivedTime, segment?.contents.to ?? run.receivedTime)
    end()
    open(run)
    const { receivedTime: _, ...facts } = run
    put(encodeRow(beginRow, time, Buffer.from(JSON.stringify(facts))), now)
  }

  function forget(): void {
    used = 0
    tailed = 0
    inTail = emptyContents()
    fresh = emptyContents()
  }

  function writeBlock(): void {
    if (segment === undefined || used === 0) return
    const { blocks, contents, files } = segment
    const part = inTail.rows === 0 ? fresh : inTail
    if (part !== fresh) addContents(part, fresh)
    const block = encodeBlock(memory.subarray(0, used), factsOf(part, contents.rows), true)
    const offset = files.size
    const isOnlyInTail = tailed > 0
    files.append(block)
    const names = part.concernsAll ? undefined : sharedNames(part.names, blocks.at(-1)?.names)
    const { rows, from, to } = part
    blocks.push({ offset, length: block.length, rows, from, to, names })
    addContents(contents, part)
    forget()
    if (memory.length > mostBytes + spareBytes) memory = new Uint8Array(mostBytes + spareBytes)
    if (isOnlyInTail) background(files.sync())
  }

  function writeTail(): void {
    if (segment === undefined || used === tailed) return
    const facts = factsOf(fresh, segment.contents.rows + inTail.rows)
    segment.files.appendToTail(encodeBlock(memory.subarray(tailed, used), facts, false))
    tailed = used
    addContents(inTail, fresh)
    fresh = emptyContents()
  }

  function end(): void {
    if (segment === undefined) return
    writeBlock()
    const { blocks, contents, files } = segment
    segment = undefined
    const ended = files.close(encodeIndex({ begin: files.begin, blocks, contents }))
    ending = Promise.all([ending, ended]).then(() => {})
    background(ending)
  }

  return {
    prepare() {
      try {
        mkdirSync(folder, privateFolder)
      } catch {
        // Node says of a read-only disk that the folder does not exist; asked for one folder alone, it says
        // what is wrong.
        mkdirSync(folder, { mode: privateFolder.mode })
      }
      accessSync(folder, constants.W_OK | constants.X_OK)
    },
    take(ring, now) {
      for (let next = ring.peek(); next !== undefined; next = ring.peek()) {
        if (next.kind === beginRow) {
          beginRun(ring, next.words, now)
          continue
        }
        const room = Math.max(next.words * wordBytes, mostBytes - used)
        reserve(room)
        // All of it first, and looked at then: rows that the other thread has just written are slow to reach
        // one by one.
        const copied = memory.subarray(used, used + ring.copy(memory.subarray(used, used + room)) * wordBytes)
        const bytes = read.add(fresh, copied, beginRow)
        ring.release(bytes / wordBytes)
        if (used === 0) since = now
        used += bytes
        if (used < mostBytes) continue
        writeBlock()
        if (segment !== undefined && segment.files.size >= limits.segmentBytes) goOn(now)
      }
    },
    flush(now) {
      // What came at once is worth packing at once; so a busy market is written a single time.
      if (used - tailed >= limits.blockBytes / 2 || (used > 0 && now - since >= limits.blockMs)) writeBlock()
      else writeTail()
    },
    sync: async () => void (await Promise.all([segment?.files.sync(), ending])),
    close() {
      end()
      return ending
    },
    abandon() {
      const { frames, markers, from, to } = fresh
      forget()
      segment?.files.abandon()
      segment = undefined
      ending = Promise.resolve()
      return { count: frames + markers, from, to }
    },
    resume(loss, now) {
      if (segment === undefined) goOn(now)
      if (loss !== undefined) put(loss, now)
      writeTail()
    },
  }
}

/**
 * The names of a block; the very set of the block before where they are the same. A session has the same
 * names all day, and a segment thousands of blocks.
 */
function sharedNames(
  names: ReadonlyMap<string, unknown>,
  before: ReadonlySet<string> | undefined,
): ReadonlySet<string> {
  if (before?.size === names.size && [...names.keys()].every(name => before.has(name))) return before
  return new Set(names.keys())
}

/** A failure is reported by the next `sync` or `close`. */
function background(waiting: Promise<void>): void {
  waiting.catch(() => {})
}

function factsOf({ rows, records, from, to }: Contents, firstRow: number): BlockFacts {
  return { firstRow, rows, records, from, to }
}
