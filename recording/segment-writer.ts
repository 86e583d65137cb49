// Takes rows out of a ring and puts them into segment files: what came lately as it is into the tail, and once there is enough of it
// as a packed block into the segment. Everything here waits for the disk, so it belongs into a thread of its own.
import { closeSync, ftruncateSync, mkdirSync, openSync, readdirSync, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { type BlockFacts, encodeBlock } from './block.ts'
import { addContents, type Contents, contentsReader, emptyContents } from './contents.ts'
import type { Begin } from './entry.ts'
import type { RowReader } from './row-ring.ts'
import { beginRow, eachRow, encodeRow, parse, wordBytes } from './rows.ts'
import {
  type BeginFacts,
  type BlockPlace,
  encodeIndex,
  fileMagic,
  folderOf,
  numberOf,
  segmentName,
  tailNameOf,
} from './segment.ts'

export type WriterLimits = {
  /** Rows that make a block, unpacked. 512 KiB: the packer gains nothing from more, and a reader unpacks it in a millisecond. */
  readonly blockBytes: number
  /** A quiet market is packed this often: a minute of rows is what a reader has to take from the tail at most. */
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
  /** Takes what is in the ring. Throws what the file system throws; then `abandon` has to be called. */
  take(ring: RowReader, now: number): void
  /** Everything taken so far is with the operating system when this returns. */
  flush(now: number): void
  /** Ends the segment with its index. */
  close(): void
  /** Lets go of the segment as it is, and says how much of what was taken is not in it. */
  abandon(): Forgotten
  /** Goes on after `abandon`, in another segment; what happened in between is told in a row. */
  resume(told: Uint8Array | undefined, now: number): void
}

/** Frames and markers that were not kept, and when the first and the last of them came. */
export type Forgotten = { readonly count: number; readonly from: number; readonly to: number }

type Segment = {
  readonly path: string
  readonly begin: BeginFacts
  readonly file: number
  readonly tail: number
  readonly blocks: BlockPlace[]
  readonly contents: Contents
  size: number
  tailSize: number
}

/** A row longer than the rest of the memory makes it grow. */
const spareBytes = 64 * 1024

export function createSegmentWriter(folder: string, limits: WriterLimits = defaultLimits): SegmentWriter {
  const read = contentsReader()
  let memory = new Uint8Array(limits.blockBytes + spareBytes)
  /** Bytes of rows that are in no block yet, and how many of them are in the tail. */
  let used = 0
  let tailed = 0
  let tailedRows = 0
  /** When the first of them came. */
  let since = 0
  let segment: Segment | undefined
  let run: BeginFacts | undefined

  function open(begin: BeginFacts): Segment {
    const day = join(folder, folderOf(begin.date))
    mkdirSync(day, { recursive: true, mode: 0o700 })
    const numbers = readdirSync(day).map(name => numberOf(name) ?? 0)
    const path = join(day, segmentName(Math.max(0, ...numbers) + 1))
    const file = openSync(path, 'wx', 0o600)
    try {
      writeAll(file, fileMagic, 0)
      const tail = openSync(tailNameOf(path), 'wx', 0o600)
      const size = fileMagic.length
      return { path, begin, file, tail, blocks: [], contents: emptyContents(), size, tailSize: 0 }
    } catch (error) {
      closeSync(file)
      throw error
    }
  }

  function put(row: Uint8Array, now: number): void {
    reserve(row.length)
    memory.set(row, used)
    if (used === 0) since = now
    used += row.length
  }

  function reserve(bytes: number): void {
    if (used + bytes <= memory.length) return
    const larger = new Uint8Array(used + bytes + spareBytes)
    larger.set(memory.subarray(0, used))
    memory = larger
  }

  function beginRun(ring: RowReader, words: number, now: number): void {
    const row = new Uint8Array(words * wordBytes)
    ring.take(words, row)
    eachRow(row, ({ payload, receivedTime }) => {
      const { state: _, ...facts } = parse(payload) as Omit<Begin, 'kind' | 'receivedTime'> // what a recorder wrote
      run = { ...facts, receivedTime }
    })
    close()
    segment = open(run as BeginFacts) // the row was there
    put(row, now)
  }

  /** Another segment of the same run, because this one is long enough. */
  function goOn(now: number): void {
    if (run === undefined) return
    const time = Math.max(run.receivedTime, segment?.contents.to ?? run.receivedTime)
    close()
    segment = open(run)
    const { receivedTime: _, ...facts } = run
    put(encodeRow(beginRow, time, Buffer.from(JSON.stringify(facts))), now)
  }

  function forget(): void {
    used = 0
    tailed = 0
    tailedRows = 0
  }

  function writeBlock(): void {
    if (segment === undefined || used === 0) return
    const { blocks, contents, file, tail } = segment
    const rows = memory.subarray(0, used)
    const part = read(rows)
    const block = encodeBlock(rows, factsOf(part, contents.rows), true)
    writeAll(file, block, segment.size)
    const names = part.concernsAll ? undefined : new Set(part.names.keys())
    const { from, to } = part
    blocks.push({ offset: segment.size, length: block.length, rows: part.rows, from, to, names })
    addContents(contents, part)
    segment.size += block.length
    forget()
    // Whoever dies before this leaves the rows in both places; their numbers tell.
    ftruncateSync(tail, 0)
    segment.tailSize = 0
    if (memory.length > limits.blockBytes + spareBytes) memory = new Uint8Array(limits.blockBytes + spareBytes)
  }

  function writeTail(): void {
    if (segment === undefined) return
    const part = read(memory.subarray(tailed, used))
    const facts = factsOf(part, segment.contents.rows + tailedRows)
    const block = encodeBlock(memory.subarray(tailed, used), facts, false)
    writeAll(segment.tail, block, segment.tailSize)
    segment.tailSize += block.length
    tailed = used
    tailedRows += part.rows
  }

  function close(): void {
    if (segment === undefined) return
    writeBlock()
    const { begin, blocks, contents, file, path, size, tail } = segment
    writeAll(file, encodeIndex({ begin, blocks, contents }), size)
    segment = undefined
    closeSync(file)
    closeSync(tail)
    unlinkSync(tailNameOf(path))
  }

  return {
    take(ring, now) {
      for (let next = ring.peek(); next !== undefined; next = ring.peek()) {
        if (next.kind === beginRow) {
          beginRun(ring, next.words, now)
          continue
        }
        const room = Math.max(0, limits.blockBytes - used) / wordBytes
        const words = ring.available(Math.floor(room), beginRow)
        reserve(words * wordBytes)
        ring.take(words, memory.subarray(used))
        if (used === 0) since = now
        used += words * wordBytes
        if (used < limits.blockBytes) continue
        writeBlock()
        if (segment !== undefined && segment.size >= limits.segmentBytes) goOn(now)
      }
    },
    flush(now) {
      // What came at once is worth packing at once; so a busy market is written a single time.
      if (used - tailed >= limits.blockBytes / 2 || (used > 0 && now - since >= limits.blockMs)) writeBlock()
      else if (used > tailed) writeTail()
    },
    close,
    abandon() {
      const { frames, markers, from, to } = read(memory.subarray(tailed, used))
      forget()
      if (segment !== undefined) {
        const { file, tail } = segment
        segment = undefined
        tryTo(() => closeSync(file))
        tryTo(() => closeSync(tail))
      }
      return { count: frames + markers, from, to }
    },
    resume(told, now) {
      if (segment === undefined) goOn(now)
      if (told !== undefined) put(told, now)
      writeTail()
    },
  }
}

function factsOf({ rows, records, from, to }: Contents, firstRow: number): BlockFacts {
  return { firstRow, rows, records, from, to }
}

function writeAll(file: number, bytes: Uint8Array, position: number): void {
  for (let written = 0; written < bytes.length; ) {
    written += writeSync(file, bytes, written, bytes.length - written, position + written)
  }
}

function tryTo(act: () => void): void {
  try {
    act()
  } catch {
    // Whatever is wrong with the file was told already.
  }
}
