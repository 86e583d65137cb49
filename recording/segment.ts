// A segment: one file of blocks, closed by an index. Where its parts lie, and how the index is written and read. The layout is
// described in docs/recording-format.md.
import { brotliCompressSync, brotliDecompressSync, constants, crc32 } from 'node:zlib'
import { z } from 'zod'
import type { Begin } from './entry.ts'
import type { Contents } from './contents.ts'

const [fileName, indexName] = ['KISREC1\n', 'KISINDEX'] as const
export const fileMagic = Buffer.from(fileName)
const indexMagic = Buffer.from(indexName)
/** Length and checksum of the index, then its magic. */
export const trailerBytes = 16
const longestIndex = 2 ** 28

export const segmentName = (number: number) => `${String(number).padStart(6, '0')}.kisrec`
/** Beside a segment that is being written: what came since its last block. */
export const tailNameOf = (segment: string) => segment.replace(/kisrec$/, 'tail')
/** `2026-09-14`, the folder of a trading date. */
export const folderOf = (date: number) => String(date).replace(/^(....)(..)(..)$/, '$1-$2-$3')

/** The trading date of a folder, or undefined when it is none of ours. */
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

const shape = z.object({
  begin: z.object({
    run: z.string(),
    date: z.number(),
    columns: z.array(z.string()),
    continuity: z.boolean(),
    receivedTime: z.number(),
  }),
  counts: z.object({
    rows: z.number(),
    frames: z.number(),
    records: z.number(),
    markers: z.number(),
    gaps: z.number(),
    lost: z.number(),
  }),
  span: z.tuple([z.number(), z.number()]).nullable(),
  names: z.array(z.tuple([z.string(), z.number()])),
  /** Offset, length, rows, from, to, and the places of its names in `names`, or null for all. */
  blocks: z.array(
    z.tuple([
      z.number(),
      z.number(),
      z.number(),
      z.number().nullable(),
      z.number().nullable(),
      z.array(z.number()).nullable(),
    ]),
  ),
})

export function encodeIndex({ begin, contents, blocks }: SegmentIndex): Buffer {
  const { rows, frames, records, markers, gaps, lost, from, to } = contents
  const places = new Map([...contents.names.keys()].map((name, place) => [name, place]))
  const told: z.input<typeof shape> = {
    begin: { ...begin, columns: [...begin.columns] },
    counts: { rows, frames, records, markers, gaps, lost },
    span: from <= to ? [from, to] : null,
    names: [...contents.names],
    blocks: blocks.map(block => [
      block.offset,
      block.length,
      block.rows,
      finite(block.from),
      finite(block.to),
      block.names === undefined ? null : [...block.names].map(name => places.get(name) ?? -1),
    ]),
  }
  const text = brotliCompressSync(JSON.stringify(told), { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } })
  const index = Buffer.alloc(text.length + trailerBytes)
  index.set(text, 0)
  index.writeUInt32LE(text.length, text.length)
  index.writeUInt32LE(crc32(text), text.length + 4)
  index.set(indexMagic, text.length + 8)
  return index
}

/** How long the index is that ends with this trailer; undefined when it is no trailer. */
export function indexLength(trailer: Buffer): number | undefined {
  const length = trailer.length === trailerBytes ? trailer.readUInt32LE(0) : Infinity
  return length <= longestIndex && trailer.subarray(8).equals(indexMagic) ? length : undefined
}

/** The index in `text`, or undefined when it is damaged. */
export function decodeIndex(text: Buffer, trailer: Buffer): SegmentIndex | undefined {
  if (crc32(text) !== trailer.readUInt32LE(4)) return undefined
  const parsed = shape.safeParse(JSON.parse(brotliDecompressSync(text, { maxOutputLength: longestIndex }).toString()))
  if (!parsed.success) return undefined
  const { begin, counts, span, names, blocks } = parsed.data
  const [from, to] = span ?? [Infinity, -Infinity]
  return {
    begin,
    contents: { ...counts, from, to, names: new Map(names), concernsAll: false },
    blocks: blocks.map(([offset, length, rows, first, last, whose]) => ({
      offset,
      length,
      rows,
      from: first ?? Infinity,
      to: last ?? -Infinity,
      names: whose === null ? undefined : new Set(whose.map(place => names[place]?.[0] ?? '')),
    })),
  }
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
