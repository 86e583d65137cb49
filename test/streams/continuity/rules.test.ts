// The named exceptions: what moves a total without anything having gone missing.
import { describe, expect, it } from 'vitest'
import { hourMs } from '../../../market/basics/durations.ts'
import type { Instrument } from '../../../market/instrument.ts'
import { continuityRig } from './rig.ts'
import { apple, at, hynix, samsung } from '../samples.ts'

describe('the first trade of a date', () => {
  it('shows what was traded before we joined; that is no gap', () => {
    const rig = continuityRig()
    rig.trades(200_607, 200_731)
    rig.trades(3, 3, { instrument: hynix })
    expect(rig.reported).toEqual([])
    expect(rig.joinedLate).toEqual([124])
  })

  it('begins a new count, with or without an outage before it, and the count of the old date still knows its stragglers', () => {
    const rig = continuityRig()
    const yesterday = { businessDate: 20260913, eventTime: at('10:00:00') - 24 * hourMs }
    rig.trades(5, 1_005, yesterday)
    rig.trades(5, 1_015, yesterday)
    rig.disconnects()
    rig.trades(7, 7)
    rig.trades(5, 1_010, yesterday)
    rig.trades(5, 1_015, yesterday)
    rig.trades(3, 10)
    expect(rig.reported.map(({ type }) => type)).toEqual(['gap', 'disconnect', 'gap-filled'])
    expect(rig.delivered).toEqual([1_005, 1_015, 7, 1_010, 10])
  })

  it('is not made by midnight in Korea: the date is the exchange’s', () => {
    const rig = continuityRig()
    rig.trades(1, 100, { instrument: apple, eventTime: at('23:59:59') })
    rig.trades(1, 102, { instrument: apple, eventTime: at('23:59:59') + 2_000 })
    expect(rig.of('gap')).toMatchObject([{ missingVolume: 1 }])
  })

  it('is counted apart for the day market, and for each venue of Korea', () => {
    const rig = continuityRig()
    const instruments: Instrument[] = ['NAS:AAPL', 'BAQ:AAPL', 'KRX:005930', 'NXT:005930', 'UN:005930']
    for (const round of [1, 2]) {
      for (const [i, instrument] of instruments.entries()) rig.trades(10, 1_000 * (i + 1) + 10 * round, { instrument })
    }
    expect(rig.reported).toEqual([])
  })
})

describe('a trade that cannot be placed', () => {
  it.each([
    ['its total', { cumulativeVolume: null }],
    ['its date', { businessDate: null }],
  ])('because %s could not be read is passed on, and its volume explains the jump', (_what, changes) => {
    const rig = continuityRig()
    rig.trades(5, 1_005)
    rig.trades(5, 1_010, changes)
    rig.trades(5, 1_015)
    expect(rig.of('trade')).toHaveLength(3)
    expect(rig.reported).toEqual([])
    rig.trades(5, 1_010)
    expect(rig.duplicates).toHaveLength(1)
  })

  it('because its volume could not be read makes it impossible to tell what is missing, and that is said', () => {
    const rig = continuityRig()
    rig.trades(5, 1_005, { eventTime: at('10:00:00') })
    rig.trades(0, 1_010, { volume: null })
    rig.trades(5, 1_015, { eventTime: at('10:00:09') })
    rig.trades(5, 1_025)
    expect(rig.reported).toMatchObject([
      { type: 'resync', reason: 'unreadable', from: at('10:00:00'), to: at('10:00:09'), businessDate: 20260914 },
      { type: 'gap', missingVolume: 5 },
    ])
    expect(rig.seen.map(({ type }) => type)).toEqual(['trade', 'trade', 'resync', 'trade', 'gap', 'trade'])
  })

  it('does not hide that nothing is missing', () => {
    const rig = continuityRig()
    rig.trades(5, 1_005)
    rig.trades(0, 0, { volume: null, cumulativeVolume: null })
    rig.trades(5, 1_010)
    rig.trades(5, 1_020)
    expect(rig.reported).toMatchObject([{ type: 'gap', missingVolume: 5 }])
  })

  it('may take volume back, and is followed if it says how much', () => {
    const rig = continuityRig()
    rig.trades(5, 1_005)
    rig.trades(-5, 1_000)
    rig.trades(3, 1_003)
    rig.trades(3, 1_006)
    expect(rig.delivered).toEqual([1_005, 1_000, 1_003, 1_006])
    expect(rig.reported).toEqual([])
  })
})

