import { inspect } from 'node:util'
import { from, Subject } from 'rxjs'
import { describe, expect, it, vi } from 'vitest'
import type { Dropped, MarketEvent } from '../../../market/events.ts'
import { redisStream } from '../../../sinks/redis/stream.ts'
import { redisStreamReader } from '../../../sinks/redis/stream-reader.ts'
import { orderBook, trade } from '../../streams/samples.ts'
import { hasRedisServer, needsRedis } from '../../support/servers/redis-server.ts'
import { patience, receiptsOf, redisRig, timesOf, trades, upTo } from './rig.ts'

const rig = redisRig()

describe.skipIf(!hasRedisServer)(`events through a Redis stream (${needsRedis})`, () => {
  it('come out as they went in, in order, on the observables of a feed', async () => {
    const events: MarketEvent[] = [
      ...trades(1, 3_000),
      orderBook(),
      trade({ columns: { VI_STND_PRC: '70000' } }),
      { type: 'malformed', reason: 'cut off', raw: '한글\n', receivedTime: 1 },
    ]
    const { reader, received } = rig.openReader()
    const prices: unknown[] = []
    const books: unknown[] = []
    reader.trades$.subscribe(({ price }) => prices.push(price))
    reader.orderBooks$.subscribe(book => books.push(book))
    reader.start()
    await rig.write(events)
    await vi.waitFor(() => expect(received).toHaveLength(events.length), patience)
    expect(received).toEqual(events)
    expect(prices).toHaveLength(3_001)
    expect(books).toEqual([orderBook()])
  })

  it('share entries, a hundred and more to each when many wait', async () => {
    await rig.write(trades(1, 3_000))
    expect(await rig.server.client.xlen(rig.stream)).toBeLessThanOrEqual(30)
  })

  it('reach a reader while the feed goes on', async () => {
    const { sink } = rig.openSink()
    const source = new Subject<MarketEvent>()
    sink(source)
    const { reader, received } = rig.openReader({ from: 'now' })
    reader.start()
    for (const event of trades(1, 5)) {
      source.next(event)
      await vi.waitFor(() => expect(received.at(-1)).toEqual(event), patience)
    }
    expect(received).toHaveLength(5)
  })

  it('are kept within bounds, and a reader that was overrun gets the exact number it missed', async () => {
    const { sink } = rig.openSink({ maxEntries: 100, lingerMs: 0 })
    const source = new Subject<MarketEvent>()
    sink(source)
    source.next(trade({ receivedTime: 1 }))
    const first = rig.openReader()
    first.reader.start()
    await vi.waitFor(() => expect(first.received).toHaveLength(1), patience)
    await first.reader.stop()
    const position = first.reader.position()
    let sent = 1
    while ((await rig.server.client.xrange(rig.stream, '-', '+', 'COUNT', 1))[0]?.[0] === position?.split(' ')[0]) {
      const length = await rig.server.client.xlen(rig.stream)
      source.next(trade({ receivedTime: ++sent }))
      await vi.waitFor(async () => expect(await rig.server.client.xlen(rig.stream)).not.toBe(length), patience)
    }
    const again = rig.openReader({ from: position as string })
    again.reader.start()
    await vi.waitFor(() => expect(timesOf(again.received).at(-1)).toBe(sent), patience)
    const [receipt, ...others] = receiptsOf(again.received) as Dropped[]
    expect(others).toEqual([])
    expect((receipt?.count ?? 0) + timesOf(again.received).length + 1).toBe(sent)
    expect(timesOf(again.received)[0]).toBe(receipt?.to)
    expect(await rig.server.client.xlen(rig.stream)).toBeLessThanOrEqual(300)
  })

  it('are found again at the position a reader kept', async () => {
    await rig.write(trades(1, 10))
    const first = rig.openReader()
    first.reader.start()
    await vi.waitFor(() => expect(first.received).toHaveLength(10), patience)
    await first.reader.stop()
    await rig.write(trades(11, 20))
    const again = rig.openReader({ from: first.reader.position() as string })
    again.reader.start()
    await vi.waitFor(() => expect(again.received).toHaveLength(10), patience)
    expect(timesOf(again.received)).toEqual(upTo(20).slice(10))
  })

  it('that were written twice, because an answer got lost, are read once', async () => {
    await rig.write(trades(1, 4))
    const [[, fields] = ['', []]] = await rig.server.client.xrange(rig.stream, '-', '+')
    await rig.server.client.xadd(rig.stream, '*', ...fields)
    const { reader, received } = rig.openReader()
    const group = rig.openReader({ group: { name: 'g', consumer: 'c', from: 'start' } })
    reader.start()
    group.reader.start()
    await rig.write(trades(5, 6))
    for (const read of [received, group.received]) {
      await vi.waitFor(() => expect(timesOf(read)).toEqual(upTo(6)), patience)
    }
  })

  it('of another kind in the same stream come as malformed, and reading goes on', async () => {
    await rig.server.client.xadd(rig.stream, '1795141264000-0', 'hello', 'world')
    await rig.server.client.xadd(
      rig.stream,
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
    await rig.write(trades(1, 1))
    for (const options of [{}, { group: { name: 'g', consumer: 'c', from: 'start' } }] as const) {
      const { reader, received } = rig.openReader(options)
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
    const { sink, droppedCounts, news } = rig.openSink({ capacityBytes: 16_384 })
    const source = new Subject<MarketEvent>()
    sink(source)
    const { reader, received, news: readerNews } = rig.openReader()
    reader.start()
    let sent = 0
    const send = () => source.next(trade({ receivedTime: ++sent }))
    send()
    await vi.waitFor(() => expect(received).toHaveLength(1), patience)
    await rig.server.stop()
    send()
    await vi.waitFor(() => expect([news, readerNews]).toEqual([['away'], ['away']]), patience)
    for (let i = 0; i < 1_000; i++) send()
    expect(droppedCounts).not.toEqual([])
    await rig.server.start()
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

  it('is waited for when the sink closes, but not for ever, and what is lost is reported', async () => {
    const { sink, news } = rig.openSink({ url: '/nowhere/redis.sock', closeTimeoutMs: 50 })
    sink(from(trades(1, 7)))
    await sink.close()
    expect(news).toEqual([
      'away',
      expect.stringMatching(/^closed: Redis took nothing more .*ENOENT.*; 7 events were not written/),
    ])
  })

  it('is waited for by a reader that starts without it', async () => {
    await rig.server.stop()
    const { reader, received, news } = rig.openReader()
    reader.start()
    await vi.waitFor(() => expect(news).toEqual(['away']), patience)
    await rig.server.start()
    await rig.write(trades(1, 2))
    await vi.waitFor(() => expect(timesOf(received)).toEqual([1, 2]), patience)
  })
})

describe('a Redis that cannot be reached', () => {
  it('is reported without the password of its address', async () => {
    const url = 'redis://user:PLANTED@127.0.0.1:1'
    const reasons: string[] = []
    const onAway = (reason: string) => reasons.push(reason)
    const sink = redisStream({ url, closeTimeoutMs: 50, onAway, onClosed: onAway })
    sink(from(trades(1, 1)))
    await sink.close()
    const reader = redisStreamReader({ url, onAway })
    reader.start()
    await vi.waitFor(() => expect(reasons).toHaveLength(3), patience)
    await reader.stop()
    expect(reasons.join()).toContain('ECONNREFUSED')
    expect(reasons.join()).not.toContain('PLANTED')
  })

  // ioredis takes them for paths, which it tells whole, or throws what has them in it.
  it.each(['unix://user:PLANTED@/nowhere', '//:PLANTED@/nowhere', 'redis://:PLANTED@host:port'])(
    'is not looked for at %s, and the error leaves that out',
    url => {
      for (const make of [() => redisStream({ url }), () => redisStreamReader({ url })]) {
        let error: unknown
        try {
          make()
        } catch (thrown) {
          error = thrown
        }
        expect(inspect(error)).toContain('expected redis://host:6379')
        expect(inspect(error)).not.toContain('PLANTED')
      }
    },
  )
})

describe('a Redis stream', () => {
  it.each([0, 1.5, -1, Number.NaN])('does not keep %d entries', maxEntries => {
    expect(() => redisStream({ url: 'redis://localhost', maxEntries })).toThrow('expected a whole number from 1')
  })

  it('takes no option that it does not know, at either end', () => {
    const url = '/nowhere/redis.sock'
    expect(() => redisStream({ url, maxEntrys: 5 } as never)).toThrow('did you mean maxEntries?')
    expect(() => redisStreamReader({ url, form: 'start' } as never)).toThrow('did you mean from?')
    const group = { name: 'a', consumer: 'b', claimAfter: 5 }
    expect(() => redisStreamReader({ url, group } as never)).toThrow('group.claimAfter is no option here')
  })

  it('has no position that is none', () => {
    expect(() => redisStreamReader({ url: '/nowhere/redis.sock', from: 'yesterday' })).toThrow(
      "'yesterday' is no position",
    )
  })
})
