// Reads a stream's entries together with others: each entry goes to one consumer of a group, Redis remembers
// what was handed out and not acknowledged, and what a dead consumer left is taken over. An entry may come
// twice, after a crash; it is never left out.
import type { Redis } from 'ioredis'
import type { Dropped } from '../../market/events.ts'
import { fromFields } from './entry.ts'
import type { Delivery, EntrySource, StreamItem } from './source.ts'

export type Group = {
  readonly name: string
  /** This reader's name in the group. A reader that comes back under its name gets what it did not finish. */
  readonly consumer: string
  /** Where the group begins when it is new. `now` by default. */
  readonly from?: 'now' | 'start'
  /**
   * An entry that is not acknowledged for this long is taken over: longer than any entry takes. 60 s by
   * default.
   */
  readonly claimAfterMs?: number
}

/** What others left is looked after when nothing new comes, and every so often when it does. */
const readsBetweenClaims = 256

/**
 * Hands out new entries. In the same step it keeps how far each writer has come, so that what was trimmed
 * away unread is counted and what was written twice is left out; and how much is in each entry, so that it
 * can be counted if it is trimmed away before it is handled. One field stays for each start of a writer:
 * sixty bytes ten times a day are two megabytes in ten years.
 *
 * KEYS stream, ledger · ARGV group, consumer, count → the last id when there is nothing, or
 * [id, fields, count, from, to] of each entry.
 */
const handOut = `
local reply = redis.call('XREADGROUP', 'GROUP', ARGV[1], ARGV[2], 'COUNT', ARGV[3], 'STREAMS', KEYS[1], '>')
if not reply then
  local facts = redis.call('XINFO', 'STREAM', KEYS[1])
  for i = 1, #facts, 2 do if facts[i] == 'last-generated-id' then return facts[i + 1] end end
end
local out = {}
for _, item in ipairs(reply[1][2]) do
  local id, named = item[1], {}
  for i = 1, #item[2], 2 do named[item[2][i]] = item[2][i + 1] end
  local first, n = tonumber(named.first), tonumber(named.n)
  if named.w and first and n and named.t0 and named.t1 then
    local field, next, last = 'next ' .. named.w, nil, named.t0
    local known = redis.call('HGET', KEYS[2], field)
    if known then next, last = string.match(known, '(%S+) (%S+)')
    elseif redis.call('HGET', KEYS[2], 'beginning') == 'now' then next = 0
    else next = first end
    next = tonumber(next)
    if first + n <= next then
      redis.call('XACK', KEYS[1], ARGV[1], id)
    else
      redis.call('HSET', KEYS[2], field, string.format('%.0f %s', first + n, named.t1))
      redis.call('HSET', KEYS[2], 'pending ' .. id, string.format('%.0f %s %s', n, named.t0, named.t1))
      out[#out + 1] = { id, item[2], string.format('%.0f', math.max(0, first - next)), last, named.t0 }
    end
  else
    out[#out + 1] = { id, item[2], '0', '0', '0' }
  end
end
return out`

/**
 * A new group begins with a new ledger. The ledger has the end of the last entry, so that a receipt can come
 * before the first entry that is read.
 *
 * KEYS stream, ledger · ARGV group, id, beginning
 */
const create = `
local made = redis.pcall('XGROUP', 'CREATE', KEYS[1], ARGV[1], ARGV[2], 'MKSTREAM')
if made.err then
  if string.sub(made.err, 1, 9) == 'BUSYGROUP' then return 0 end
  return made
end
redis.call('DEL', KEYS[2])
redis.call('HSET', KEYS[2], 'beginning', ARGV[3])
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
if last and ARGV[3] == 'now' then
  local named = {}
  for i = 1, #last[2], 2 do named[last[2][i]] = last[2][i + 1] end
  local first, n = tonumber(named.first), tonumber(named.n)
  if named.w and first and n and named.t1 then
    redis.call('HSET', KEYS[2], 'next ' .. named.w, string.format('%.0f %s', first + n, named.t1))
  end
end
return 1`

