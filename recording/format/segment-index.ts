// Reads the index of a segment. The file may hold anything, so nothing in it is taken for granted.
import { brotliDecompressSync, crc32 } from 'node:zlib'
import { z } from 'zod'
import { indexMagic, type SegmentIndex, type StoredIndex, trailerBytes } from './segment.ts'

const longestIndex = 2 ** 28

const shape: z.ZodType<StoredIndex> = z.object({
  begin: z.object({
    run: z.string(),
    date: z.number(),
    columns: z.array(z.string()),
    continuity: z.boolean(),
    checksDates: z.boolean().optional(),
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
