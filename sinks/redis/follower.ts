// Reads all entries of a stream, from a position that the caller remembers. Every such reader gets
// everything.
import type { Redis } from 'ioredis'
import { type Entry, fromFields, receiptBetween } from './entry.ts'
import type { Delivery, EntrySource, StreamItem } from './source.ts'

export type Beginning = 'now' | 'start' | (string & {})

/** How far a writer had come with its last entry. */
type Progress = { next: number; lastTime: number }

/**
 * A position to begin again at, as `1795141264000-0 0f3a…:1287:1795141264000`: the last entry, and how far
 * each writer had come by then, so that what is trimmed away before the reader returns can be counted.
 */
export function followEntries(redis: Redis, stream: string, beginning: Beginning, mostEntries: number): EntrySource {
  const writers = new Map<string, Progress>()
  let lastId: string | undefined
  /** From the start of the stream, the first entry of a writer need not be its first one. */
  const isFresh = beginning === 'start'
  if (beginning !== 'now' && beginning !== 'start') lastId = resume(beginning, writers)
  if (beginning === 'start') lastId = '0-0'

  async function findNow(): Promise<string> {
    const [last] = await redis.xrevrange(stream, '+', '-', 'COUNT', 1)
    if (last === undefined) return '0-0'
    const entry = fromFields(last[1])
    if (entry !== undefined) note(entry)
    return last[0]
  }

  function note(entry: Entry): void {
    writers.set(entry.writer, { next: entry.first + entry.count, lastTime: entry.to })
  }

  function receive([id, fields]: StreamItem): Delivery {
    lastId = id
    const entry = fromFields(fields ?? [])
    if (entry === undefined) return { id, receipts: [], entry, foreign: fields ?? [], position: positionAfter(id) }
    const known = writers.get(entry.writer) ?? (isFresh ? undefined : { next: 0, lastTime: entry.from })
    if (known !== undefined && entry.first + entry.count <= known.next)
      return { id, receipts: [], entry: undefined, position: positionAfter(id) }
    note(entry)
    const receipts = known === undefined ? [] : receiptBetween(known.next, known.lastTime, entry)
    return { id, receipts, entry, position: positionAfter(id) }
  }

  return {
    async begin() {
      lastId ??= await findNow()
    },
    async read(blockMs) {
      const from = lastId ?? '0-0'
      const reply = await redis.xread('COUNT', mostEntries, 'BLOCK', blockMs, 'STREAMS', stream, from)
      return (reply?.[0]?.[1] ?? []).map(receive)
    },
    handled: async () => {},
  }

  function positionAfter(id: string): string {
    return [id, ...[...writers].map(([writer, { next, lastTime }]) => `${writer}:${next}:${lastTime}`)].join(' ')
  }
}

/** Throws for what `position()` cannot have returned. */
export function checkBeginning(beginning: Beginning): void {
  if (beginning !== 'now' && beginning !== 'start') resume(beginning, new Map())
}

function resume(position: string, writers: Map<string, Progress>): string {
  const [id = '', ...rest] = position.split(' ')
  if (!/^\d+-\d+$/.test(id))
    throw new TypeError(`'${position}' is no position of a stream; expected now, start, or what position() said`)
  for (const text of rest) {
    const [writer = '', next, lastTime] = text.split(':')
    writers.set(writer, { next: Number(next), lastTime: Number(lastTime) })
  }
  return id
}
