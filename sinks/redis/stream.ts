// Events to a Redis stream, for other processes to follow (redis-stream-reader.ts). The text is made and
// Redis waited for in a thread of its own. While Redis is away the feed goes on: what the ring holds waits,
// the rest is dropped, counted, and has a receipt in its place.
import { type OptionNames, refuseUnknown } from '../../market/basics/did-you-mean.ts'
import { streamThread } from './stream-place.ts'
import { type EventThread, type EventThreadOptions, eventThread, eventThreadOptions } from '../ring/event-thread.ts'
import { checkRedisUrl } from './address.ts'

export type RedisStreamOptions = EventThreadOptions & {
  /** As `redis://:password@host:6379/0`, `rediss://…`, or the path of a Unix socket. */
  readonly url: string
  /** The stream's key. `kis:events` by default. */
  readonly stream?: string
  /**
   * Entries that are kept, more or less: Redis trims by whole nodes. An entry holds up to 500 events and some
   * 150 KB, and there are at most a hundred a second unless the feed brings more than that holds. By default
   * 20,000, three minutes or more.
   */
  readonly maxEntries?: number
  /** How long an event may wait for others to share its entry. 10 ms by default. */
  readonly lingerMs?: number
  /**
   * How long closing waits for a Redis that is away. 5 s by default; then what was not written is lost, and
   * `onClosed` says so.
   */
  readonly closeTimeoutMs?: number
}

export type RedisStreamTask = Required<
  Pick<RedisStreamOptions, 'url' | 'stream' | 'maxEntries' | 'lingerMs' | 'closeTimeoutMs'>
>

const optionNames = Object.keys({
  url: true,
  stream: true,
  maxEntries: true,
  lingerMs: true,
  closeTimeoutMs: true,
  ...eventThreadOptions,
} satisfies OptionNames<RedisStreamOptions>)

export function redisStream(options: RedisStreamOptions): EventThread {
  refuseUnknown(options, optionNames)
  const { url, stream = 'kis:events', maxEntries = 20_000, lingerMs = 10, closeTimeoutMs = 5_000 } = options
  if (!(Number.isSafeInteger(maxEntries) && maxEntries >= 1)) {
    throw new RangeError(`maxEntries ${maxEntries}: expected a whole number from 1`)
  }
  checkRedisUrl(url)
  const task: RedisStreamTask = { url, stream, maxEntries, lingerMs, closeTimeoutMs }
  return eventThread(streamThread, task, options)
}
