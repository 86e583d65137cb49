import fc from 'fast-check'
import { Subject, throwError } from 'rxjs'
import { describe, expect, it } from 'vitest'
import type { MarketEvent } from '../../../market/events.ts'
import type { Instrument } from '../../../market/instrument.ts'
import { checkContinuity } from '../../../streams/continuity/continuity.ts'
import { mostInstruments } from '../../../streams/continuity/memory.ts'
import { mostRanges } from '../../../streams/continuity/missing-ranges.ts'
import { continuityRig } from './rig.ts'
import { apple, at, hynix, orderBook, samsung, trade } from '../samples.ts'

const early = { eventTime: at('10:00:00') }
const late = { eventTime: at('10:05:00') }

describe('trades that follow one another', () => {
  it('pass as they are, and nothing is said', () => {
    const rig = continuityRig()
    rig.trades(5, 1_005)
    rig.trades(1, 1_006)
    rig.trades(200, 1_206)
    expect(rig.delivered).toEqual([1_005, 1_006, 1_206])
    expect(rig.reported).toEqual([])
    expect(rig.duplicates).toEqual([])
  })

  it('are followed by instrument', () => {
    const rig = continuityRig()
    rig.trades(5, 1_005)
    rig.trades(7, 7, { instrument: hynix })
    rig.trades(2, 1_007)
    rig.trades(3, 10, { instrument: hynix })
    expect(rig.reported).toEqual([])
  })

  it('are the very objects that came, among whatever else came, in that order', () => {
    const events: MarketEvent[] = [
      { type: 'resume', line: '1', market: 'KR', outageMs: 1, receivedTime: 0 },
      orderBook(),
      trade(),
      { type: 'heartbeat', serverTime: null, receivedTime: 0 },
      { type: 'disconnect', line: '1', market: 'KR', reason: 'cut', receivedTime: 0 },
    ]
    const rig = continuityRig()
    for (const event of events) rig.send(event)
    expect(rig.seen).toHaveLength(events.length)
    for (const [i, event] of events.entries()) expect(rig.seen[i]).toBe(event)
  })
})

describe('more instruments than anybody subscribes to', () => {
  const named = (index: number): Instrument => `KRX:${String(index).padStart(6, '0')}`

  it('are all followed, each by its own total', () => {
    const rig = continuityRig()
    for (const total of [10, 11, 12])
      for (let index = 0; index < mostInstruments; index++) rig.trades(1, total + index, { instrument: named(index) })
    expect(rig.reported).toEqual([])
    rig.trades(1, 20, { instrument: named(0) })
    rig.trades(1, 13 + 70, { instrument: named(70) })
    expect(rig.of('gap')).toMatchObject([{ instrument: named(0), missingVolume: 7 }])
    expect(rig.duplicates).toEqual([])
  })

  it('are forgotten when there are too many, the least recently used first, which is said once', () => {
    const rig = continuityRig()
    for (let index = 0; index < mostInstruments; index++) rig.trades(1, 10, { instrument: named(index) })
    // All but these two trade on.
    for (let index = 0; index < mostInstruments; index++)
      if (index !== 5 && index !== 9) rig.trades(1, 11, { instrument: named(index) })
    expect(rig.forgotten).toEqual([])
    rig.joinedLate.length = 0
    rig.trades(5, 900, { instrument: named(mostInstruments) })
    rig.trades(5, 900, { instrument: named(mostInstruments + 1) })
    expect(rig.forgotten).toEqual([mostInstruments])
    expect(rig.joinedLate).toEqual([895, 895])

    // Of all others nothing is forgotten: what follows follows, and what does not is a gap.
    rig.joinedLate.length = 0
    for (let index = 10; index < mostInstruments; index++) rig.trades(1, 12, { instrument: named(index) })
    rig.trades(1, 20, { instrument: named(4) })
    rig.trades(5, 905, { instrument: named(mostInstruments) })
    expect(rig.joinedLate).toEqual([])
    expect(rig.reported).toMatchObject([{ type: 'gap', instrument: named(4), missingVolume: 8 }])

    // These are followed afresh.
    rig.trades(1, 30, { instrument: named(5) })
    rig.trades(1, 31, { instrument: named(5) })
    rig.trades(1, 40, { instrument: named(9) })
    expect(rig.joinedLate).toEqual([29, 39])
    expect(rig.of('gap')).toHaveLength(1)
    expect(rig.duplicates).toEqual([])
    expect(rig.forgotten).toHaveLength(1)
  })

  it('are forgotten for a trade that cannot be counted as well, with both of their counts', () => {
    const rig = continuityRig()
    for (let index = 0; index < mostInstruments; index++) rig.trades(1, 10, { instrument: named(index) })
    rig.trades(1, 1, { instrument: named(0), businessDate: 20260915 })
    for (let index = 1; index < mostInstruments; index++) rig.trades(1, 11, { instrument: named(index) })
    rig.joinedLate.length = 0
    rig.send(trade({ instrument: named(mostInstruments), volume: null }))
    rig.trades(1, 2, { instrument: named(0), businessDate: 20260915 })
    rig.trades(1, 12, { instrument: named(2) })
    rig.trades(1, 5, { instrument: named(mostInstruments) })
    // 0 made room for the unreadable one, and 1 for 0.
    expect(rig.joinedLate).toEqual([1, 4])
    rig.trades(1, 12, { instrument: named(1) })
    expect(rig.joinedLate).toEqual([1, 4, 11])
    expect(rig.reported).toEqual([])
  })

  it('are followed as if there were no others, whatever the order in which they come', () => {
    const most = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 120 })
    fc.assert(
      fc.property(most, order => {
        const rig = continuityRig()
        for (let index = 100; index < 100 + mostInstruments - 20; index++)
          rig.trades(1, 1, { instrument: named(index) })
        // The fillers are newer than nothing: twenty places, and then theirs, from the oldest on.
        const totals = new Map<number, number>()
        for (const index of order) {
          const total = (totals.get(index) ?? 0) + 1
          totals.set(index, total)
          rig.trades(1, total, { instrument: named(index) })
        }
        expect(rig.reported).toEqual([])
        expect(rig.joinedLate).toEqual([])
        expect(rig.duplicates).toEqual([])
        expect(rig.forgotten).toHaveLength(totals.size > 20 ? 1 : 0)
      }),
      { numRuns: 20 },
    )
  })
})

