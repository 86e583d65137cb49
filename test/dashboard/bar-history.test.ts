// What is kept for a page that is opened later: the latest of everything, the bars, and what went wrong.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createBarHistory } from '../../dashboard/bar-history.ts'
import { createLatestPrices, tapeLength } from '../../dashboard/latest-prices.ts'
import { createChartMarks } from '../../dashboard/chart-marks.ts'
import { createTroubles } from '../../dashboard/troubles.ts'
import { systemClock } from '../../market/clock.ts'
import type { MarketEvent } from '../../market/events.ts'
import { at, hynix, orderBook, samsung, trade } from '../streams/samples.ts'

describe('the board', () => {
  it('keeps the latest of each instrument, and what changed since a version', () => {
    const prices = createLatestPrices()
    prices.note(trade({ price: 1 }))
    prices.note(trade({ price: 2, instrument: hynix }))
    const version = prices.version()
    prices.note(trade({ price: 3 }))
    prices.note(orderBook())
    expect(prices.since(0).map(({ instrument }) => instrument)).toEqual([samsung, hynix])
    expect(prices.since(version)).toMatchObject([
      { instrument: samsung, trade: { price: 3 }, book: { totalBidVolume: 400 } },
    ])
    expect(prices.since(prices.version())).toEqual([])
  })

  it('keeps the last trades in order, and counts those that are gone', () => {
    const prices = createLatestPrices()
    for (let price = 1; price <= tapeLength + 10; price++) prices.note(trade({ price }))
    const { trades, missed } = prices.tape(samsung, 5)
    expect(missed).toBe(5)
    expect(trades.map(({ price }) => price)).toEqual(Array.from({ length: tapeLength }, (_, i) => i + 11))
    expect(prices.tape(samsung, tapeLength + 8).trades.map(({ price }) => price)).toEqual([
      tapeLength + 9,
      tapeLength + 10,
    ])
    expect(prices.tape('KRX:000001', 0)).toEqual({ trades: [], missed: 0 })
  })

  it('keeps the last previous close of a date, through a trade that has none', () => {
    const prices = createLatestPrices()
    const note = (previousClose: number | null, businessDate = 20260914) =>
      prices.note(trade({ previousClose, businessDate }))
    note(270_000)
    note(null)
    expect(prices.of(samsung)?.previousClose).toBe(270_000)
    note(null, 20260915)
    expect(prices.of(samsung)?.previousClose).toBeNull()
    note(271_000, 20260915)
    expect(prices.of(samsung)?.previousClose).toBe(271_000)
  })
})

