// A segment: one file of blocks, closed by an index. Where its parts lie, and how the index is written. The
// layout is described in docs/recording-format.md.
import { brotliCompressSync, constants, crc32 } from 'node:zlib'
import type { Begin } from './entry.ts'
import type { Contents, Counts } from './contents.ts'

const [fileName, indexName] = ['KISREC1\n', 'KISINDEX'] as const
export const fileMagic = Buffer.from(fileName)
export const indexMagic = Buffer.from(indexName)
/** Length and checksum of the index, then its magic. */
export const trailerBytes = 16

export const segmentName = (number: number) => `${String(number).padStart(6, '0')}.kisrec`
/** Beside a segment that is being written: what came since its last block. */
export const tailNameOf = (segment: string) => segment.replace(/kisrec$/, 'tail')
/** `2026-09-14`, the folder of a trading date. */
export const folderOf = (date: number) => String(date).replace(/^(....)(..)(..)$/, '$1-$2-$3')

/** The trading date of a folder; undefined for any other folder. */
export function dateOf(folder: string): number | undefined {
  return /^\d{4}-\d\d-\d\d$/.test(folder) ? Number(folder.replaceAll('-', '')) : undefined
}

export function numberOf(file: string): number | undefined {
  const [, digits] = /^(\d{6})\.kisrec$/.exec(file) ?? []
  return digits === undefined ? undefined : Number(digits)
}

export type BlockPlace = {
  readonly offset: number
  readonly length: number
  readonly rows: number
  readonly from: number
  readonly to: number
  /** Whose records are in it; undefined when that is not known, or when it concerns every instrument. */
  readonly names: ReadonlySet<string> | undefined
}

export type BeginFacts = Omit<Begin, 'kind' | 'state'>

export type SegmentIndex = {
  readonly begin: BeginFacts
  readonly contents: Contents
  readonly blocks: readonly BlockPlace[]
}

/** The index as JSON. */
export type StoredIndex = {
  readonly begin: BeginFacts
  readonly counts: Counts
  /** When the first entry came and the last one; null when there is none. */
  readonly span: readonly [from: number, to: number] | null
  readonly names: readonly (readonly [name: string, records: number])[]
  /** `whose`: positions in `names`, or null for every instrument. */
  readonly blocks: readonly (readonly [
    offset: number,
    length: number,
    rows: number,
    from: number | null,
    to: number | null,
    whose: readonly number[] | null,
  ])[]
}

export function encodeIndex({ begin, contents, blocks }: SegmentIndex): Buffer {
  const { rows, frames, records, markers, gaps, lost, from, to } = contents
  const positions = new Map([...contents.names.keys()].map((name, position) => [name, position]))
  const stored: StoredIndex = {
    begin,
    counts: { rows, frames, records, markers, gaps, lost },
    span: from <= to ? [from, to] : null,
    names: [...contents.names],
    blocks: blocks.map(block => [
      block.offset,
      block.length,
      block.rows,
      finite(block.from),
      finite(block.to),
      block.names === undefined ? null : [...block.names].map(name => positions.get(name) ?? -1),
    ]),
  }
  const text = brotliCompressSync(JSON.stringify(stored), { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } })
  const index = Buffer.alloc(text.length + trailerBytes)
  index.set(text, 0)
  index.writeUInt32LE(text.length, text.length)
  index.writeUInt32LE(crc32(text), text.length + 4)
  index.set(indexMagic, text.length + 8)
  return index
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
