import { describe, expect, it } from 'vitest'
import { createDecoder, type DecodedEvent } from '../../../kis/wire/decoder.ts'
import type { OrderBook, Trade } from '../../../market/events.ts'
import { koreanTick } from '../../../simulator/market/price-grid.ts'
import { generatedTape, type GeneratedTapeOptions, type Tape } from '../../../simulator/tape/tape.ts'
import { connect, handClock, keeper, mondayTen, simulator, stopAfterwards, until } from '../support.ts'

type Registered = readonly (readonly [tr: string, key: string])[]

/** Plays at least `count` records to the registrations and returns the frames of each, as they came. */
async function play(registered: Registered, options: GeneratedTapeOptions = {}, count = 1_000) {
  const clock = handClock()
  const tape = stopAfterwards(generatedTape({ rate: 1_000, ...options }))
  tape.start({ clock, log: () => {} })
  const order: string[] = []
  for (const [tr, key] of registered) tape.add({ tr, key, emit: frame => order.push(frame) > 0 })
  await playOn(tape, clock, count)
  tape.stop()
  return { order, frames: (tr: string) => order.filter(frame => frame.slice(2, 10) === tr) }
}

async function playOn(tape: Tape, clock: ReturnType<typeof handClock>, count: number): Promise<void> {
  const goal = tape.stats().records + count
  while (tape.stats().records < goal) {
    const before = tape.stats().records
    clock.advance(500)
    await until(() => tape.stats().records > before)
  }
}

/** Through the pipeline's decoder, received when it was sent. */
function decode(frames: readonly string[]): DecodedEvent[] {
  const events: DecodedEvent[] = []
  const decoder = createDecoder()
  for (const frame of frames) decoder.decode(Buffer.from(frame), mondayTen, event => events.push(event))
  return events
}

const trades = (events: readonly DecodedEvent[]) => events.filter((event): event is Trade => event.type === 'trade')
const books = (events: readonly DecodedEvent[]) =>
  events.filter((event): event is OrderBook => event.type === 'order-book')
const tale = (events: readonly Trade[]) => events.map(({ price, volume, side }) => `${side} ${volume} at ${price}`)

const everything: Registered = [
  ['H0STCNT0', '005930'],
  ['H0STASP0', '005930'],
  ['H0NXCNT0', '000660'],
  ['H0NXASP0', '000660'],
  ['H0UNCNT0', '035420'],
  ['H0UNASP0', '035420'],
  ['HDFSCNT0', 'DNASAAPL'],
  ['HDFSASP0', 'DNASAAPL'],
  ['HDFSCNT0', 'RBAQNVDA'],
  ['HDFSASP0', 'RBAQNVDA'],
  ['HDFSASP0', 'RHKS00700'],
  ['HDFSASP1', 'DTSE7203'],
]