type HandedOut = readonly [id: string, fields: string[], missed: string, from: string, to: string]

export function readInGroup(redis: Redis, stream: string, group: Group, mostEntries: number): EntrySource {
  const { name, consumer, from = 'now', claimAfterMs = 60_000 } = group
  const ledger = `${stream}:${name}`
  /** Handled, but the answer to the acknowledgement got lost. */
  const unacknowledged = new Set<string>()
  /** Where the search for what this consumer did not finish has come; undefined when it is over. */
  let ownFrom: string | undefined = '0-0'
  let claimFrom: string | undefined
  let hasBegun = false
  let reads = 0

  async function createGroup(beginning: 'now' | 'start'): Promise<void> {
    await redis.eval(create, 2, stream, ledger, name, beginning === 'now' ? '$' : '0-0', beginning)
  }

  /** What was handed out before, to this consumer or to another. */
  async function again([id, fields]: StreamItem): Promise<Delivery[]> {
    if (unacknowledged.has(id)) {
      await acknowledge(id)
      return []
    }
    if (fields === null) return trimmed(id)
    return [{ id, receipts: [], entry: fromFields(fields), foreign: fields }]
  }

  async function trimmed(id: string): Promise<Delivery[]> {
    const [count, from, to] = ((await redis.hget(ledger, `pending ${id}`)) ?? '').split(' ').map(Number)
    if (!count || from === undefined || to === undefined) {
      await acknowledge(id)
      return []
    }
    const receipt: Dropped = { type: 'dropped', count, from, to }
    return [{ id, receipts: [receipt], entry: undefined }]
  }

  async function acknowledge(id: string): Promise<void> {
    unacknowledged.add(id)
    await redis.multi().xack(stream, name, id).hdel(ledger, `pending ${id}`).exec()
    unacknowledged.delete(id)
  }

  async function readOwn(after: string): Promise<Delivery[]> {
    const reply = (await redis.xreadgroup('GROUP', name, consumer, 'COUNT', mostEntries, 'STREAMS', stream, after)) as
      | [string, StreamItem[]][]
      | null // ioredis leaves it unknown
    const items = reply?.[0]?.[1] ?? []
    ownFrom = items.at(-1)?.[0]
    return (await Promise.all(items.map(again))).flat()
  }

  async function claim(after: string): Promise<Delivery[]> {
    const [cursor, items, deleted = []] = (await redis.xautoclaim(
      stream,
      name,
      consumer,
      claimAfterMs,
      after,
      'COUNT',
      mostEntries,
    )) as [string, StreamItem[], string[]?] // ioredis leaves it unknown; Redis 6.2 names no deleted ones
    claimFrom = cursor === '0-0' ? undefined : cursor
    return (await Promise.all([...items.map(again), ...deleted.map(trimmed)])).flat()
  }

  async function readNew(blockMs: number): Promise<Delivery[]> {
    const reply = await redis.eval(handOut, 2, stream, ledger, name, consumer, mostEntries)
    if (!Array.isArray(reply)) {
      await redis.xread('COUNT', 1, 'BLOCK', blockMs, 'STREAMS', stream, String(reply))
      claimFrom ??= '0-0' // nothing new: time to look after what others left
      return []
    }
    return (reply as HandedOut[]).map(([id, fields, missed, from, to]) => {
      const count = Number(missed)
      const receipt: Dropped = { type: 'dropped', count, from: Number(from), to: Number(to) }
      return { id, receipts: count === 0 ? [] : [receipt], entry: fromFields(fields), foreign: fields }
    })
  }

  return {
    async begin() {
      // A group that was deleted with its stream while it was read begins with the first entry.
      await createGroup(hasBegun ? 'start' : from)
      hasBegun = true
      ownFrom = '0-0'
      claimFrom = '0-0'
    },
    async read(blockMs) {
      if (ownFrom !== undefined) return readOwn(ownFrom)
      if (++reads % readsBetweenClaims === 0) claimFrom ??= '0-0'
      if (claimFrom !== undefined) return claim(claimFrom)
      return readNew(blockMs)
    },
    handled: acknowledge,
  }
}