describe('the bars', () => {
  beforeEach(() => void vi.useFakeTimers({ now: at('10:00:00') }))
  afterEach(() => void vi.useRealTimers())

  function story() {
    const bars = createBarHistory(systemClock)
    let total = 0
    return {
      bars,
      trades(time: string, price: number, volume = 1) {
        vi.advanceTimersByTime(Math.max(0, at(time) - Date.now()))
        total += volume
        bars.note(trade({ price, volume, cumulativeVolume: total, eventTime: at(time) }))
      },
      tells: (event: MarketEvent) => bars.note(event),
    }
  }

  it('are kept by five seconds, and joined to minutes', () => {
    const { bars, trades } = story()
    trades('10:00:01', 10)
    trades('10:00:06', 30, 2)
    trades('10:00:11', 5, 3)
    trades('10:01:01', 7)
    trades('10:01:06', 8)
    const minute = at('10:00:00') / 1000
    expect(bars.seconds(samsung).map(([time, , , , close]) => [time - minute, close])).toEqual([
      [0, 10],
      [5, 30],
      [10, 5],
      [60, 7],
    ])
    expect(bars.minutes(samsung)[0]).toEqual([minute, 10, 30, 5, 5, 6, true])
    expect(bars.since(samsung, 2)).toEqual({ bars: bars.seconds(samsung).slice(2), minutes: [], count: 4 })
    expect(bars.since('KRX:000001', 0)).toEqual({ bars: [], minutes: [], count: 0 })
  })

  it('say of a minute that lacks a part of itself that it does', () => {
    const { bars, trades, tells } = story()
    trades('10:00:01', 10)
    trades('10:00:06', 11)
    tells({ type: 'disconnect', line: '1', market: 'KR', reason: 'cut', receivedTime: at('10:00:07') })
    tells({ type: 'resume', line: '1', market: 'KR', outageMs: 3_000, receivedTime: at('10:00:10') })
    trades('10:00:21', 12)
    trades('10:00:26', 13)
    trades('10:00:31', 13)
    expect(bars.minutes(samsung)).toHaveLength(1)
    expect(bars.minutes(samsung)[0]?.[6]).toBe(false)
  })

  it('say so too of a minute whose missing part comes before its first bar', () => {
    const { bars, trades, tells } = story()
    trades('09:59:56', 9)
    trades('10:00:01', 10)
    tells({ type: 'disconnect', line: '1', market: 'KR', reason: 'cut', receivedTime: at('10:00:02') })
    tells({ type: 'resume', line: '1', market: 'KR', outageMs: 1_000, receivedTime: at('10:00:03') })
    trades('10:00:11', 12)
    trades('10:00:16', 13)
    trades('10:00:21', 13)
    expect(bars.minutes(samsung).map(([, open, , , , , isWhole]) => [open, isWhole])).toEqual([
      [9, false],
      [12, false],
    ])
  })

  it('take in a repaired one where it belongs, and the minute it completes is whole again', () => {
    const { bars, tells } = story()
    const minute = at('10:00:00') / 1000
    const own = { instrument: samsung, businessDate: 20260914 } as const
    function trades(time: string, price: number, cumulativeVolume: number, arrives = time): void {
      vi.advanceTimersByTime(Math.max(0, at(arrives) - Date.now()))
      bars.note(trade({ price, volume: 1, cumulativeVolume, eventTime: at(time), receivedTime: at(arrives) }))
    }
    trades('10:00:01', 10, 1)
    trades('10:00:06', 11, 2)
    const span = { missingVolume: 3, fromVolume: 2, toVolume: 5, from: at('10:00:06'), to: at('10:00:18') }
    tells({ type: 'gap', cause: 'lost', ...own, missingValue: null, ...span, receivedTime: at('10:00:18') })
    trades('10:00:18', 12, 6)
    trades('10:00:26', 13, 7)
    trades('10:01:01', 14, 8)
    trades('10:01:06', 15, 9)
    expect(bars.minutes(samsung)[0]).toEqual([minute, 10, 13, 10, 13, 2, false])
    const { count } = bars.since(samsung, 0)

    const found = { volume: 1, bidPrice: null, askPrice: null }
    tells({
      type: 'backfill',
      ...own,
      fromVolume: 2,
      toVolume: 5,
      trades: [
        { ...found, price: 20, cumulativeVolume: 3, eventTime: at('10:00:07') },
        { ...found, price: 5, cumulativeVolume: 4, eventTime: at('10:00:12') },
        { ...found, price: 6, cumulativeVolume: 5, eventTime: at('10:00:17') },
      ],
      receivedTime: at('10:01:07'),
    })
    expect(bars.seconds(samsung).map(([time, , , , , volume]) => [time - minute, volume])).toEqual([
      [0, 1],
      [5, 2],
      [10, 1],
      [15, 2],
      [25, 1],
      [60, 1],
    ])
    const whole = [minute, 10, 20, 5, 13, 7, true]
    expect(bars.minutes(samsung)[0]).toEqual(whole)
    const news = bars.since(samsung, count)
    expect(news.bars.map(([time]) => time - minute)).toEqual([5, 10, 15])
    expect(news.minutes).toEqual([whole])
    expect(bars.since(samsung, news.count).minutes).toEqual([])
  })

  it('say of a minute that is repaired before it is over so once it is, and of a withdrawn one that it is not whole', () => {
    const { bars, trades } = story()
    const minute = at('10:00:00') / 1000
    trades('10:00:01', 10)
    trades('10:00:06', 11)
    trades('10:00:11', 12)
    trades('10:00:07', 13)
    const { count, minutes } = bars.since(samsung, 0)
    expect(minutes).toEqual([])
    bars.note(trade({ price: null, volume: 9, eventTime: at('10:00:02') }))
    expect(bars.seconds(samsung).map(([time, , , , , volume, isWhole]) => [time - minute, volume, isWhole])).toEqual([
      [0, 1, false],
      [5, 2, true],
    ])
    trades('10:01:01', 14)
    trades('10:01:06', 15)
    expect(bars.since(samsung, count).minutes).toEqual([[minute, 10, 13, 10, 12, 4, false]])
  })
})

