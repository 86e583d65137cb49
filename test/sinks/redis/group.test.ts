import { from, Subject } from 'rxjs'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { MarketEvent } from '../../../market/events.ts'
import type { RedisStreamReader } from '../../../sinks/redis/stream-reader.ts'
import { trade } from '../../streams/samples.ts'
import { hasRedisServer, needsRedis } from '../../support/servers/redis-server.ts'
import { patience, receiptsOf, redisRig, timesOf, trades, upTo } from './rig.ts'

const rig = redisRig()

describe.skipIf(!hasRedisServer)(`a group of readers (${needsRedis})`, () => {
  const inGroup = (consumer: string, claimAfterMs = 60_000) =>
    ({ group: { name: 'strategies', consumer, from: 'start', claimAfterMs } }) as const
  const pending = async () => ((await rig.server.client.xpending(rig.stream, 'strategies')) as [number])[0]

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
    const readers = [rig.openReader(inGroup('a')), rig.openReader(inGroup('b'))]
    for (const { reader } of readers) reader.start()
    const { sink } = rig.openSink({ lingerMs: 0 })
    for (let entry = 0; entry < 10; entry++) {
      sink(from(trades(1 + 10 * entry, 10 + 10 * entry)))
      await vi.waitFor(async () => expect(await rig.server.client.xlen(rig.stream)).toBeGreaterThan(entry), patience)
    }
    const all = () => readers.flatMap(({ received }) => timesOf(received)).sort((a, b) => a - b)
    await vi.waitFor(() => expect(all()).toEqual(upTo(100)), patience)
    await vi.waitFor(async () => expect(await pending()).toBe(0), patience)
    expect(readers.flatMap(({ received }) => receiptsOf(received))).toEqual([])
    expect(
      Object.keys(await rig.server.client.hgetall(`${rig.stream}:strategies`)).filter(name =>
        name.startsWith('pending'),
      ),
    ).toEqual([])
  })

  it('goes on where it was: what a reader did not finish comes again under its name', async () => {
    await rig.write(trades(1, 5))
    const first = rig.openReader(inGroup('a'))
    await getStuck(first.reader)
    expect(await pending()).toBe(1)
    await rig.write(trades(6, 7))
    const again = rig.openReader(inGroup('a'))
    again.reader.start()
    await vi.waitFor(() => expect(timesOf(again.received)).toEqual(upTo(7)), patience)
  })

  it('takes over what a dead reader left', async () => {
    await rig.write(trades(1, 5))
    const dead = rig.openReader(inGroup('dead'))
    await getStuck(dead.reader)
    const alive = rig.openReader(inGroup('alive', 1))
    alive.reader.start()
    await vi.waitFor(() => expect(timesOf(alive.received)).toEqual(upTo(5)), patience)
    await vi.waitFor(async () => expect(await pending()).toBe(0), patience)
  })

  it('tries an entry again whose handler failed', async () => {
    const { reader, received, news } = rig.openReader(inGroup('a', 1))
    let failures = 0
    reader.consume(async event => {
      if (event.type !== 'dropped' && event.receivedTime === 2 && failures++ === 0) throw new Error('no database')
    })
    reader.start()
    await rig.write(trades(1, 3))
    await vi.waitFor(() => expect(timesOf(received)).toEqual([1, 2, 3, 1, 2, 3]), patience)
    expect(news).toEqual(['Error: no database'])
    await vi.waitFor(async () => expect(await pending()).toBe(0), patience)
  })

  it('gets exact receipts for what was trimmed away before it was read, and before it was finished', async () => {
    const { sink } = rig.openSink({ lingerMs: 0 })
    const source = new Subject<MarketEvent>()
    sink(source)
    let length = 0
    const send = async (...times: number[]) => {
      for (const receivedTime of times) source.next(trade({ receivedTime }))
      length++
      await vi.waitFor(
        async () => expect(await rig.server.client.xlen(rig.stream)).toBeGreaterThanOrEqual(length),
        patience,
      )
    }
    await send(1)
    const first = rig.openReader(inGroup('a'))
    await getStuck(first.reader)
    await send(2)
    await send(3)
    await send(4)
    const ids = (await rig.server.client.xrange(rig.stream, '-', '+')).map(([id]) => id)
    await rig.server.client.xdel(rig.stream, ...ids.slice(0, 3)) // as trimming does
    const again = rig.openReader(inGroup('a'))
    again.reader.start()
    await vi.waitFor(() => expect(timesOf(again.received)).toEqual([4]), patience)
    expect(again.received).toEqual([
      { type: 'dropped', count: 1, from: 1, to: 1 },
      { type: 'dropped', count: 2, from: 1, to: 4 },
      trade({ receivedTime: 4 }),
    ])
    await vi.waitFor(async () => expect(await pending()).toBe(0), patience)
  })

  it('begins anew when the stream was deleted', async () => {
    const { reader, received } = rig.openReader(inGroup('a'))
    reader.start()
    await rig.write(trades(1, 2))
    await vi.waitFor(() => expect(received).toHaveLength(2), patience)
    await rig.server.client.del(rig.stream)
    await rig.write(trades(3, 4))
    await vi.waitFor(() => expect(timesOf(received)).toEqual([1, 2, 3, 4]), patience)
    expect(receiptsOf(received)).toEqual([])
  })
})