describe('a record of no volume', () => {
  it('is passed on once, and moves nothing', () => {
    const rig = continuityRig()
    rig.trades(5, 1_005)
    rig.trades(0, 1_005)
    rig.trades(0, 1_005, { price: 101 })
    rig.trades(0, 1_005)
    rig.trades(5, 1_010)
    rig.trades(0, 1_005, { price: 102 })
    expect(rig.of('trade')).toHaveLength(4)
    expect(rig.duplicates).toHaveLength(2)
    expect(rig.reported).toEqual([])
  })

  it('is passed on when it is news, though the total has fallen', () => {
    const rig = continuityRig()
    rig.trades(5, 1_005, { eventTime: at('15:30:00') })
    rig.trades(0, 0, { eventTime: at('16:00:00') })
    expect(rig.of('trade')).toHaveLength(2)
  })

  it('reveals a gap as any other does', () => {
    const rig = continuityRig()
    rig.trades(5, 1_005)
    rig.trades(0, 1_015)
    rig.trades(5, 1_020)
    expect(rig.reported).toMatchObject([{ type: 'gap', missingVolume: 10 }])
  })
})

describe('a total that falls', () => {
  const close = { eventTime: at('15:30:00') }
  const after = { eventTime: at('16:00:03') }

  it('because it begins anew in the after-market is followed from there, and no gap', () => {
    const rig = continuityRig()
    rig.trades(5, 5, { eventTime: at('09:00:00') })
    rig.trades(1_000, 1_005, close)
    rig.trades(5, 5, after)
    rig.trades(5, 10, after)
    rig.trades(5, 20, after)
    expect(rig.reported).toMatchObject([
      { type: 'resync', reason: 'count-restarted', from: close.eventTime, to: after.eventTime },
      { type: 'gap', missingVolume: 5, fromVolume: 10 },
    ])
    expect(rig.duplicates).toEqual([])
  })

  it('because it restarted while no feed ran is known by its time, whether the feed had joined late or not', () => {
    for (const opening of [5, 1_000]) {
      const rig = continuityRig()
      rig.trades(5, opening, { eventTime: at('09:00:00') })
      rig.trades(1_000, opening + 1_000, close)
      rig.restarts()
      rig.trades(5, 505, after)
      rig.trades(5, 510, after)
      expect(rig.reported).toMatchObject([{ type: 'resync', reason: 'total-lowered' }])
      expect(rig.duplicates).toEqual([])
    }
  })

  it('because it begins anew is not taken for a repeat when the first trade of both is the same', () => {
    const rig = continuityRig()
    rig.trades(10, 10, close)
    rig.trades(10, 10, after)
    expect(rig.delivered).toEqual([10, 10])
    expect(rig.reported).toMatchObject([{ reason: 'count-restarted' }])
  })

  it('because a trade was cancelled is followed from there, and replays of the time before are still known', () => {
    const rig = continuityRig()
    rig.trades(500, 500, { eventTime: at('10:00:00') })
    rig.trades(500, 1_000, { eventTime: at('10:00:01') })
    rig.trades(10, 910, { eventTime: at('10:00:01') })
    rig.trades(10, 920, { eventTime: at('10:00:02') })
    rig.trades(500, 1_000, { eventTime: at('10:00:01') })
    rig.trades(10, 940, { eventTime: at('10:00:03') })
    expect(rig.reported).toMatchObject([
      { type: 'resync', reason: 'total-lowered' },
      { type: 'gap', missingVolume: 10, fromVolume: 920 },
    ])
    expect(rig.delivered).toEqual([500, 1_000, 910, 920, 940])
    expect(rig.duplicates).toHaveLength(1)
  })

  it('because a trade was cancelled is not taken for a repeated total: the money differs', () => {
    const rig = continuityRig()
    for (const total of [900, 910, 920]) rig.trades(10, total)
    rig.trades(10, 910, { cumulativeValue: 91_050 })
    rig.trades(10, 920, { cumulativeValue: 92_050 })
    expect(rig.delivered).toEqual([900, 910, 920, 910, 920])
    expect(rig.reported).toMatchObject([{ type: 'resync', reason: 'total-lowered' }])
  })

  it('does not make news of what is too old to be remembered', () => {
    const rig = continuityRig()
    for (let total = 1; total <= 300; total++) rig.trades(1, total, { eventTime: at('10:00:00') })
    rig.trades(1, 280, { eventTime: at('10:00:01') })
    for (const total of [1, 50, 100]) rig.trades(1, total, { eventTime: at('09:59:59') })
    expect(rig.duplicates).toHaveLength(3)
    expect(rig.reported).toMatchObject([{ type: 'resync', reason: 'total-lowered' }])
  })

  it('and rises again by turns, as if venues had totals of their own, is followed as two', () => {
    const rig = continuityRig()
    let one = 0
    let two = 0
    for (let second = 0; second < 20; second++) {
      const eventTime = at('10:00:00') + second * 1_000
      rig.trades(7, (one += 7), { eventTime })
      rig.trades(3, (two += 3), { eventTime })
    }
    expect(rig.reported).toMatchObject([{ type: 'resync', reason: 'count-restarted' }])
    expect(rig.of('trade')).toHaveLength(40)
  })
})