describe('a trade whose date or total cannot be read', () => {
  it('is counted by its volume: the next one that follows it is no gap, and nothing is in doubt', () => {
    const rig = continuityRig()
    rig.trades(5, 1_005)
    rig.trades(7, 1_012, { businessDate: null })
    rig.trades(3, 0, { cumulativeVolume: null })
    rig.trades(2, 1_017)
    rig.trades(4, 1_021)
    expect(rig.reported).toEqual([])
    expect(rig.delivered).toEqual([1_005, 1_012, null, 1_017, 1_021])
  })
})

describe('an old trade, once the records of its time are forgotten', () => {
  it('is dropped where all of its volume was delivered, and begins another count where some of it was not', () => {
    const rig = continuityRig()
    rig.trades(5, 1_005, early)
    rig.trades(10, 1_030, early) // 1,005 to 1,020 did not come
    for (let total = 1_040; total < 4_000; total += 10) rig.trades(10, total, early)
    const { length } = rig.delivered
    rig.trades(7, 1_037, early)
    expect(rig.duplicates).toHaveLength(1)
    rig.trades(8, 1_025, early)
    expect(rig.duplicates).toHaveLength(1)
    expect(rig.delivered).toHaveLength(length + 1)
    expect(rig.of('resync')).toMatchObject([{ reason: 'total-lowered' }])
  })
})

describe('a jump of the total', () => {
  it('is a gap before the trade that revealed it: how much, how much money, and between which trades', () => {
    const rig = continuityRig()
    rig.trades(5, 1_005, early)
    rig.trades(10, 1_030, { ...late, receivedTime: at('10:05:01') })
    expect(rig.seen.slice(1)).toEqual([
      {
        type: 'gap',
        instrument: samsung,
        cause: 'lost',
        businessDate: 20260914,
        missingVolume: 15,
        missingValue: 1_500,
        fromVolume: 1_005,
        toVolume: 1_020,
        from: early.eventTime,
        to: late.eventTime,
        receivedTime: at('10:05:01'),
      },
      expect.objectContaining({ type: 'trade', cumulativeVolume: 1_030 }),
    ])
  })

  it('does not say how much money, or when, if that could not be read', () => {
    const rig = continuityRig()
    rig.trades(5, 1_005, { cumulativeValue: null, eventTime: null })
    rig.trades(5, 1_015)
    rig.trades(5, 1_025, { price: null, eventTime: null })
    expect(rig.of('gap')).toMatchObject([
      { missingVolume: 5, missingValue: null, from: null, to: at('10:00:00') },
      { missingVolume: 5, missingValue: null, from: at('10:00:00'), to: null },
    ])
  })

  it('reports overseas money in cents, and no negative amount', () => {
    const rig = continuityRig()
    rig.trades(1, 10, { instrument: apple, price: 169.785, cumulativeValue: 1_697 })
    rig.trades(1, 21, { instrument: apple, price: 169.79, cumulativeValue: 3_565 })
    rig.trades(1, 23, { instrument: apple, price: 169.79, cumulativeValue: 3_566 })
    expect(rig.of('gap').map(({ missingValue }) => missingValue)).toEqual([1_698.21, null])
  })
})