describe('a generated market, read by the decoder', () => {
  it.each([
    ['of today', {}],
    ['of before 2026-09-14', { trade: 46, book: 62 }],
    ['of 2024', { trade: 46, book: 59 }],
  ])('has the layouts %s: nothing malformed, no unknown width', async (_, width) => {
    const { order } = await play(everything, { width }, 2_000)
    const events = decode(order)
    expect(new Set(events.map(event => event.type))).toEqual(new Set(['trade', 'order-book']))
    const instruments = new Set([...trades(events), ...books(events)].map(({ instrument }) => instrument))
    expect([...instruments].sort()).toEqual(
      ['BAQ:NVDA', 'HKS:00700', 'KRX:005930', 'NAS:AAPL', 'NXT:000660', 'TSE:7203', 'UN:035420'].sort(),
    )
  })

  it('leaves no value unread but the ones that are empty on the wire', async () => {
    const { order } = await play(everything, {}, 2_000)
    const decoded = decode(order)
    for (const trade of trades(decoded)) {
      const { side, ...rest } = trade
      expect(Object.values(rest)).not.toContain(null)
      expect(side === null).toBe(/^(NAS|BAQ)/.test(trade.instrument))
    }
    for (const { asks, bids, totalAskVolume, totalBidVolume } of books(decoded)) {
      expect([...asks, ...bids].every(({ price, volume }) => (price ?? 0) > 0 && (volume ?? 0) > 0)).toBe(true)
      expect(totalAskVolume).toBeGreaterThan(0)
      expect(totalBidVolume).toBeGreaterThan(0)
    }
  })

  it.each(['H0STCNT0', 'H0NXCNT0', 'H0UNCNT0'])('chains volume and value of %s exactly', async tr => {
    const { order } = await play([[tr, '005930']])
    const played = trades(decode(order))
    expect(played.length).toBeGreaterThanOrEqual(1_000)
    for (const [i, trade] of played.entries()) {
      const previous = played[i - 1]
      if (previous === undefined) continue
      expect(trade.cumulativeVolume).toBe((previous.cumulativeVolume ?? 0) + (trade.volume ?? 0))
      expect(trade.cumulativeValue).toBe((previous.cumulativeValue ?? 0) + (trade.volume ?? 0) * (trade.price ?? 0))
    }
  })

  it('chains the volume of US trades, whose value comes in whole dollars', async () => {
    const { order } = await play([['HDFSCNT0', 'DNASAAPL']])
    const played = trades(decode(order))
    for (const [i, trade] of played.entries()) {
      const previous = played[i - 1]
      if (previous === undefined) continue
      expect(trade.cumulativeVolume).toBe((previous.cumulativeVolume ?? 0) + (trade.volume ?? 0))
      const value = (trade.cumulativeValue ?? 0) - (previous.cumulativeValue ?? 0)
      expect(Math.abs(value - (trade.volume ?? 0) * (trade.price ?? 0))).toBeLessThanOrEqual(1)
    }
  })

  it('trades at the bid or the ask, on prices that exist, inside open, high and low', async () => {
    const { order } = await play([['H0STCNT0', '005930']])
    for (const { askPrice, bidPrice, high, low, open, price, side } of trades(decode(order))) {
      expect(price).toBe(side === 'buy' ? askPrice : bidPrice)
      expect((price ?? 0) % koreanTick(price ?? 0)).toBe(0)
      expect(low).toBeLessThanOrEqual(Math.min(price ?? 0, open ?? 0))
      expect(high).toBeGreaterThanOrEqual(Math.max(price ?? 0, open ?? 0))
      expect((askPrice ?? 0) - (bidPrice ?? 0)).toBe(koreanTick(bidPrice ?? 0))
    }
  })

  it('has books of ten levels, best first, bid below ask, with totals that cover them', async () => {
    const { order } = await play([['H0STASP0', '005930']], {}, 300)
    for (const { asks, bids, totalAskVolume, totalBidVolume } of books(decode(order))) {
      expect([asks.length, bids.length]).toEqual([10, 10])
      expect(bids[0]?.price).toBeLessThan(asks[0]?.price ?? 0)
      const sum = (levels: typeof asks) => levels.reduce((total, { volume }) => total + (volume ?? 0), 0)
      expect(totalAskVolume).toBeGreaterThanOrEqual(sum(asks))
      expect(totalBidVolume).toBeGreaterThanOrEqual(sum(bids))
      for (let i = 1; i < 10; i++) {
        expect(asks[i]?.price).toBeGreaterThan(asks[i - 1]?.price ?? 0)
        expect(bids[i]?.price).toBeLessThan(bids[i - 1]?.price ?? 0)
      }
    }
  })

  it('tells one story on both channels of an instrument: each book is what the last trade left', async () => {
    const { order } = await play([
      ['H0STCNT0', '005930'],
      ['H0STASP0', '005930'],
    ])
    let last: Trade | undefined
    let compared = 0
    for (const event of decode(order)) {
      if (event.type === 'trade') last = event
      if (event.type !== 'order-book' || last === undefined) continue
      expect(event.asks[0]).toEqual({ price: last.askPrice, volume: last.askVolume })
      expect(event.bids[0]).toEqual({ price: last.bidPrice, volume: last.bidVolume })
      compared++
    }
    expect(compared).toBeGreaterThan(30)
  })

  it('dates its records by the clock', async () => {
    const { order } = await play(everything, {}, 500)
    for (const event of [...trades(decode(order)), ...books(decode(order))]) {
      expect(event.eventTime).toBeGreaterThanOrEqual(mondayTen)
      expect(event.eventTime).toBeLessThan(mondayTen + 60_000)
    }
  })
})

