// Reads a stream's entries by oneself, from a place that one remembers: the plain way, in which every reader gets everything.
import type { Redis } from 'ioredis'
import { type Entry, fromFields, receiptBetween } from './entry.ts'
import type { Delivery, EntrySource, StreamItem } from './source.ts'

export type Beginning = 'now' | 'start' | (string & {})

/** Where a writer was when it was last heard. */
type Heard = { next: number; lastTime: number }

/**
 * A place to begin again at, as `1795141264000-0 0f3a…:1287:1795141264000`: the last entry, and how far each writer had come by then,
 * so that what is trimmed away before the reader returns can be counted.
 */
export function followEntries(redis: Redis, stream: string, beginning: Beginning, mostEntries: number): EntrySource {
  const heard = new Map<string, Heard>()
  let lastId: string | undefined
  /** A writer heard for the first time has been writing before, if the reader came to see what there is. */
  const isFresh = beginning === 'start'
  if (beginning !== 'now' && beginning !== 'start') lastId = resume(beginning, heard)
  if (beginning === 'start') lastId = '0-0'

  async function findNow(): Promise<string> {
    const [last] = await redis.xrevrange(stream, '+', '-', 'COUNT', 1)
    if (last === undefined) return '0-0'
    const entry = fromFields(last[1])
    if (entry !== undefined) note(entry)
    return last[0]
  }

  function note(entry: Entry): void {
    heard.set(entry.writer, { next: entry.first + entry.count, lastTime: entry.to })
  }

  function receive([id, fields]: StreamItem): Delivery {
    lastId = id
    const entry = fromFields(fields ?? [])
    if (entry === undefined) return { id, receipts: [], entry, foreign: fields ?? [], place: placeOf(id) }
    const known = heard.get(entry.writer) ?? (isFresh ? undefined : { next: 0, lastTime: entry.from })
    if (known !== undefined && entry.first + entry.count <= known.next)
      return { id, receipts: [], entry: undefined, place: placeOf(id) }
    note(entry)
    const receipts = known === undefined ? [] : receiptBetween(known.next, known.lastTime, entry)
    return { id, receipts, entry, place: placeOf(id) }
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

  function placeOf(id: string): string {
    return [id, ...[...heard].map(([writer, { next, lastTime }]) => `${writer}:${next}:${lastTime}`)].join(' ')
  }
}

function resume(position: string, heard: Map<string, Heard>): string {
  const [id = '', ...writers] = position.split(' ')
  if (!/^\d+-\d+$/.test(id))
    throw new TypeError(`'${position}' is no position of a stream; expected now, start, or what position() said`)
  for (const text of writers) {
    const [writer = '', next, lastTime] = text.split(':')
    heard.set(writer, { next: Number(next), lastTime: Number(lastTime) })
  }
  return id
}
