import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Dropped, MarketEvent } from '../../../market/events.ts'
import type { Instrument } from '../../../market/instrument.ts'
import { ringWriter } from '../../../sinks/ring/event-ring.ts'
import { createRing } from '../../../system/ring.ts'
import { type RingReader, ringReader } from '../../../sinks/ring/reader.ts'
import { orderBook, samsung, trade } from '../../streams/samples.ts'
import { anyEvent } from '../any-event.ts'

function openRing(capacityBytes: number) {
  const ring = createRing(capacityBytes)
  const reader = ringReader(ring)
  const read = () => {
    const event = reader.read()
    reader.settle()
    return event
  }
  // One that is done with what it read at once.
  return { ring, writer: ringWriter(ring), reader: Object.assign(Object.create(reader) as RingReader, { read }) }
}

function readAll(reader: RingReader): (MarketEvent | Dropped)[] {
  const events: (MarketEvent | Dropped)[] = []
  for (let event = reader.read(); event !== undefined; event = reader.read()) events.push(event)
  return events
}

function throughRing(...events: MarketEvent[]): (MarketEvent | Dropped)[] {
  const { writer, reader } = openRing(1_000_000)
  for (const event of events) expect(writer.write(event)).toBe(true)
  return readAll(reader)
}

function atMostOne<T>(value: T | undefined): T[] {
  return value === undefined ? [] : [value]
}

const nothingKnown = {
  price: null,
  volume: null,
  side: null,
  cumulativeVolume: null,
  cumulativeValue: null,
  businessDate: null,
  eventTime: null,
}

describe('an event that went through the ring', () => {
  it.each<[string, MarketEvent]>([
    ['a trade', trade({ price: 70_000.25, side: 'sell' })],
    ['a trade of which nothing is known', trade(nothingKnown)],
    ['a trade with columns', trade({ columns: { VI_STND_PRC: '70000', HOUR_CLS_CODE: '' } })],
    ['a book', orderBook()],
    ['an empty book', orderBook({ bids: [], asks: [], totalBidVolume: null, totalAskVolume: null, eventTime: null })],
    ['a lopsided book', orderBook({ bids: [{ price: null, volume: 5 }], asks: [] })],
    ['a book with columns', orderBook({ columns: { HOUR_CLS_CODE: '0' } })],
    [
      'a book too deep for a row',
      orderBook({ bids: Array.from({ length: 300 }, (_, price) => ({ price, volume: 1 })) }),
    ],
    [
      'a record',
      { type: 'record', tr: 'H0STPGM0', columns: { A: '1', B: 2, C: null }, extra: ['한글'], receivedTime: 5 },
    ],
    ['a heartbeat', { type: 'heartbeat', serverTime: null, receivedTime: 5 }],
  ])('is equal to what was written: %s', (_what, event) => {
    const [received] = throughRing(event)
    expect(received).toStrictEqual(event)
    expect(JSON.stringify(received)).toBe(JSON.stringify(event))
  })

  it('is its own copy', () => {
    const event = orderBook()
    const [received] = throughRing(event)
    expect(received).not.toBe(event)
  })

  it('has the name of its instrument, also when more instruments came by than ids are kept', () => {
    const { writer, reader } = openRing(4_096)
    const symbols = Array.from({ length: 70_000 }, (_, number): Instrument => `NAS:S${number}`)
    const mistaken = [...symbols, ...symbols.slice(0, 10), samsung].filter(instrument => {
      writer.write(trade({ instrument }))
      const event = reader.read()
      return event?.type !== 'trade' || event.instrument !== instrument
    })
    expect(mistaken).toEqual([])
  })
})

describe('a full ring', () => {
  it('refuses the new event, and its reader gets a dropped event where it would have come', () => {
    const { writer, reader } = openRing(1_024)
    let count = 0
    while (writer.write(trade({ receivedTime: ++count }))) expect(count).toBeLessThan(100)
    writer.write(trade({ receivedTime: 500 }))
    expect(writer.dropped).toBe(2)
    expect(readAll(reader).map(({ type }) => type)).toEqual(Array.from({ length: count - 1 }, () => 'trade'))
    expect(writer.write(trade({ receivedTime: 501 }))).toBe(true)
    expect(readAll(reader)).toEqual([{ type: 'dropped', count: 2, from: count, to: 500 }, trade({ receivedTime: 501 })])
  })

  it('takes nothing more until half of it is free, so that what it takes is in one piece', () => {
    const { writer, reader } = openRing(4_096)
    while (writer.write(trade())) expect(writer.dropped).toBe(0)
    let reads = 0
    do {
      reader.read()
      reads++
    } while (!writer.write(trade()))
    const rest = readAll(reader)
    expect(reads).toBeGreaterThan(10)
    expect(rest.filter(({ type }) => type === 'dropped')).toEqual([expect.objectContaining({ count: reads })])
    expect(rest.at(-2)?.type).toBe('dropped')
  })

  it('has no room for what is larger than itself, now or ever', () => {
    const { writer, reader } = openRing(256)
    const event: MarketEvent = { type: 'malformed', reason: '', raw: 'x'.repeat(1_000), receivedTime: 1 }
    expect(writer.write(event)).toBe(false)
    expect(writer.write({ type: 'heartbeat', serverTime: 1, receivedTime: 2 })).toBe(true)
    expect(readAll(reader).map(({ type }) => type)).toEqual(['dropped', 'heartbeat'])
  })
})