describe('a generated market', () => {
  it('tells the same story for the same seed, at any rate and in any company', async () => {
    const alone = await play([['H0STCNT0', '005930']], { seed: 5, rate: 200 }, 300)
    const inCompany = await play(everything, { seed: 5 }, 4_000)
    const first = tale(trades(decode(alone.frames('H0STCNT0'))))
    const second = tale(trades(decode(inCompany.frames('H0STCNT0'))))
    const length = Math.min(first.length, second.length)
    expect(length).toBeGreaterThan(200)
    expect(second.slice(0, length)).toEqual(first.slice(0, length))
  })

  it('tells another story for another seed', async () => {
    const one = await play([['H0STCNT0', '005930']], { seed: 1 }, 50)
    const two = await play([['H0STCNT0', '005930']], { seed: 2 }, 50)
    expect(tale(trades(decode(one.order)))).not.toEqual(tale(trades(decode(two.order))))
  })

  it('puts several trades into a frame, but never more than it may', async () => {
    const counts = async (options: GeneratedTapeOptions) => {
      const { order } = await play([['H0STCNT0', '005930']], options)
      return order.map(frame => Number(frame.split('|')[2]))
    }
    expect(Math.max(...(await counts({ maxRecordsPerFrame: 3 })))).toBe(3)
    expect(Math.max(...(await counts({})))).toBeLessThanOrEqual(20)
    expect(new Set(await counts({ maxRecordsPerFrame: 1 }))).toEqual(new Set([1]))
  })

  it('sends as many records as the clock says are due', async () => {
    const clock = handClock()
    const tape = stopAfterwards(generatedTape({ rate: 40 }))
    tape.start({ clock, log: () => {} })
    for (const [tr, key] of everything) tape.add(keeper(tr, key))
    for (let second = 1; second <= 10; second++) {
      clock.advance(1_000)
      await until(() => tape.stats().records >= second * 40 - 1)
    }
    expect(tape.stats().records).toBeLessThan(10 * 40 + 40)
  })

  it('does not turn a leap of the clock into a flood, nor stumble when it goes back', async () => {
    const clock = handClock()
    const tape = stopAfterwards(generatedTape({ rate: 100 }))
    tape.start({ clock, log: () => {} })
    tape.add(keeper('H0STCNT0', '005930'))
    clock.advance(8 * 3_600_000)
    await until(() => tape.stats().records > 0)
    expect(tape.stats().records).toBeLessThan(1_100)
    const before = tape.stats().records
    clock.advance(-3_600_000)
    await until(() => {
      clock.advance(10)
      return tape.stats().records > before
    })
  })

  it('does not wait for who went away: what happened meanwhile is missing', async () => {
    const clock = handClock()
    const tape = stopAfterwards(generatedTape({ rate: 50 }))
    tape.start({ clock, log: () => {} })
    const before = keeper('H0STCNT0', '005930')
    tape.add(before)
    await playOn(tape, clock, 20)
    tape.remove(before)
    clock.advance(10_000)
    const after = keeper('H0STCNT0', '005930')
    tape.add(after)
    await playOn(tape, clock, 20)
    const last = trades(decode(before.frames)).at(-1)
    const next = trades(decode(after.frames))[0]
    expect((next?.cumulativeVolume ?? 0) - (next?.volume ?? 0)).toBeGreaterThan(last?.cumulativeVolume ?? 0)
  })

  it('trades on at its own rate without listeners, by all that went away together', async () => {
    const clock = handClock()
    const added: string[] = []
    const tape = stopAfterwards(generatedTape({ rate: 40 }))
    tape.start({ clock, log: () => {}, history: { add: (_tr, key) => void added.push(key) } })
    const keys = Array.from({ length: 20 }, (_, at) => `${100_000 + at}`)
    const before = keys.map(key => keeper('H0STCNT0', key))
    for (const listener of before) tape.add(listener)
    await playOn(tape, clock, 40)
    for (const listener of before) tape.remove(listener)
    clock.advance(3_000)
    added.length = 0
    // A session that came back asks for one name after another, and the first is alone for a moment.
    for (const key of keys) tape.add(keeper('H0STCNT0', key))
    const missed = keys.map(key => added.filter(one => one === key).length)
    // 3 s at 40 a second are 120 moments, 6 for each name, and a moment is a trade or a change of the book.
    expect(added.length).toBeGreaterThan(40)
    expect(added.length).toBeLessThanOrEqual(120)
    expect(Math.max(...missed)).toBeLessThanOrEqual(6)
  })

  it('has on the unified feed the trades of KRX and of NXT, and no others', async () => {
    const { frames } = await play([
      ['H0STCNT0', '005930'],
      ['H0NXCNT0', '005930'],
      ['H0UNCNT0', '005930'],
    ])
    const [krx, nxt, unified] = ['H0STCNT0', 'H0NXCNT0', 'H0UNCNT0'].map(tr => trades(decode(frames(tr))))
    const rest = [...tale(krx ?? []).map(trade => `KRX ${trade}`), ...tale(nxt ?? []).map(trade => `NXT ${trade}`)]
    expect(unified?.length).toBe(rest.length)
    expect(tale(unified ?? []).sort()).toEqual(rest.map(trade => trade.slice(4)).sort())
    const total = (played: readonly Trade[] | undefined) => played?.at(-1)?.cumulativeVolume ?? 0
    expect(total(unified)).toBe(total(krx) + total(nxt))
    const spread = Math.abs((krx?.at(-1)?.price ?? 0) - (nxt?.at(-1)?.price ?? 0))
    expect(spread).toBeLessThanOrEqual(5 * koreanTick(krx?.at(-1)?.price ?? 0))
  })

  it('says what a record would be before anybody listens, and goes on from there', async () => {
    const clock = handClock()
    const tape = stopAfterwards(generatedTape({ rate: 50 }))
    tape.start({ clock, log: () => {} })
    const look = (tr: string) => {
      const text = tape.record?.([{ tr, key: '005930' }])?.text
      return trades(decode([`0|${tr}|001|${text}`]))[0]
    }
    const first = look('H0STCNT0')
    expect(first?.cumulativeVolume).toBeGreaterThan(0)
    expect(look('H0STCNT0')).toEqual(first)
    clock.advance(60_000)
    const later = look('H0STCNT0')
    expect(later?.cumulativeVolume).toBeGreaterThan(first?.cumulativeVolume ?? 0)
    expect((look('H0UNCNT0')?.cumulativeVolume ?? 0) - (look('H0NXCNT0')?.cumulativeVolume ?? 0)).toBe(
      later?.cumulativeVolume,
    )
    const listener = keeper('H0STCNT0', '005930')
    tape.add(listener)
    await playOn(tape, clock, 5)
    const [next] = trades(decode(listener.frames))
    expect((next?.cumulativeVolume ?? 0) - (next?.volume ?? 0)).toBe(later?.cumulativeVolume)
    expect(tape.record?.([{ tr: 'H0STCNI0', key: 'login-id' }])).toBeUndefined()
  })

  it('sends the same frames to everyone who registered the same key', async () => {
    const clock = handClock()
    const tape = stopAfterwards(generatedTape({ rate: 500 }))
    tape.start({ clock, log: () => {} })
    const [one, other] = [keeper('H0STCNT0', '005930'), keeper('H0STCNT0', '005930')]
    tape.add(one)
    tape.add(other)
    await playOn(tape, clock, 400)
    expect(other.frames).toEqual(one.frames)
    tape.remove(one)
    await playOn(tape, clock, 100)
    expect(other.frames.length).toBeGreaterThan(one.frames.length)
  })

  it('sends what does not come with the trades beside them, now and then', async () => {
    const kis = await simulator({ tape: generatedTape({ rate: 1_000 }) })
    const client = await connect(kis)
    for (const [tr, key] of [
      ['H0STMBC0', '005930'],
      ['H0STPGM0', '005930'],
      ['H0STMKO0', '005930'],
      ['H0UPCNT0', '0001'],
      ['H0STCNT0', '005930'],
    ] as const)
      expect(await client.subscribe(tr, key)).toContain('SUBSCRIBE SUCCESS')
    const frames = await client.received(text => text.startsWith('0|'), 100)
    const trs = frames.map(frame => frame.slice(2, 10))
    expect(new Set(trs)).toEqual(new Set(['H0STMBC0', 'H0STPGM0', 'H0STMKO0', 'H0UPCNT0', 'H0STCNT0']))
    expect(trs.filter(tr => tr === 'H0STCNT0').length).toBeGreaterThan(70)
    expect(trs.filter(tr => tr === 'H0STMKO0')).toHaveLength(1)
  })

  it('sends no notice of an account by itself', async () => {
    const kis = await simulator({ tape: generatedTape({ rate: 1_000 }) })
    const client = await connect(kis)
    await client.subscribe('H0STCNI0', 'login-id')
    await client.subscribe('H0STCNT0', '005930')
    const frames = await client.received(text => /^[01]\|/.test(text), 20)
    expect(frames.every(frame => frame.startsWith('0|H0STCNT0|'))).toBe(true)
  })

  it('takes no rate of nothing', () => {
    expect(() => generatedTape({ rate: -1 })).toThrow('rate -1')
  })
})

