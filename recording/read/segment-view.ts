// One segment as a reader finds it: closed by an index; or without one, because it is being written or its
// writer was killed. Then its blocks are found by going from head to head, and what came after the last block
// is in the tail beside it.
import { readFile } from 'node:fs/promises'
import { headBytes, isIntact, readHead, rowsOf, rowsOfNow } from '../format/block.ts'
import type { Contents } from '../format/contents.ts'
import type { Begin, Entry } from '../format/entry.ts'
import { openToRead, type ReadFile } from './read-file.ts'
import { eachRow, entryOf } from '../format/rows.ts'
import {
  type BeginFacts,
  type BlockPlace,
  fileMagic,
  type SegmentIndex,
  tailNameOf,
  trailerBytes,
} from '../format/segment.ts'
import { decodeIndex, indexLength } from '../format/segment-index.ts'

export type SegmentView = {
  readonly path: string
  readonly begin: BeginFacts
  readonly blocks: readonly BlockPlace[]
  /** Rows behind the last block, in pieces as they were written. */
  readonly tail: readonly Uint8Array[]
  /** From the index; undefined without one. */
  readonly contents: Contents | undefined
  /** Of the file and its tail. */
  readonly bytes: number
  /** At the end of either, of a write that was not finished. They are not read. */
  readonly tornBytes: number
}

/** Undefined when there is nothing in it, or when it is no segment. */
export async function openSegment(path: string): Promise<SegmentView | undefined> {
  // First the tail: what is then put into a block meanwhile is found twice, and known by its number.
  const tailBytes = await readFile(tailNameOf(path)).catch(() => Buffer.alloc(0))
  const file = await openToRead(path)
  try {
    const size = await file.size()
    const magic = await file.readAt(0, fileMagic.length)
    if (!magic.equals(fileMagic)) return refuseOthers(path, magic)
    const index = await readIndex(file, size)
    const scanned = index === undefined ? await scan(file, size) : undefined
    const blocks = index?.blocks ?? scanned?.blocks ?? []
    const rows = blocks.reduce((sum, block) => sum + block.rows, 0)
    const tail = readTail(tailBytes, rows)
    const begin = index?.begin ?? (await firstBegin(file, blocks, tail.pieces))
    if (begin === undefined) return undefined
    return {
      path,
      begin,
      blocks,
      tail: tail.pieces,
      contents: tail.pieces.length === 0 ? index?.contents : undefined,
      bytes: size + tailBytes.length,
      tornBytes: (scanned?.tornBytes ?? 0) + tail.tornBytes,
    }
  } finally {
    await file.close()
  }
}

/** A segment of another format is whole: it must not be called damaged, nor be left out in silence. */
function refuseOthers(path: string, magic: Buffer): undefined {
  const [, format] = /^KISREC(\d+)\n$/.exec(magic.toString('latin1')) ?? []
  if (format === undefined) return undefined
  throw new Error(
    `${path} is in format ${format} of recordings, and this kis-stream reads format 1: read it with the version that wrote it`,
  )
}

/** The rows of a block, or undefined when they are not what was written. */
export async function readRows(file: ReadFile, { offset, length }: BlockPlace): Promise<Uint8Array | undefined> {
  const block = await file.readAt(offset, length)
  const head = readHead(block)
  if (head === undefined || block.length !== length || !isIntact(block)) return undefined
  return rowsOf(block, head)
}

export function entriesIn(rows: Uint8Array): Entry[] {
  const entries: Entry[] = []
  eachRow(rows, row => {
    const entry = entryOf(row)
    if (entry !== undefined) entries.push(entry)
  })
  return entries
}

async function readIndex(file: ReadFile, size: number): Promise<SegmentIndex | undefined> {
  const trailer = await file.readAt(size - trailerBytes, trailerBytes)
  const length = indexLength(trailer)
  if (length === undefined || length > size) return undefined
  return decodeIndex(await file.readAt(size - trailerBytes - length, length), trailer)
}

async function scan(file: ReadFile, size: number): Promise<{ blocks: BlockPlace[]; tornBytes: number }> {
  const blocks: BlockPlace[] = []
  let offset = fileMagic.length
  for (;;) {
    const head = readHead(await file.readAt(offset, headBytes))
    if (head === undefined || offset + headBytes + head.storedBytes > size) break
    const { rows, from, to } = head
    const length = headBytes + head.storedBytes
    blocks.push({ offset, length, rows, from, to, names: undefined })
    offset += length
  }
  // Only the last write can have been cut short.
  const last = blocks.at(-1)
  if (last !== undefined && !isIntact(await file.readAt(last.offset, last.length))) {
    blocks.pop()
    offset = last.offset
  }
  return { blocks, tornBytes: size - offset }
}

/**
 * What of the tail is not in the blocks: a process killed right after writing a block leaves its rows in
 * both.
 */
function readTail(bytes: Buffer, rowsInBlocks: number): { pieces: Uint8Array[]; tornBytes: number } {
  const pieces: Uint8Array[] = []
  let offset = 0
  while (offset < bytes.length) {
    const head = readHead(bytes.subarray(offset, offset + headBytes))
    if (head === undefined) break
    const piece = bytes.subarray(offset, offset + headBytes + head.storedBytes)
    if (piece.length !== headBytes + head.storedBytes || !isIntact(piece)) break
    if (head.firstRow >= rowsInBlocks) pieces.push(rowsOfNow(piece, head))
    offset += piece.length
  }
  return { pieces, tornBytes: bytes.length - offset }
}

async function firstBegin(
  file: ReadFile,
  blocks: readonly BlockPlace[],
  tail: readonly Uint8Array[],
): Promise<BeginFacts | undefined> {
  const [block] = blocks
  const rows = block === undefined ? tail[0] : await readRows(file, block)
  const first = rows === undefined ? undefined : entriesIn(rows)[0]
  if (first?.kind !== 'begin') return undefined
  const { kind: _, state: __, ...facts } = first
  return facts
}

/** The beginning for a reader that starts in the middle of a segment, without the state of the feed. */
export function beginOf({ begin }: SegmentView): Begin {
  return { kind: 'begin', ...begin }
}