describe('a total restated after the close of the US', () => {
  const last = { instrument: apple, eventTime: at('08:59:59') }
  const replayed = { ...last, receivedTime: at('16:30:05') }

  it('is no gap: the last record again, with more of a total', () => {
    const rig = continuityRig()
    rig.trades(5, 1_005, last)
    rig.disconnects('US')
    rig.trades(5, 2_400, replayed)
    expect(rig.reported.slice(1)).toMatchObject([{ type: 'resync', reason: 'total-restated', to: last.eventTime }])
  })

  it('is forgotten as soon as trades follow the total that was known', () => {
    const rig = continuityRig()
    rig.trades(5, 1_005, last)
    rig.restarts()
    rig.trades(5, 2_400, replayed)
    rig.trades(5, 1_010, { instrument: apple, eventTime: at('17:00:00') })
    rig.trades(5, 1_020, { instrument: apple, eventTime: at('17:00:01') })
    expect(rig.reported).toMatchObject([{ type: 'resync' }, { type: 'gap', missingVolume: 5 }])
  })

  it.each([
    ['time has passed', { eventTime: at('09:00:00') }],
    ['it is fresh', { receivedTime: at('09:00:00') }],
    ['it is Korean', { instrument: samsung }],
  ])('is a gap when %s', (_when, changes) => {
    const rig = continuityRig()
    const instrument = 'instrument' in changes ? changes.instrument : apple
    rig.trades(5, 1_005, { ...last, instrument })
    rig.disconnects('US')
    rig.disconnects('KR')
    rig.trades(5, 2_400, { ...replayed, ...changes })
    expect(rig.of('gap')).toMatchObject([{ missingVolume: 1_390, cause: 'outage' }])
  })

  it('is a gap when the line was up all the time', () => {
    const rig = continuityRig()
    rig.trades(5, 1_005, last)
    rig.trades(5, 2_400, replayed)
    expect(rig.of('gap')).toHaveLength(1)
  })
})
