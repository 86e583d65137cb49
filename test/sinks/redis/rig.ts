// Sinks and readers on a stream of a Redis server of the test file's own.
import { from } from 'rxjs'
import { afterAll, beforeAll, beforeEach, onTestFinished } from 'vitest'
import type { Dropped, MarketEvent } from '../../../market/events.ts'
import { type RedisStreamOptions, redisStream } from '../../../sinks/redis/stream.ts'
import { type RedisStreamReaderOptions, redisStreamReader } from '../../../sinks/redis/stream-reader.ts'
import { trade } from '../../streams/samples.ts'
import { hasRedisServer, type RedisServer, startRedisServer } from '../../support/servers/redis-server.ts'

/** Each sink starts a thread that compiles what it runs. */
export const patience = { timeout: 120_000, interval: 5 }

/**
 * Called at the top of a test file: starts the server before its tests, and gives each of them a stream of
 * its own.
 */
export function redisRig() {
  let server: RedisServer
  let streams = 0
  beforeAll(async () => {
    if (hasRedisServer) server = await startRedisServer()
  })
  afterAll(() => server?.end())
  beforeEach(() => {
    streams++
  })
  const stream = () => `events-${streams}`

  function openSink(options: Partial<RedisStreamOptions> = {}) {
    const droppedCounts: number[] = []
    const news: string[] = []
    const sink = redisStream({
      url: server.url,
      stream: stream(),
      onDropped: count => droppedCounts.push(count),
      onClosed: reason => news.push(`closed: ${reason}`),
      onAway: () => news.push('away'),
      onBack: () => news.push('back'),
      ...options,
    })
    onTestFinished(() => sink.close())
    return { sink, droppedCounts, news }
  }

  function openReader(options: Partial<RedisStreamReaderOptions> = {}) {
    const received: (MarketEvent | Dropped)[] = []
    const news: string[] = []
    const reader = redisStreamReader({
      url: server.url,
      stream: stream(),
      from: 'start',
      onAway: () => news.push('away'),
      onBack: () => news.push('back'),
      onError: error => news.push(String(error)),
      ...options,
    })
    reader.events$.subscribe(event => received.push(event))
    onTestFinished(() => reader.stop())
    return { reader, received, news }
  }

  /** Writes these and waits until they are in Redis. */
  async function write(events: readonly MarketEvent[], options: Partial<RedisStreamOptions> = {}): Promise<void> {
    const { sink } = openSink(options)
    sink(from(events))
    await sink.close()
  }

  return {
    get server() {
      return server
    },
    get stream() {
      return stream()
    },
    openSink,
    openReader,
    write,
  }
}

/** Events known by their `receivedTime`, from 1 on. */
export function trades(first: number, last: number): MarketEvent[] {
  return Array.from({ length: last - first + 1 }, (_, place) => trade({ receivedTime: first + place }))
}

export const timesOf = (received: readonly (MarketEvent | Dropped)[]) =>
  received.flatMap(event => (event.type === 'dropped' ? [] : [event.receivedTime]))
export const receiptsOf = (received: readonly (MarketEvent | Dropped)[]) =>
  received.filter(({ type }) => type === 'dropped')
export const upTo = (count: number) => Array.from({ length: count }, (_, place) => place + 1)
