// A consumer that is too slow for good. Its own pace is what it can have; receipts must not eat it up.
import fc from 'fast-check'
import { Subject } from 'rxjs'
import { describe, expect, it } from 'vitest'
import type { Dropped, MarketEvent } from '../../../market/events.ts'
import type { Instrument } from '../../../market/instrument.ts'
import type { Backpressure } from '../../../sinks/queue/backpressure.ts'
import { consume } from '../../../sinks/consume.ts'
import { conflatingQueue } from '../../../sinks/queue/conflate.ts'
import { dropOldestQueue } from '../../../sinks/queue/drop-oldest.ts'
import { trade } from '../../streams/samples.ts'

const instruments: readonly Instrument[] = ['KRX:005930', 'KRX:000660', 'NAS:AAPL']
const tradeAt = (receivedTime: number) =>
  trade({ receivedTime, instrument: instruments[receivedTime % instruments.length] as Instrument })

/**
 * `overload` events come while the handler is at one, a receipt or an event; events are known by their
 * number.
 */
async function overloaded(options: Backpressure, overload: number, calls: number) {
  const source = new Subject<MarketEvent>()
  const seen: { readonly event: MarketEvent | Dropped; readonly offered: number }[] = []
  let offered = 0
  let settle = () => {}
  const subscription = consume(event => {
    seen.push({ event, offered })
    return new Promise<void>(resolve => {
      settle = resolve
    })
  }, options)(source)
  const finish = async () => {
    settle()
    await new Promise(setImmediate)
  }
  const emit = (count: number) => {
    for (let i = 0; i < count; i++) source.next(tradeAt(++offered))
  }
  emit(3 * (options.limit ?? 10_000))
  for (let call = 1; call <= calls; call++) {
    emit(Math.floor(call * overload) - Math.floor((call - 1) * overload))
    await finish()
  }
  const whileOverloaded = seen.slice(1)
  source.complete()
  while (!subscription.closed) await finish()
  return { whileOverloaded, seen, offered }
}

const isEvent = ({ event }: { readonly event: MarketEvent | Dropped }) => event.type !== 'dropped'

describe.each(['drop-oldest', 'conflate'] as const)('a consumer that is too slow, with %s', policy => {
  it.each([
    [1.2, 10],
    [2, 10],
    [4, 10],
    [100, 10],
    [1.2, 500],
    [2, 500],
    [4, 500],
  ])('gets events at its own rate when %d times as many come, with room for %d', async (overload, limit) => {
    const calls = 300
    const { whileOverloaded, seen, offered } = await overloaded({ policy, limit }, overload, calls)
    const events = whileOverloaded.filter(isEvent)
    expect(whileOverloaded).toHaveLength(calls)
    expect(events.length).toBeGreaterThanOrEqual(0.8 * calls)
    // Never further behind than what may wait, and what comes while the promised events are handled.
    const held = policy === 'conflate' ? instruments.length : limit
    const behind = events.map(({ event, offered }) => offered - (event as MarketEvent).receivedTime)
    expect(Math.max(...behind)).toBeLessThanOrEqual(held + 10 * overload)
    const counted = seen.reduce((sum, { event }) => sum + (event.type === 'dropped' ? event.count : 1), 0)
    expect(counted).toBe(offered)
  })
})

describe.each([
  ['drop-oldest', dropOldestQueue],
  ['conflate', conflatingQueue],
])('a queue with %s, at any pace', (name, queueOf) => {
  it('gives an event behind each receipt while one waits, holds what it may, and the newest is always among it', () => {
    const pace = fc.array(fc.record({ adds: fc.nat(40), takes: fc.nat(12) }), { maxLength: 30 })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), pace, (limit, steps) => {
        const queue = queueOf(limit)
        const taken: (MarketEvent | Dropped)[] = []
        let offered = 0
        const take = () => {
          const next = queue.take()
          if (next !== undefined) taken.push(next)
          return next
        }
        for (const { adds, takes } of steps) {
          for (let i = 0; i < adds; i++) queue.add(tradeAt(++offered))
          for (let i = 0; i < takes; i++) take()
        }
        const waiting = taken.length
        queue.end()
        while (take() !== undefined);
        const rest = taken.slice(waiting)
        expect(rest.filter(({ type }) => type !== 'dropped').length).toBeLessThanOrEqual(limit + 1)
        const lastEvent = taken.findLastIndex(({ type }) => type !== 'dropped')
        taken.forEach(({ type }, place) => {
          if (type === 'dropped' && place < lastEvent) expect(taken[place + 1]?.type).not.toBe('dropped')
        })
        const newest = Math.max(0, ...taken.map(event => (event.type === 'dropped' ? 0 : event.receivedTime)))
        expect(newest).toBe(offered)
        expect(taken.reduce((sum, event) => sum + (event.type === 'dropped' ? event.count : 1), 0)).toBe(offered)
        // In its place: what was dropped lies between what was delivered before it and behind it.
        if (name === 'drop-oldest') {
          const numbers = taken.flatMap(event =>
            event.type === 'dropped'
              ? Array.from({ length: event.count }, (_, place) => event.from + place)
              : [event.receivedTime],
          )
          expect(numbers).toEqual(Array.from({ length: offered }, (_, place) => place + 1))
        }
        expect(queue.isEmpty).toBe(true)
        expect(queue.unreported).toBe(0)
      }),
    )
  })
})