describe('a record that was delivered before', () => {
  it('is dropped and counted, whether it comes again at once or later', () => {
    const rig = continuityRig()
    for (const total of [1_005, 1_005, 1_010, 1_015, 1_010, 1_005]) rig.trades(5, total)
    expect(rig.delivered).toEqual([1_005, 1_010, 1_015])
    expect(rig.duplicates.map(({ cumulativeVolume }) => cumulativeVolume)).toEqual([1_005, 1_010, 1_005])
    expect(rig.reported).toEqual([])
  })

  it('is known for one when hundreds came after it', () => {
    const rig = continuityRig()
    for (let total = 1; total <= 500; total++) rig.trades(1, total)
    for (const total of [1, 250, 400, 500]) rig.trades(1, total)
    expect(rig.duplicates).toHaveLength(4)
    expect(rig.reported).toEqual([])
  })

  it('is known for one by another process that saw it last, and by how old it is', () => {
    const rig = continuityRig()
    rig.trades(5, 1_000, early)
    rig.trades(5, 1_005, early)
    rig.trades(5, 1_010, late)
    rig.restarts()
    rig.trades(5, 1_010, late)
    rig.trades(5, 1_005, early)
    expect(rig.duplicates).toHaveLength(2)
    expect(rig.reported).toEqual([])
  })

  it('comes from two lines that carry the same trades: whichever is first counts, and one makes up for the other', () => {
    const rig = continuityRig()
    const one = [1_005, 1_010, 1_020, 1_025]
    const other = [1_005, 1_010, 1_015, 1_020, 1_025]
    for (const total of [one[0], one[1], other[0], one[2], other[1], other[2], one[3], other[3], other[4]])
      rig.trades(5, total as number)
    expect(rig.delivered).toEqual([1_005, 1_010, 1_020, 1_015, 1_025])
    expect(rig.reported.map(({ type }) => type)).toEqual(['gap', 'gap-filled'])
  })
})

describe('a record that comes late', () => {
  it('is delivered, and what it holds is missing no longer', () => {
    const rig = continuityRig()
    rig.trades(5, 1_005)
    rig.trades(5, 1_030)
    rig.trades(4, 1_012, { receivedTime: at('10:00:03') })
    expect(rig.seen.slice(-2)).toEqual([
      {
        type: 'gap-filled',
        instrument: samsung,
        businessDate: 20260914,
        filledVolume: 4,
        fromVolume: 1_008,
        toVolume: 1_012,
        receivedTime: at('10:00:03'),
      },
      expect.objectContaining({ type: 'trade', cumulativeVolume: 1_012 }),
    ])
  })

  it('fills its part of a gap once, and leaves the rest to others', () => {
    const rig = continuityRig()
    rig.trades(5, 1_005)
    rig.trades(5, 1_030)
    for (const total of [1_015, 1_015, 1_010, 1_025, 1_020, 1_025]) rig.trades(5, total)
    expect(rig.of('gap').map(({ missingVolume }) => missingVolume)).toEqual([20])
    expect(rig.of('gap-filled').map(({ toVolume }) => toVolume)).toEqual([1_015, 1_010, 1_025, 1_020])
    expect(rig.duplicates).toHaveLength(2)
  })

  it('is delivered from before we joined, without a word: that was no gap', () => {
    const rig = continuityRig()
    rig.trades(5, 1_005)
    rig.trades(5, 1_000)
    rig.trades(5, 1_000)
    expect(rig.delivered).toEqual([1_005, 1_000])
    expect(rig.reported).toEqual([])
    expect(rig.duplicates).toHaveLength(1)
  })

  it('is dropped when so many gaps came after its own that this one is remembered no more, and stays missing', () => {
    const rig = continuityRig()
    rig.trades(1, 1)
    for (let gaps = 1; gaps <= mostRanges + 1; gaps++) rig.trades(1, 1 + gaps * 2)
    rig.trades(1, 2)
    rig.trades(1, 4)
    expect(rig.of('gap')).toHaveLength(mostRanges + 1)
    expect(rig.of('gap-filled').map(({ toVolume }) => toVolume)).toEqual([4])
    expect(rig.duplicates).toHaveLength(1)
  })

  it('fills the gap that another process reported', () => {
    const rig = continuityRig()
    rig.trades(5, 1_005)
    rig.trades(5, 1_015)
    rig.restarts()
    rig.trades(5, 1_010)
    expect(rig.reported.map(({ type }) => type)).toEqual(['gap', 'gap-filled'])
  })
})