describe('the marks', () => {
  const gap = {
    type: 'gap',
    instrument: samsung,
    cause: 'outage',
    businessDate: 20260914,
    missingVolume: 500,
    missingValue: null,
    fromVolume: 0,
    toVolume: 500,
    from: at('10:00:01'),
    to: at('10:00:05'),
    receivedTime: at('10:00:06'),
  } as const

  it('tell gaps, repairs and outages where they happened', () => {
    const marks = createChartMarks()
    marks.note({ type: 'disconnect', line: '1', market: 'KR', reason: 'close code 1006', receivedTime: 1_000 })
    expect(marks.all()).toEqual([{ kind: 'outage', market: 'KR', from: 1_000, to: null, cause: 'close code 1006' }])
    const version = marks.version()
    marks.note({ type: 'resume', line: '1', market: 'KR', outageMs: 3_000, receivedTime: 4_000 })
    marks.note(gap)
    marks.note({
      type: 'gap-filled',
      instrument: samsung,
      businessDate: 20260914,
      filledVolume: 7,
      fromVolume: 0,
      toVolume: 7,
      receivedTime: 5_000,
    })
    expect(marks.version()).toBeGreaterThan(version)
    expect(marks.all()).toEqual([
      { kind: 'outage', market: 'KR', from: 1_000, to: 4_000, cause: 'close code 1006' },
      {
        kind: 'gap',
        instrument: samsung,
        businessDate: 20260914,
        fromVolume: 0,
        toVolume: 500,
        from: gap.from,
        to: gap.to,
        volume: 500,
        cause: 'outage',
        came: 7,
        explained: 0,
        isJudged: false,
      },
      { kind: 'repair', instrument: samsung, from: 5_000, to: 5_000, volume: 7 },
    ])
  })

  it('tell of a gap what came back, what was explained, and whether REST was asked about the rest', () => {
    const marks = createChartMarks()
    const verdict = {
      type: 'gap-verdict',
      instrument: samsung,
      verdict: 'unfillable',
      businessDate: 20260914,
      fromVolume: 0,
      toVolume: 500,
      repairedVolume: 300,
      settledVolume: 0,
      explainedVolume: 50,
      unknownVolume: 150,
      unknown: [],
      evidence: [],
      receivedTime: 7_000,
    } as const
    const backfill = { type: 'backfill', instrument: samsung, trades: [], receivedTime: 6_000 } as const
    marks.note(gap)
    marks.note({ ...gap, fromVolume: 600, toVolume: 700, missingVolume: 100 })
    marks.note({ ...backfill, businessDate: 20260914, fromVolume: 100, toVolume: 400 })
    marks.note(verdict)
    marks.note(verdict)
    // Another day, another name, and what lies across both gaps: none of this one's.
    marks.note({ ...backfill, businessDate: 20260915, fromVolume: 0, toVolume: 500 })
    marks.note({ ...backfill, businessDate: 20260914, instrument: hynix, fromVolume: 0, toVolume: 500 })
    marks.note({ ...backfill, businessDate: 20260914, fromVolume: 450, toVolume: 650 })
    expect(marks.all().filter(({ kind }) => kind === 'gap')).toMatchObject([
      { volume: 500, came: 300, explained: 50, isJudged: true },
      { volume: 100, came: 0, explained: 0, isJudged: false },
    ])
  })

  it('are the newest five hundred', () => {
    const marks = createChartMarks()
    for (let volume = 1; volume <= 600; volume++) marks.note({ ...gap, missingVolume: volume })
    expect(marks.all()).toHaveLength(500)
    expect(marks.all()[0]).toMatchObject({ volume: 101 })
  })
})

it('troubles have their reasons, never their text', () => {
  const troubles = createTroubles()
  troubles.note({ type: 'malformed', reason: 'no frame', raw: 'whatever stood in it', receivedTime: 1 })
  troubles.note({ type: 'schema-drift', tr: 'H0STCNT0', width: 48, knownWidth: 47, receivedTime: 2 })
  expect(troubles.last()).toEqual([
    { kind: 'malformed', at: 1, what: 'no frame' },
    { kind: 'schema-drift', at: 2, what: 'H0STCNT0: 47 → 48' },
  ])
})

describe('what names endless instruments', () => {
  const many = Array.from({ length: 5_000 }, (_, i): `KRX:${string}` => `KRX:${String(i).padStart(6, '0')}`)

  it('leaves the page the last thousand, and those that go on', () => {
    const prices = createLatestPrices()
    const bars = createBarHistory(systemClock)
    for (const [i, instrument] of many.entries()) {
      for (const note of [prices.note, bars.note]) {
        note(trade({ instrument, price: i }))
        if (i % 100 === 0) note(trade({ price: 7 }))
      }
    }
    expect(prices.since(0)).toHaveLength(1_000)
    expect(prices.of(samsung)?.trade?.price).toBe(7)
    expect(prices.of(many.at(-1) ?? '')?.trade?.price).toBe(4_999)
    bars.stop()
  })
})
