// The other end of `redisStream`, in another process: the same observables as a feed, from a Redis stream.
// Redis is the buffer: reading waits for handlers, so nothing piles up here, and what is trimmed away unread
// comes as a receipt.
import { filter, firstValueFrom, type Observable, Subject, Subscription, timer } from 'rxjs'
import { type OptionNames, refuseUnknown } from '../../market/basics/did-you-mean.ts'
import type { Dropped, MarketEvent, OrderBook, Trade } from '../../market/events.ts'
import { checkRedisUrl } from './address.ts'
import { connectRedis, type RedisConnection } from './connection.ts'
import { eventsOf } from './entry.ts'
import { type Beginning, checkBeginning, followEntries } from './follower.ts'
import { type Group, readInGroup } from './group.ts'
import type { Delivery } from './source.ts'
import { isolate } from '../sink.ts'

export type RedisStreamReaderOptions = {
  /** As `redis://:password@host:6379/0`, `rediss://…`, or the path of a Unix socket. */
  readonly url: string
  /** The stream's key. `kis:events` by default. */
  readonly stream?: string
  /**
   * `now` by default; `start` for all there is; or what `position()` returned. Not for a group, whose
   * position Redis remembers.
   */
  readonly from?: Beginning
  /** To share the work with others, or to have Redis remember the position. */
  readonly group?: Group
  /** Redis cannot be read: it is away, or it refuses. Called once, until it can be read again. */
  readonly onAway?: (reason: string) => void
  /** Redis can be read again. */
  readonly onBack?: () => void
  /** A handler threw or rejected, or a subscriber did. Without this it becomes a warning of the process. */
  readonly onError?: (error: unknown) => void
}

export type RedisStreamReader = {
  readonly events$: Observable<MarketEvent | Dropped>
  readonly trades$: Observable<Trade>
  readonly orderBooks$: Observable<OrderBook>
  /**
   * Attaches a handler that is waited for, one event at a time. In a group, an entry is acknowledged when all
   * its events were handled, and one whose handler failed comes again after `claimAfterMs`.
   */
  consume(handler: (event: MarketEvent | Dropped) => void | Promise<void>): Subscription
  /** Behind the last entry that was handled: pass it as `from` to begin there another time. */
  position(): string | undefined
  start(): void
  /** Finishes the entry it is at, and completes the streams. */
  stop(): Promise<void>
}

/** Entries asked for at once: a remembered position is at most this many behind. */
const mostEntries = 32

/** How long a read waits in Redis. Stopping does not wait for it. */
const blockMs = 1_000

/** A Redis that is away is asked again after this. */
const retryMs = 100

const optionNames = Object.keys({
  url: true,
  stream: true,
  from: true,
  group: true,
  onAway: true,
  onBack: true,
  onError: true,
} satisfies OptionNames<RedisStreamReaderOptions>)
const groupNames = Object.keys({
  name: true,
  consumer: true,
  claimAfterMs: true,
  from: true,
} satisfies OptionNames<Group>)

export function redisStreamReader(options: RedisStreamReaderOptions): RedisStreamReader {
  refuseUnknown(options, optionNames)
  refuseUnknown(options.group ?? {}, groupNames, 'group.')
  const { url, stream = 'kis:events', from = 'now', group, onAway, onBack } = options
  checkRedisUrl(url)
  if (group === undefined) checkBeginning(from)
  const events = new Subject<MarketEvent | Dropped>()
  const events$ = isolate(events, report)
  const handlers = new Set<(event: MarketEvent | Dropped) => void | Promise<void>>()
  let position: string | undefined
  let isStopping = false
  let isReading = false
  let running: Promise<void> | undefined
  let connection: RedisConnection | undefined

  function report(error: unknown): void {
    try {
      if (options.onError === undefined) process.emitWarning(String(error))
      else options.onError(error)
    } catch (failure) {
      process.emitWarning(String(failure))
    }
  }

  async function run(): Promise<void> {
    connection = await connectRedis(url)
    const { redis, tried, troubleOf } = connection
    const source =
      group === undefined
        ? followEntries(redis, stream, from, mostEntries)
        : readInGroup(redis, stream, group, mostEntries)
    await tried
    let isAway = false
    let hasBegun = false
    while (!isStopping) {
      try {
        if (!hasBegun) await source.begin()
        hasBegun = true
        isReading = true
        const deliveries = await source.read(blockMs)
        isReading = false
        if (isAway) onBack?.()
        isAway = false
        for (const delivery of deliveries) {
          if (isStopping) break
          if (await deliver(delivery)) await source.handled(delivery.id)
          position = delivery.position
        }
      } catch (error) {
        isReading = false
        if (isStopping) break
        if (!isAway) onAway?.(troubleOf(error))
        isAway = true
        hasBegun = false
        await firstValueFrom(timer(retryMs))
      }
    }
    events.complete()
  }

  /** False when a handler failed. */
  async function deliver(delivery: Delivery): Promise<boolean> {
    let isHandled = true
    for (const event of contentsOf(delivery)) {
      events.next(event)
      for (const handler of handlers) {
        try {
          await handler(event)
        } catch (error) {
          isHandled = false
          report(error)
        }
      }
    }
    return isHandled
  }

  return {
    events$,
    trades$: events$.pipe(filter((event): event is Trade => event.type === 'trade')),
    orderBooks$: events$.pipe(filter((event): event is OrderBook => event.type === 'order-book')),
    consume(handler) {
      handlers.add(handler)
      return new Subscription(() => handlers.delete(handler))
    },
    position: () => position,
    start() {
      running ??= run()
    },
    async stop() {
      isStopping = true
      if (isReading) connection?.redis.disconnect() // waiting for what may never come
      await running
      connection?.redis.disconnect()
    },
  }
}

/** What is in the stream and is no entry of ours becomes `malformed`. */
function contentsOf({ id, receipts, entry, foreign }: Delivery): readonly (MarketEvent | Dropped)[] {
  const raw = (entry?.events ?? foreign?.join(' ')) as string | undefined
  const receivedTime = Number(id.split('-')[0])
  try {
    if (entry !== undefined) return [...receipts, ...eventsOf(entry)]
  } catch {
    return [
      ...receipts,
      { type: 'malformed', reason: 'an entry of the stream is no JSON', raw: raw ?? '', receivedTime },
    ]
  }
  if (raw === undefined) return receipts
  return [...receipts, { type: 'malformed', reason: 'an entry of the stream is none of ours', raw, receivedTime }]
}