describe('a generated market behind a simulator', () => {
  it('reaches a client at 20,000 records a second', async () => {
    const kis = await simulator({ tape: generatedTape({ rate: 20_000 }) })
    const client = await connect(kis)
    await client.subscribe('H0STCNT0', '005930')
    await client.subscribe('H0STASP0', '005930')
    await until(() => kis.stats().tape.records >= 10_000)
    await client.unsubscribe('H0STCNT0', '005930')
    await client.unsubscribe('H0STASP0', '005930')
    // The answers came behind everything that was sent, however slow the machine.
    const frames = client.texts.filter(text => text.startsWith('0|'))
    expect(frames).toHaveLength(kis.stats().tape.frames)
    expect(decode(frames).every(({ type }) => type === 'trade' || type === 'order-book')).toBe(true)
  })

  it('stops with the last registration', async () => {
    const kis = await simulator({ tape: generatedTape({ rate: 1_000 }) })
    const client = await connect(kis)
    await client.subscribe('H0STCNT0', '005930')
    await client.received(text => text.startsWith('0|'), 5)
    await client.unsubscribe('H0STCNT0', '005930')
    const { frames } = kis.stats().tape
    await client.subscribe('H0STCNI0', 'login-id')
    expect(kis.stats().tape.frames).toBe(frames)
  })
})