describe('a closed ring', () => {
  it('has ended when everything in it was read', () => {
    const { writer, reader } = openRing(1_024)
    writer.write(trade())
    expect(reader.hasEnded).toBe(false)
    writer.close()
    writer.close()
    expect(writer.write(trade())).toBe(false)
    expect(reader.hasEnded).toBe(false)
    expect(readAll(reader)).toEqual([trade()])
    expect(reader.hasEnded).toBe(true)
    expect(reader.read()).toBeUndefined()
  })

  it('says last what was dropped last', () => {
    const { writer, reader } = openRing(128)
    for (const receivedTime of [1, 2, 3]) expect(writer.write(trade({ receivedTime }))).toBe(false)
    expect(reader.read()).toBeUndefined()
    writer.close()
    expect(readAll(reader)).toEqual([{ type: 'dropped', count: 3, from: 1, to: 3 }])
    expect(reader.hasEnded).toBe(true)
  })

  it('does not let its reader sleep, and neither does one with something in it', () => {
    const { writer, reader } = openRing(1_024)
    writer.write(trade())
    reader.sleep(1_000_000)
    reader.read()
    writer.close()
    reader.sleep(1_000_000)
    expect(reader.read()).toBeUndefined()
  })
})

describe('the memory of a ring', () => {
  it.each([1_024 ** 3 * 2, Number.NaN, Number.POSITIVE_INFINITY])('is not to be had at %d bytes', capacityBytes => {
    expect(() => createRing(capacityBytes)).toThrow(RangeError)
  })

  it('is a power of two, and never too small to work at all', () => {
    expect([-5, 0, 128, 129, 1_000].map(bytes => createRing(bytes).byteLength - 256)).toEqual([
      128, 128, 128, 256, 1_024,
    ])
  })
})

describe('whatever is written, at whatever pace, through rings of any size', () => {
  it('is read as it was written, in order, and every event is either read or counted as dropped in its place', () => {
    const action = fc.oneof(
      { weight: 3, arbitrary: anyEvent },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 6 }) }, // this many reads
    )
    fc.assert(
      fc.property(
        fc.constantFrom(128, 256, 512, 1_024, 4_096),
        fc.array(action, { maxLength: 80 }),
        (capacityBytes, actions) => {
          const { writer, reader } = openRing(capacityBytes)
          const expected: (MarketEvent | Dropped)[] = []
          const received: (MarketEvent | Dropped)[] = []
          let offered = 0
          let written = 0
          for (const act of actions) {
            if (typeof act === 'number') {
              for (let reads = 0; reads < act; reads++) received.push(...atMostOne(reader.read()))
              continue
            }
            offered++
            if (writer.write(act)) {
              written++
              expected.push(act)
            } else {
              const last = expected.at(-1)
              const { receivedTime } = act
              if (last?.type === 'dropped') expected.splice(-1, 1, { ...last, count: last.count + 1, to: receivedTime })
              else expected.push({ type: 'dropped', count: 1, from: receivedTime, to: receivedTime })
            }
          }
          writer.close()
          received.push(...readAll(reader))

          expect(received).toStrictEqual(expected)
          expect(received.map(event => JSON.stringify(event))).toEqual(expected.map(event => JSON.stringify(event)))
          expect(written + writer.dropped).toBe(offered)
          expect(reader.hasEnded).toBe(true)
        },
      ),
      { numRuns: 1_000 },
    )
  })
})

describe('a reader that takes over', () => {
  it('begins with what the one before had not dealt with, and knows every name', () => {
    const { ring, writer } = openRing(65_536)
    const first = ringReader(ring)
    const sent = [trade({ receivedTime: 1 }), trade({ receivedTime: 2 }), orderBook(), trade({ receivedTime: 3 })]
    for (const event of sent) writer.write(event)
    first.read()
    first.settle()
    first.read() // in hand when it died
    expect(writer.isSettled).toBe(false)
    const second = ringReader(ring, writer.names())
    expect(readAll(second)).toEqual(sent.slice(1))
    writer.write(trade({ receivedTime: 4 }))
    expect(second.read()).toEqual(trade({ receivedTime: 4 }))
    second.settle()
    expect(writer.isSettled).toBe(true)
  })

  it('leaves the room of what is not dealt with alone', () => {
    const { ring, writer } = openRing(4_096)
    const first = ringReader(ring)
    let sent = 0
    while (writer.write(trade({ receivedTime: ++sent })));
    while (first.read() !== undefined);
    expect(writer.write(trade())).toBe(false)
    first.settle()
    expect(writer.write(trade())).toBe(true)
  })

  it('is given a receipt for what was dropped, also when nothing follows', () => {
    const { ring, writer, reader } = openRing(4_096)
    let sent = 0
    while (writer.write(trade({ receivedTime: ++sent })));
    const read = readAll(reader).length
    expect(writer.isSettled).toBe(false)
    writer.reportDropped()
    expect(readAll(reader)).toEqual([{ type: 'dropped', count: sent - read, from: sent, to: sent }])
    expect(writer.isSettled).toBe(true)
    expect(readAll(ringReader(ring, writer.names()))).toEqual([])
  })
})
