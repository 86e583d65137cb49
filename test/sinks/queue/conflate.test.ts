import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Dropped, MarketEvent } from '../../../market/events.ts'
import { conflatingQueue } from '../../../sinks/queue/conflate.ts'
import type { EventQueue } from '../../../sinks/queue/drop-oldest.ts'
import { hynix, orderBook, samsung, trade } from '../../streams/samples.ts'

const down = (receivedTime: number): MarketEvent => ({
  type: 'disconnect',
  line: '1',
  market: 'KR',
  reason: 'cut',
  receivedTime,
})
const sold = (receivedTime: number, instrument = samsung) => trade({ receivedTime, instrument })
const receipt = (count: number, from: number, to: number, instrument = samsung, type = 'trade') => ({
  type: 'dropped',
  count,
  from,
  to,
  conflated: { instrument, type },
})

function queueOf(limit: number, ...events: MarketEvent[]): EventQueue {
  const queue = conflatingQueue(limit)
  for (const event of events) queue.add(event)
  return queue
}

/** All that it holds, and every receipt. */
function takeAll(queue: EventQueue): (MarketEvent | Dropped)[] {
  queue.end()
  const taken: (MarketEvent | Dropped)[] = []
  for (let next = queue.take(); next !== undefined; next = queue.take()) taken.push(next)
  expect(queue.isEmpty).toBe(true)
  return taken
}

describe('a conflating queue', () => {
  it('keeps the latest trade and the latest book of each instrument, and counts what those took the place of', () => {
    const book = (receivedTime: number) => orderBook({ receivedTime })
    const queue = queueOf(10, sold(1), book(2), sold(3, hynix), sold(4), sold(5), book(6))
    expect(takeAll(queue)).toEqual([
      receipt(2, 1, 4),
      sold(5),
      book(6),
      sold(3, hynix),
      receipt(1, 2, 2, samsung, 'order-book'),
    ])
  })

  it('gives one receipt, then nine events before the next one, and those left over when the events are over', () => {
    const queue = queueOf(10)
    const taken: string[] = []
    for (let time = 1; time <= 60; time += 3) {
      queue.add(sold(time))
      queue.add(sold(time + 1))
      queue.add(sold(time + 2, hynix))
      queue.add(sold(time + 2.5, hynix))
      const next = queue.take()
      taken.push(next?.type === 'dropped' ? `${next.conflated?.instrument} ${next.count}` : (next?.type ?? ''))
    }
    const nine = Array.from({ length: 9 }, () => 'trade')
    expect(taken.slice(0, 11)).toEqual(['KRX:005930 1', ...nine, 'KRX:000660 17'])
    expect(taken.slice(11)).toEqual(nine)
    expect(takeAll(queue).filter(({ type }) => type === 'dropped')).toHaveLength(2)
  })

  it('is empty while receipts are put off and no event waits, so that an event does not wait for them', () => {
    const queue = queueOf(10, sold(1), sold(2))
    expect([queue.take()?.type, queue.take()?.type]).toEqual(['dropped', 'trade'])
    queue.add(sold(3))
    queue.add(sold(4))
    expect([queue.take(), queue.take(), queue.isEmpty]).toEqual([sold(4), undefined, true])
    queue.end()
    expect([queue.isEmpty, queue.take(), queue.isEmpty]).toEqual([false, receipt(1, 3, 3), true])
  })

  it('lets no data move past news, and loses none of it', () => {
    const queue = queueOf(10, sold(1), sold(2), down(3), down(4), sold(5), sold(6))
    expect(takeAll(queue)).toEqual([receipt(2, 1, 5), sold(2), down(3), down(4), sold(6)])
  })

  it('hands out the newest event, also behind a receipt', () => {
    const queue = queueOf(10, sold(1), sold(2))
    expect(queue.take()).toEqual(receipt(1, 1, 1))
    queue.add(sold(3))
    expect(takeAll(queue)).toEqual([sold(3), receipt(1, 2, 2)])
  })

  it('keeps records of other transactions apart: their instruments are not known', () => {
    const record = (receivedTime: number): MarketEvent => ({
      type: 'record',
      tr: 'H0STPGM0',
      columns: {},
      extra: [],
      receivedTime,
    })
    expect(takeAll(queueOf(10, record(1), sold(2), record(3), sold(4)))).toEqual([
      receipt(1, 2, 2),
      record(1),
      sold(4),
      record(3),
    ])
  })

  it('loses the oldest places when there are too many', () => {
    const queue = queueOf(2, sold(1), sold(2), down(3), sold(4))
    expect(takeAll(queue)).toEqual([{ type: 'dropped', count: 1, from: 2, to: 2 }, down(3), sold(4), receipt(1, 1, 1)])
  })

  it('counts by instrument for as many as may wait, and the events of the rest together', () => {
    const queue = queueOf(3)
    for (let name = 0; name < 10; name++) {
      for (const time of [1, 2]) queue.add(sold(10 * name + time, `KRX:A${name}` as never))
      queue.take()
    }
    const receipts = takeAll(queue).filter(event => event.type === 'dropped')
    expect(receipts.filter(({ conflated }) => conflated !== undefined)).toHaveLength(3)
    expect(receipts.find(({ conflated }) => conflated === undefined)?.count).toBeGreaterThan(3)
  })

  it('returns what was not reported when it is cleared', () => {
    const queue = queueOf(2, down(1), sold(2), sold(3), down(4))
    expect(queue.clear()).toEqual([{ type: 'dropped', count: 1, from: 1, to: 1 }, receipt(1, 2, 2)])
    expect(takeAll(queue)).toEqual([])
  })

  it('accounts for every event, keeps each instrument in order, and never holds more than its limit', () => {
    const action = fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom('samsung', 'hynix', 'book', 'news') },
      { weight: 2, arbitrary: fc.constant('take') },
    )
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.array(action, { maxLength: 60 }), (limit, actions) => {
        const queue = conflatingQueue(limit)
        const taken: (MarketEvent | Dropped)[] = []
        let time = 0
        for (const what of actions) {
          if (what === 'take') {
            const next = queue.take()
            if (next !== undefined) taken.push(next)
          } else if (what === 'news') queue.add(down(++time))
          else if (what === 'book') queue.add(orderBook({ receivedTime: ++time }))
          else queue.add(sold(++time, what === 'hynix' ? hynix : samsung))
        }
        const rest = takeAll(queue)
        expect(rest.filter(({ type }) => type !== 'dropped').length).toBeLessThanOrEqual(limit)
        taken.push(...rest)
        const count = taken.reduce((sum, event) => sum + (event.type === 'dropped' ? event.count : 1), 0)
        expect(count).toBe(time)
        const newest = new Map<string, number>()
        for (const event of taken) {
          if (event.type === 'dropped') continue
          const key =
            event.type === 'disconnect' ? 'news' : `${event.type} ${'instrument' in event && event.instrument}`
          expect(event.receivedTime).toBeGreaterThan(newest.get(key) ?? 0)
          newest.set(key, event.receivedTime)
          // No data moves past news: what is behind it in the queue came after it.
          if (key !== 'news') expect(event.receivedTime).toBeGreaterThan(newest.get('news') ?? 0)
        }
      }),
    )
  })
})
