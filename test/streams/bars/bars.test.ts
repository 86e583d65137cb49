import { NEVER, of, Subject, take, throwError } from 'rxjs'
import { TestScheduler } from 'rxjs/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { MarketEvent } from '../../../market/events.ts'
import { parseBarInterval } from '../../../streams/bars/intervals.ts'
import { toBars } from '../../../streams/bars/bars.ts'
import { barRig, upRig } from './rig.ts'
import { apple, at, hynix, samsung, trade } from '../samples.ts'

beforeEach(() => {
  vi.useFakeTimers({ now: at('09:59:00') })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('an interval', () => {
  it.each([
    ['1s', 1_000],
    ['5s', 5_000],
    ['10s', 10_000],
    ['1m', 60_000],
    ['5m', 300_000],
    ['15m', 900_000],
    ['1h', 3_600_000],
    ['12h', 43_200_000],
    ['1d', null],
  ])('written %s lasts %s ms', (text, lengthMs) => {
    expect(parseBarInterval(text)).toEqual({ value: { interval: text, lengthMs } })
  })

  it.each([
    ['7s', 'does not divide a day'],
    ['7h', 'does not divide a day'],
    ['24h', 'a day is written 1d'],
    ['2d', 'is no interval'],
    ['0s', 'is no interval'],
    ['-1m', 'is no interval'],
    ['1.5m', 'is no interval'],
    ['1M', 'is no interval'],
    ['1 m', 'is no interval'],
    ['m', 'is no interval'],
    ['', 'is no interval'],
  ])('written %j is refused, because it %s', (text, reason) => {
    const parsed = parseBarInterval(text)
    expect(parsed).toHaveProperty('problem')
    expect('problem' in parsed && parsed.problem).toContain(`'${text}'`)
    expect('problem' in parsed && parsed.problem).toContain(reason)
  })

  it('that is none is refused before anything is subscribed', () => {
    expect(() => toBars('7s')).toThrow(/7s.*does not divide a day/)
  })

  it('with an option that is none is refused, too, and may have a whole replay as its options', () => {
    const given = (options: object) => () => toBars('1m', options)
    expect(given({ graceMS: 1 })).toThrow('graceMS is no option here; did you mean graceMs?')
    expect(given({ onForgoten() {} })).toThrow('did you mean onForgotten?')
    for (const graceMs of ['1s', Number.NaN, -1]) expect(given({ graceMs })).toThrow(`graceMs ${graceMs}: expected`)
    expect(given({ events$: NEVER, play() {}, clock: { now: () => 0 } })).not.toThrow()
  })
})

describe('a bar', () => {
  it('holds first, highest, lowest and last price, and the sum of the volumes', () => {
    const rig = upRig('1m')
    rig.trades('10:00:00', 10, { price: 100 })
    rig.trades('10:00:20', 20, { price: 130 })
    rig.trades('10:00:40', 5, { price: 90 })
    rig.trades('10:00:59', 1, { price: 110 })
    rig.trades('10:01:00', 1)
    expect(rig.bars).toEqual([
      {
        type: 'bar',
        instrument: samsung,
        startTime: at('10:00:00'),
        endTime: at('10:01:00'),
        open: 100,
        high: 130,
        low: 90,
        close: 110,
        volume: 36,
        tradeCount: 4,
      },
    ])
  })

  it('comes with the first trade of a later one of the same instrument, not of another', () => {
    const rig = upRig('1m')
    rig.trades('10:00:10', 1)
    rig.trades('10:01:00', 1, { instrument: hynix })
    expect(rig.published).toEqual([])
    rig.trades('10:01:01', 1)
    expect(rig.published).toEqual([['10:00:00', 1]])
  })

  it('comes after its grace when no later trade ends it', () => {
    const rig = upRig('1m', { graceMs: 1_500 })
    rig.trades('10:00:10', 7)
    rig.advanceTo(at('10:01:01') + 499)
    expect(rig.published).toEqual([])
    rig.advanceTo(at('10:01:01') + 500)
    expect(rig.published).toEqual([['10:00:00', 7]])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('waits 2 s for stragglers by default, and takes them in', () => {
    const rig = upRig('1m')
    rig.trades('10:00:59', 7)
    rig.advanceTo('10:01:01')
    rig.events.next(trade({ volume: 3, eventTime: at('10:00:59'), receivedTime: at('10:01:01') }))
    rig.advanceTo('10:01:02')
    expect(rig.published).toEqual([['10:00:00', 10]])
  })

  it('of a feed that is delayed waits as long as its trades do', () => {
    const rig = upRig('1m')
    const delayed = (time: string, arrives: string) => {
      rig.advanceTo(arrives)
      rig.events.next(trade({ instrument: 'TSE:7203', eventTime: at(time), receivedTime: at(arrives) }))
    }
    delayed('10:00:10', '10:15:10')
    delayed('10:00:50', '10:15:50')
    expect(rig.published).toEqual([])
    rig.advanceTo('10:16:02')
    expect(rig.published).toEqual([['10:00:00', 2]])
    expect(rig.skipped).toEqual([])
  })

  it('of the hour starts on the Korean hour, and of twelve hours at Korean midnight or noon', () => {
    for (const [interval, startTime] of [
      ['1h', '10:00:00'],
      ['2h', '10:00:00'],
      ['12h', '00:00:00'],
      ['15m', '10:30:00'],
      ['5s', '10:31:15'],
    ] as const) {
      const rig = barRig(interval)
      rig.trades('10:31:17', 1, { cumulativeVolume: 1 })
      rig.trades('10:31:17', 1, { eventTime: at('23:00:00') })
      expect(rig.published).toEqual([[startTime, 1]])
    }
  })

  it('is published by a clock of its own on a scheduler of its own', () => {
    const scheduler = new TestScheduler((actual, expected) => expect(actual).toEqual(expected))
    scheduler.run(({ hot, expectObservable }) => {
      const clock = { now: () => at('10:00:00') + scheduler.now() }
      const events = {
        r: { type: 'resume', line: '1', market: 'KR', outageMs: 0, receivedTime: at('10:00:00') },
        t: trade({ eventTime: at('10:00:02'), volume: 5 }),
      } as const
      const bars = hot<MarketEvent>('r 2s t 9s -|', events).pipe(toBars('5s', { clock, scheduler, graceMs: 500 }))
      expectObservable(bars).toBe('5500ms b 5502ms |', {
        b: expect.objectContaining({ startTime: at('10:00:00'), endTime: at('10:00:05'), volume: 5 }),
      })
    })
  })

  it('is not published twice, and counts each trade once, when its receiver causes the next trade', () => {
    const rig = upRig('1m')
    const echo = new Subject<MarketEvent>()
    const seen: number[] = []
    echo.pipe(toBars('1m')).subscribe(bar => {
      seen.push(bar.volume)
      if (seen.length === 1) echo.next(trade({ eventTime: at('10:01:30'), volume: 100 }))
    })
    echo.next({ type: 'resume', line: '1', market: 'KR', outageMs: 0, receivedTime: at('09:59:00') })
    for (const time of ['10:00:10', '10:01:10', '10:02:10']) echo.next(trade({ eventTime: at(time) }))
    expect(seen).toEqual([1, 101])
    rig.subscription.unsubscribe()
  })
})

describe('a bar of a business date', () => {
  it('runs from midnight to midnight of the venue, whatever the hours of that day', () => {
    const rig = barRig('1d')
    const day = (businessDate: number, eventTime: string) =>
      rig.events.next(
        trade({ instrument: apple, businessDate, volume: 9, cumulativeVolume: 9, eventTime: Date.parse(eventTime) }),
      )
    day(20261030, '2026-10-30T09:30:00-04:00')
    day(20261101, '2026-11-01T09:30:00-05:00')
    day(20261102, '2026-11-02T09:30:00-05:00')
    expect(rig.bars.map(({ startTime, endTime }) => [startTime, endTime])).toEqual([
      [Date.parse('2026-10-30T00:00:00-04:00'), Date.parse('2026-10-31T00:00:00-04:00')],
      [Date.parse('2026-11-01T00:00:00-04:00'), Date.parse('2026-11-02T00:00:00-05:00')],
    ])
  })

  it('follows the date KIS gives, not the time: the US day market trades for tomorrow', () => {
    const rig = barRig('1d')
    const sunday = { instrument: 'BAQ:AAPL', cumulativeVolume: 1 } as const // 21:00 in New York
    rig.trades('10:00:00', 1, sunday)
    rig.trades('11:00:00', 2, { ...sunday, cumulativeVolume: 3 })
    rig.trades('11:00:00', 1, { ...sunday, businessDate: 20260915 })
    expect(rig.bars).toMatchObject([{ startTime: Date.parse('2026-09-14T00:00:00-04:00'), volume: 3 }])
  })

  it('of the US day market is not whole because the line was up at its midnight, hours after its first trades', () => {
    const rig = barRig('1d')
    rig.resumes('12:00:00', 'US')
    rig.trades('13:30:00', 1, { instrument: 'BAQ:AAPL' })
    rig.trades('13:30:00', 1, { instrument: 'BAQ:AAPL', businessDate: 20260915 })
    expect(rig.bars).toEqual([])
    expect(rig.forgotten).toMatchObject([{ reason: 'joined-late', bar: { volume: 1 } }])
  })

  it('cannot take a trade without a date, or with one that does not exist', () => {
    const rig = barRig('1d')
    rig.trades('10:00:00', 1, { businessDate: null })
    rig.trades('10:00:00', 1, { businessDate: 20261399 })
    expect(rig.skipped.map(({ reason }) => reason)).toEqual(['no-business-date', 'no-business-date'])
  })
})

describe('a trade that enters no bar', () => {
  it.each([
    ['no-price', { price: null }],
    ['no-volume', { volume: null }],
    ['no-event-time', { eventTime: null }],
  ] as const)('is handed over as %s', (reason, changes) => {
    const rig = upRig('1m')
    const incomplete = trade(changes)
    rig.events.next(incomplete)
    expect(rig.skipped).toEqual([{ trade: incomplete, reason }])
  })

  it('is late when its bar is over, and was not published', () => {
    const rig = barRig('1m')
    rig.trades('10:00:10', 1)
    rig.trades('10:01:10', 1)
    rig.trades('10:01:11', 9, { eventTime: at('10:00:59') })
    rig.trades('10:01:12', 9, { eventTime: at('09:59:59') })
    expect(rig.skipped).toMatchObject([
      { reason: 'late', trade: { volume: 9 } },
      { reason: 'late', trade: { volume: 9 } },
    ])
  })

  it('is late when its bar was published more than a hundred bars ago', () => {
    const rig = upRig('1s')
    const seconds = Array.from({ length: 102 }, (_, second) => at('10:00:00') + second * 1_000)
    for (const eventTime of seconds) rig.events.next(trade({ eventTime }))
    rig.events.next(trade({ eventTime: at('10:00:00'), volume: 9 }))
    rig.events.next(trade({ eventTime: at('10:00:01'), volume: 9 }))
    expect(rig.skipped).toMatchObject([{ reason: 'late', trade: { eventTime: at('10:00:00') } }])
    expect(rig.repaired).toEqual([['10:00:01', 10]])
  })

  it('is not late for an instrument because of another', () => {
    const rig = upRig('1m')
    rig.trades('10:01:10', 1, { instrument: hynix })
    rig.trades('10:01:11', 1, { eventTime: at('10:00:59') })
    expect(rig.skipped).toEqual([])
  })
})

describe('a trade that comes after its bar was published', () => {
  it.each([
    ['by a later trade', '10:01:10', '10:01:11'],
    ['by the time', '10:00:20', '10:01:03'],
  ])('%s has the bar published once more, with it, as repaired', (_, next, late) => {
    const rig = upRig('1m')
    rig.trades('10:00:10', 1, { price: 10, cumulativeVolume: 101 })
    rig.trades(next, 1, { price: 20, cumulativeVolume: 102 })
    rig.trades(late, 9, { price: 30, cumulativeVolume: 111, eventTime: at('10:00:59') })
    expect(rig.skipped).toEqual([])
    const [first, second] = rig.bars
    expect(first).not.toHaveProperty('isRepaired')
    const volume = Number(first?.volume) + 9
    expect(second).toMatchObject({ startTime: at('10:00:00'), open: 10, high: 30, close: 30, volume, isRepaired: true })
    rig.advanceTo('10:03:00')
    expect(rig.repaired).toEqual([['10:00:00', volume]])
  })
})

describe('the stream of bars', () => {
  it('publishes nothing half-built when its source completes, and leaves no timer behind', () => {
    const rig = upRig('1m')
    rig.trades('10:00:10', 1)
    rig.events.complete()
    expect(rig.isComplete).toBe(true)
    expect(rig.published).toEqual([])
    expect(rig.lost).toEqual([['10:00:00', 1, 'completed']])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('leaves no timer behind when it is left, by hand or by the last bar wanted', () => {
    const rig = upRig('1m')
    rig.trades('10:00:10', 1)
    rig.subscription.unsubscribe()
    const events = new Subject<MarketEvent>()
    events.pipe(toBars('1m'), take(1)).subscribe()
    for (const time of ['10:00:00', '10:01:00', '10:02:00']) events.next(trade({ eventTime: at(time) }))
    expect(events.observed).toBe(false)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('has a memory for each subscriber', () => {
    const events = new Subject<MarketEvent>()
    const bars = events.pipe(toBars('1m'))
    const seen: string[] = []
    bars.subscribe(bar => seen.push(`early ${bar.volume}`))
    events.next({ type: 'resume', line: '1', market: 'KR', outageMs: 0, receivedTime: at('09:59:59') })
    events.next(trade({ eventTime: at('10:00:10') }))
    bars.subscribe(bar => seen.push(`late ${bar.volume}`))
    events.next(trade({ eventTime: at('10:00:20') }))
    events.next(trade({ eventTime: at('10:01:20') }))
    expect(seen).toEqual(['early 2'])
  })

  it('passes on an error of its source', () => {
    const seen: unknown[] = []
    throwError(() => 'broken')
      .pipe(toBars('1m'))
      .subscribe({ error: error => seen.push(error) })
    expect(seen).toEqual(['broken'])
  })

  it('asks for no callbacks', () => {
    const bars = [NEVER, of(trade({ price: null }), trade(), trade({ eventTime: at('10:01:00') }))]
    for (const source of bars) expect(() => source.pipe(toBars('1m')).subscribe()).not.toThrow()
  })
})
