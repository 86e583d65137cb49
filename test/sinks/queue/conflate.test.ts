import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Dropped, MarketEvent } from '../../../market/events.ts'
import { conflatingLine } from '../../../sinks/queue/conflate.ts'
import type { WaitingLine } from '../../../sinks/queue/drop-oldest.ts'
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

function lineOf(limit: number, ...events: MarketEvent[]): WaitingLine {
  const line = conflatingLine(limit)
  for (const event of events) line.add(event)
  return line
}

/** All that it holds, and every receipt. */
function takeAll(line: WaitingLine): (MarketEvent | Dropped)[] {
  line.end()
  const taken: (MarketEvent | Dropped)[] = []
  for (let next = line.take(); next !== undefined; next = line.take()) taken.push(next)
  expect(line.isEmpty).toBe(true)
  return taken
}

describe('a conflating line', () => {
  it('keeps the latest trade and the latest book of each instrument, and counts what those took the place of', () => {
    const book = (receivedTime: number) => orderBook({ receivedTime })
    const line = lineOf(10, sold(1), book(2), sold(3, hynix), sold(4), sold(5), book(6))
    expect(takeAll(line)).toEqual([
      receipt(2, 1, 4),
      sold(5),
      book(6),
      sold(3, hynix),
      receipt(1, 2, 2, samsung, 'order-book'),
    ])
  })

  it('gives one receipt, then nine events before the next one, and those left over when the events are over', () => {
    const line = lineOf(10)
    const taken: string[] = []
    for (let time = 1; time <= 60; time += 3) {
      line.add(sold(time))
      line.add(sold(time + 1))
      line.add(sold(time + 2, hynix))
      line.add(sold(time + 2.5, hynix))
      const next = line.take()
      taken.push(next?.type === 'dropped' ? `${next.conflated?.instrument} ${next.count}` : (next?.type ?? ''))
    }
    const nine = Array.from({ length: 9 }, () => 'trade')
    expect(taken.slice(0, 11)).toEqual(['KRX:005930 1', ...nine, 'KRX:000660 17'])
    expect(taken.slice(11)).toEqual(nine)
    expect(takeAll(line).filter(({ type }) => type === 'dropped')).toHaveLength(2)
  })

  it('is empty while receipts are put off and no event waits, so that an event does not wait for them', () => {
    const line = lineOf(10, sold(1), sold(2))
    expect([line.take()?.type, line.take()?.type]).toEqual(['dropped', 'trade'])
    line.add(sold(3))
    line.add(sold(4))
    expect([line.take(), line.take(), line.isEmpty]).toEqual([sold(4), undefined, true])
    line.end()
    expect([line.isEmpty, line.take(), line.isEmpty]).toEqual([false, receipt(1, 3, 3), true])
  })

  it('lets no data move past news, and loses none of it', () => {
    const line = lineOf(10, sold(1), sold(2), down(3), down(4), sold(5), sold(6))
    expect(takeAll(line)).toEqual([receipt(2, 1, 5), sold(2), down(3), down(4), sold(6)])
  })

  it('hands out the newest event, also behind a receipt', () => {
    const line = lineOf(10, sold(1), sold(2))
    expect(line.take()).toEqual(receipt(1, 1, 1))
    line.add(sold(3))
    expect(takeAll(line)).toEqual([sold(3), receipt(1, 2, 2)])
  })

  it('keeps records of other transactions apart: nobody knows what they are about', () => {
    const record = (receivedTime: number): MarketEvent => ({
      type: 'record',
      tr: 'H0STPGM0',
      columns: {},
      extra: [],
      receivedTime,
    })
    expect(takeAll(lineOf(10, record(1), sold(2), record(3), sold(4)))).toEqual([
      receipt(1, 2, 2),
      record(1),
      sold(4),
      record(3),
    ])
  })

  it('loses the oldest places when there are too many', () => {
    const line = lineOf(2, sold(1), sold(2), down(3), sold(4))
    expect(takeAll(line)).toEqual([{ type: 'dropped', count: 1, from: 2, to: 2 }, down(3), sold(4), receipt(1, 1, 1)])
  })

  it('counts for no more instruments than may wait: of the others it says how many events they were', () => {
    const line = lineOf(3)
    for (let name = 0; name < 10; name++) {
      for (const time of [1, 2]) line.add(sold(10 * name + time, `KRX:A${name}` as never))
      line.take()
    }
    const receipts = takeAll(line).filter(event => event.type === 'dropped')
    expect(receipts.filter(({ conflated }) => conflated !== undefined)).toHaveLength(3)
    expect(receipts.find(({ conflated }) => conflated === undefined)?.count).toBeGreaterThan(3)
  })

  it('tells what was not told when it is cleared', () => {
    const line = lineOf(2, down(1), sold(2), sold(3), down(4))
    expect(line.clear()).toEqual([{ type: 'dropped', count: 1, from: 1, to: 1 }, receipt(1, 2, 2)])
    expect(takeAll(line)).toEqual([])
  })

  it('accounts for every event, keeps each instrument in order, and never holds more than its limit', () => {
    const action = fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom('samsung', 'hynix', 'book', 'news') },
      { weight: 2, arbitrary: fc.constant('take') },
    )
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.array(action, { maxLength: 60 }), (limit, actions) => {
        const line = conflatingLine(limit)
        const taken: (MarketEvent | Dropped)[] = []
        let time = 0
        for (const what of actions) {
          if (what === 'take') {
            const next = line.take()
            if (next !== undefined) taken.push(next)
          } else if (what === 'news') line.add(down(++time))
          else if (what === 'book') line.add(orderBook({ receivedTime: ++time }))
          else line.add(sold(++time, what === 'hynix' ? hynix : samsung))
        }
        const rest = takeAll(line)
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
          // News stands still: what follows it in the line came after it.
          if (key !== 'news') expect(event.receivedTime).toBeGreaterThan(newest.get('news') ?? 0)
        }
      }),
    )
  })
})
