import { from, Subject } from 'rxjs'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { Dropped, MarketEvent } from '../../market/events.ts'
import { type RedisStreamOptions, redisStream } from '../../sinks/redis-stream.ts'
import {
  type RedisStreamReader,
  type RedisStreamReaderOptions,
  redisStreamReader,
} from '../../sinks/redis-stream-reader.ts'
import { orderBook, trade } from '../streams/samples.ts'
import { hasRedisServer, needsRedis, type RedisServer, startRedisServer } from '../support/redis-server.ts'

// Each test starts a thread that compiles what it runs.
vi.setConfig({ testTimeout: 60_000 })
const patience = { timeout: 40_000, interval: 5 }

let server: RedisServer
beforeAll(async () => {
  if (hasRedisServer) server = await startRedisServer()
})
afterAll(() => server?.end())

let stream = ''
let streams = 0
beforeEach(() => {
  stream = `events-${++streams}`
})

function openSink(options: Partial<RedisStreamOptions> = {}) {
  const droppedCounts: number[] = []
  const news: string[] = []
  const sink = redisStream({
    url: server.url,
    stream,
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
    stream,
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

/** Events known by their `receivedTime`, from 1 on. */
function trades(first: number, last: number): MarketEvent[] {
  return Array.from({ length: last - first + 1 }, (_, place) => trade({ receivedTime: first + place }))
}

/** Writes these and waits until they are in Redis. */
async function write(events: readonly MarketEvent[], options: Partial<RedisStreamOptions> = {}): Promise<void> {
  const { sink } = openSink(options)
  sink(from(events))
  await sink.close()
}

const timesOf = (received: readonly (MarketEvent | Dropped)[]) =>
  received.flatMap(event => (event.type === 'dropped' ? [] : [event.receivedTime]))
const receiptsOf = (received: readonly (MarketEvent | Dropped)[]) => received.filter(({ type }) => type === 'dropped')
const upTo = (count: number) => Array.from({ length: count }, (_, place) => place + 1)

describe.skipIf(!hasRedisServer)(`events through a Redis stream (${needsRedis})`, () => {
  it('come out as they went in, in order, on the observables of a feed', async () => {
    const events: MarketEvent[] = [
      ...trades(1, 3_000),
      orderBook(),
      trade({ columns: { VI_STND_PRC: '70000' } }),
      { type: 'malformed', reason: 'cut off', raw: '한글\n', receivedTime: 1 },
    ]
    const { reader, received } = openReader()
    const prices: unknown[] = []
    const books: unknown[] = []
    reader.trades$.subscribe(({ price }) => prices.push(price))
    reader.orderBooks$.subscribe(book => books.push(book))
    reader.start()
    await write(events)
    await vi.waitFor(() => expect(received).toHaveLength(events.length), patience)
    expect(received).toEqual(events)
    expect(prices).toHaveLength(3_001)
    expect(books).toEqual([orderBook()])
  })

  it('share entries, a hundred and more to each when many wait', async () => {
    await write(trades(1, 3_000))
    expect(await server.client.xlen(stream)).toBeLessThanOrEqual(30)
  })

  it('reach a reader while the feed goes on', async () => {
    const { sink } = openSink()
    const source = new Subject<MarketEvent>()
    sink(source)
    const { reader, received } = openReader({ from: 'now' })
    reader.start()
    for (const event of trades(1, 5)) {
      source.next(event)
      await vi.waitFor(() => expect(received.at(-1)).toEqual(event), patience)
    }
    expect(received).toHaveLength(5)
  })

  it('are kept within bounds, and a reader that was overrun is told exactly how many it missed', async () => {
    const { sink } = openSink({ maxEntries: 100, lingerMs: 0 })
    const source = new Subject<MarketEvent>()
    sink(source)
    source.next(trade({ receivedTime: 1 }))
    const first = openReader()
    first.reader.start()
    await vi.waitFor(() => expect(first.received).toHaveLength(1), patience)
    await first.reader.stop()
    const position = first.reader.position()
    let sent = 1
    while ((await server.client.xrange(stream, '-', '+', 'COUNT', 1))[0]?.[0] === position?.split(' ')[0]) {
      const length = await server.client.xlen(stream)
      source.next(trade({ receivedTime: ++sent }))
      await vi.waitFor(async () => expect(await server.client.xlen(stream)).not.toBe(length), patience)
    }
    const again = openReader({ from: position as string })
    again.reader.start()
    await vi.waitFor(() => expect(timesOf(again.received).at(-1)).toBe(sent), patience)
    const [receipt, ...others] = receiptsOf(again.received) as Dropped[]
    expect(others).toEqual([])
    expect((receipt?.count ?? 0) + timesOf(again.received).length + 1).toBe(sent)
    expect(timesOf(again.received)[0]).toBe(receipt?.to)
    expect(await server.client.xlen(stream)).toBeLessThanOrEqual(300)
  })

  it('are found again at the position a reader kept', async () => {
    await write(trades(1, 10))
    const first = openReader()
    first.reader.start()
    await vi.waitFor(() => expect(first.received).toHaveLength(10), patience)
    await first.reader.stop()
    await write(trades(11, 20))
    const again = openReader({ from: first.reader.position() as string })
    again.reader.start()
    await vi.waitFor(() => expect(again.received).toHaveLength(10), patience)
    expect(timesOf(again.received)).toEqual(upTo(20).slice(10))
  })

  it('that were written twice, because an answer got lost, are read once', async () => {
    await write(trades(1, 4))
    const [[, fields] = ['', []]] = await server.client.xrange(stream, '-', '+')
    await server.client.xadd(stream, '*', ...fields)
    const { reader, received } = openReader()
    const group = openReader({ group: { name: 'g', consumer: 'c', from: 'start' } })
    reader.start()
    group.reader.start()
    await write(trades(5, 6))
    for (const read of [received, group.received]) {
      await vi.waitFor(() => expect(timesOf(read)).toEqual(upTo(6)), patience)
    }
  })

  it('of another kind in the same stream are told as malformed, and reading goes on', async () => {
    await server.client.xadd(stream, '1795141264000-0', 'hello', 'world')
    await server.client.xadd(
      stream,
      '*',
      'v',
      '1',
      'w',
      'w',
      'first',
      '0',
      'n',
      '1',
      't0',
      '1',
      't1',
      '1',
      'events',
      '{',
    )
    await write(trades(1, 1))
    for (const options of [{}, { group: { name: 'g', consumer: 'c', from: 'start' } }] as const) {
      const { reader, received } = openReader(options)
      reader.start()
      await vi.waitFor(() => expect(received).toHaveLength(3), patience)
      expect(received).toMatchObject([
        { type: 'malformed', raw: 'hello world', receivedTime: 1_795_141_264_000 },
        { type: 'malformed', raw: '{' },
        { type: 'trade' },
      ])
    }
  })
})

describe.skipIf(!hasRedisServer)(`a Redis that goes away (${needsRedis})`, () => {
  it('stops neither sink nor reader: what fits waits, the rest is dropped and counted, and all goes on when it is back', async () => {
    const { sink, droppedCounts, news } = openSink({ capacityBytes: 16_384 })
    const source = new Subject<MarketEvent>()
    sink(source)
    const { reader, received, news: readerNews } = openReader()
    reader.start()
    let sent = 0
    const send = () => source.next(trade({ receivedTime: ++sent }))
    send()
    await vi.waitFor(() => expect(received).toHaveLength(1), patience)
    await server.stop()
    send()
    await vi.waitFor(() => expect([news, readerNews]).toEqual([['away'], ['away']]), patience)
    for (let i = 0; i < 1_000; i++) send()
    expect(droppedCounts).not.toEqual([])
    await server.start()
    await vi.waitFor(
      () =>
        expect([news, readerNews]).toEqual([
          ['away', 'back'],
          ['away', 'back'],
        ]),
      patience,
    )
    await vi.waitFor(() => {
      send()
      expect(receiptsOf(received)).toHaveLength(1)
      expect(timesOf(received).at(-1)).toBe(sent - 1)
    }, patience)
    await sink.close()
    await vi.waitFor(() => expect(timesOf(received).at(-1)).toBe(sent), patience)
    const [receipt] = receiptsOf(received) as Dropped[]
    expect(timesOf(received).length + (receipt?.count ?? 0)).toBe(sent)
    expect(droppedCounts.reduce((sum, count) => sum + count)).toBe(receipt?.count)
    expect(new Set(timesOf(received)).size).toBe(timesOf(received).length)
  })

  it('is waited for when the sink closes, but not for ever, and what is lost is told', async () => {
    const { sink, news } = openSink({ url: '/nowhere/redis.sock', closeTimeoutMs: 50 })
    sink(from(trades(1, 7)))
    await sink.close()
    expect(news).toEqual([
      'away',
      expect.stringMatching(/^closed: Redis took nothing more .*ENOENT.*; 7 events were not written/),
    ])
  })

  it('is waited for by a reader that starts without it', async () => {
    await server.stop()
    const { reader, received, news } = openReader()
    reader.start()
    await vi.waitFor(() => expect(news).toEqual(['away']), patience)
    await server.start()
    await write(trades(1, 2))
    await vi.waitFor(() => expect(timesOf(received)).toEqual([1, 2]), patience)
  })
})

describe.skipIf(!hasRedisServer)(`a group of readers (${needsRedis})`, () => {
  const inGroup = (consumer: string, claimAfterMs = 60_000) =>
    ({ group: { name: 'strategies', consumer, from: 'start', claimAfterMs } }) as const
  const pending = async () => ((await server.client.xpending(stream, 'strategies')) as [number])[0]

  /** As a process that dies within its first event: it has the entry and never comes to an end with it. */
  async function getStuck(reader: RedisStreamReader): Promise<void> {
    let release = () => {}
    const stuck = new Promise<void>(resolve => {
      release = resolve
    })
    onTestFinished(() => release())
    await new Promise<void>(hasBegun => {
      reader.consume(() => {
        hasBegun()
        return stuck
      })
      reader.start()
    })
  }

  it('shares the entries: each event goes to one of them', async () => {
    const readers = [openReader(inGroup('a')), openReader(inGroup('b'))]
    for (const { reader } of readers) reader.start()
    const { sink } = openSink({ lingerMs: 0 })
    for (let entry = 0; entry < 10; entry++) {
      sink(from(trades(1 + 10 * entry, 10 + 10 * entry)))
      await vi.waitFor(async () => expect(await server.client.xlen(stream)).toBeGreaterThan(entry), patience)
    }
    const all = () => readers.flatMap(({ received }) => timesOf(received)).sort((a, b) => a - b)
    await vi.waitFor(() => expect(all()).toEqual(upTo(100)), patience)
    await vi.waitFor(async () => expect(await pending()).toBe(0), patience)
    expect(readers.flatMap(({ received }) => receiptsOf(received))).toEqual([])
    expect(
      Object.keys(await server.client.hgetall(`${stream}:strategies`)).filter(name => name.startsWith('pending')),
    ).toEqual([])
  })

  it('goes on where it was: what a reader did not finish comes again under its name', async () => {
    await write(trades(1, 5))
    const first = openReader(inGroup('a'))
    await getStuck(first.reader)
    expect(await pending()).toBe(1)
    await write(trades(6, 7))
    const again = openReader(inGroup('a'))
    again.reader.start()
    await vi.waitFor(() => expect(timesOf(again.received)).toEqual(upTo(7)), patience)
  })

  it('takes over what a dead reader left', async () => {
    await write(trades(1, 5))
    const dead = openReader(inGroup('dead'))
    await getStuck(dead.reader)
    const alive = openReader(inGroup('alive', 1))
    alive.reader.start()
    await vi.waitFor(() => expect(timesOf(alive.received)).toEqual(upTo(5)), patience)
    await vi.waitFor(async () => expect(await pending()).toBe(0), patience)
  })

  it('tries an entry again whose handler failed', async () => {
    const { reader, received, news } = openReader(inGroup('a', 1))
    let failures = 0
    reader.consume(async event => {
      if (event.type !== 'dropped' && event.receivedTime === 2 && failures++ === 0) throw new Error('no database')
    })
    reader.start()
    await write(trades(1, 3))
    await vi.waitFor(() => expect(timesOf(received)).toEqual([1, 2, 3, 1, 2, 3]), patience)
    expect(news).toEqual(['Error: no database'])
    await vi.waitFor(async () => expect(await pending()).toBe(0), patience)
  })

  it('is told exactly what was trimmed away before anybody read it, and what before it was finished', async () => {
    const { sink } = openSink({ lingerMs: 0 })
    const source = new Subject<MarketEvent>()
    sink(source)
    let length = 0
    const send = async (...times: number[]) => {
      for (const receivedTime of times) source.next(trade({ receivedTime }))
      length++
      await vi.waitFor(async () => expect(await server.client.xlen(stream)).toBeGreaterThanOrEqual(length), patience)
    }
    await send(1)
    const first = openReader(inGroup('a'))
    await getStuck(first.reader)
    await send(2)
    await send(3)
    await send(4)
    const ids = (await server.client.xrange(stream, '-', '+')).map(([id]) => id)
    await server.client.xdel(stream, ...ids.slice(0, 3)) // as trimming does
    const again = openReader(inGroup('a'))
    again.reader.start()
    await vi.waitFor(() => expect(timesOf(again.received)).toEqual([4]), patience)
    expect(again.received).toEqual([
      { type: 'dropped', count: 1, from: 1, to: 1 },
      { type: 'dropped', count: 2, from: 1, to: 4 },
      trade({ receivedTime: 4 }),
    ])
    await vi.waitFor(async () => expect(await pending()).toBe(0), patience)
  })

  it('begins anew when somebody deleted the stream', async () => {
    const { reader, received } = openReader(inGroup('a'))
    reader.start()
    await write(trades(1, 2))
    await vi.waitFor(() => expect(received).toHaveLength(2), patience)
    await server.client.del(stream)
    await write(trades(3, 4))
    await vi.waitFor(() => expect(timesOf(received)).toEqual([1, 2, 3, 4]), patience)
    expect(receiptsOf(received)).toEqual([])
  })
})

describe('a Redis stream', () => {
  it.each([0, 1.5, -1, Number.NaN])('does not keep %d entries', maxEntries => {
    expect(() => redisStream({ url: 'redis://localhost', maxEntries })).toThrow('expected a whole number from 1')
  })

  it('has no position that is none', () => {
    expect(() => redisStreamReader({ url: '/nowhere/redis.sock', from: 'yesterday' })).toThrow(
      "'yesterday' is no position",
    )
  })
})