describe('what is missing after', () => {
  it('an outage is measured by the first trade', () => {
    const rig = continuityRig()
    rig.trades(5, 1_005, early)
    rig.disconnects()
    rig.resumes()
    rig.trades(5, 1_105, late)
    rig.trades(5, 1_115, late)
    expect(rig.of('gap')).toMatchObject([
      { cause: 'outage', missingVolume: 95, from: early.eventTime, to: late.eventTime },
      { cause: 'lost', missingVolume: 5 },
    ])
  })

  it('an outage is nothing when nothing was traded, and what is repeated does not end it', () => {
    const rig = continuityRig()
    rig.trades(5, 1_005)
    rig.trades(5, 1_005, { instrument: hynix })
    rig.disconnects()
    rig.trades(5, 1_005)
    rig.trades(5, 1_020)
    rig.trades(5, 1_010, { instrument: hynix })
    rig.trades(5, 1_020, { instrument: hynix })
    expect(rig.of('gap').map(({ instrument, cause }) => [instrument, cause])).toEqual([
      [samsung, 'outage'],
      [hynix, 'lost'],
    ])
    expect(rig.duplicates).toHaveLength(1)
  })

  it('the outage of another market was lost', () => {
    const rig = continuityRig()
    rig.trades(5, 1_005)
    rig.disconnects('US')
    rig.trades(5, 1_015)
    expect(rig.of('gap')).toMatchObject([{ cause: 'lost' }])
  })

  it('letting go of an instrument was missed for that, stragglers or not', () => {
    const rig = continuityRig()
    rig.trades(5, 1_005)
    rig.trades(5, 1_005, { instrument: hynix })
    rig.becomes('releasing')
    rig.becomes('released')
    rig.trades(5, 1_010)
    rig.becomes('releasing', hynix, 'order-book')
    rig.becomes('released', null)
    rig.becomes('requested')
    rig.becomes('active')
    rig.trades(5, 1_020)
    rig.trades(5, 1_030)
    rig.trades(5, 1_015, { instrument: hynix })
    expect(rig.of('gap').map(({ cause }) => cause)).toEqual(['unsubscribed', 'lost', 'lost'])
  })

  it('an outage is reported as one, although everything is subscribed again', () => {
    const rig = continuityRig()
    rig.trades(5, 1_005)
    rig.becomes('releasing')
    rig.becomes('released')
    rig.disconnects()
    rig.becomes('wanted')
    rig.becomes('requested')
    rig.becomes('active')
    rig.trades(5, 1_015)
    expect(rig.of('gap')).toMatchObject([{ cause: 'outage' }])
  })

  it('a restart of the process is measured from what was saved, whatever the line did meanwhile', () => {
    const rig = continuityRig()
    rig.trades(5, 1_005, early)
    rig.restarts()
    rig.becomes('wanted')
    rig.becomes('requested')
    rig.disconnects()
    rig.becomes('active')
    rig.trades(5, 1_105, late)
    expect(rig.of('gap')).toMatchObject([
      { cause: 'restart', missingVolume: 95, missingValue: 9_500, from: early.eventTime, to: late.eventTime },
    ])
  })

  it('a restart on another date is not known, and not reported', () => {
    const rig = continuityRig()
    rig.trades(5, 1_005)
    rig.restarts()
    rig.trades(5, 705, { businessDate: 20260915 })
    expect(rig.reported).toEqual([])
    expect(rig.delivered).toEqual([1_005, 705])
  })
})

describe('the operator', () => {
  it('has a memory for each subscription unless given one', () => {
    const source = new Subject<MarketEvent>()
    const checked = source.pipe(checkContinuity())
    const seen: string[] = []
    checked.subscribe(({ type }) => seen.push(`first ${type}`))
    source.next(trade({ volume: 1, cumulativeVolume: 10 }))
    checked.subscribe(({ type }) => seen.push(`second ${type}`))
    source.next(trade({ volume: 1, cumulativeVolume: 20 }))
    expect(seen).toEqual(['first trade', 'first gap', 'first trade', 'second trade'])
  })

  it('completes with its source, passes on its error, and lets go of it', () => {
    const ends: unknown[] = []
    const source = new Subject<MarketEvent>()
    source.pipe(checkContinuity()).subscribe({ complete: () => ends.push('complete') })
    source.complete()
    throwError(() => 'broken')
      .pipe(checkContinuity())
      .subscribe({ error: error => ends.push(error) })
    expect(ends).toEqual(['complete', 'broken'])
    const other = new Subject<MarketEvent>()
    other.pipe(checkContinuity()).subscribe().unsubscribe()
    expect(other.observed).toBe(false)
  })
})
