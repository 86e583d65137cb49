// Bars of generated stories: what is published is right, and what is not is accounted for.
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Bar, SubscriptionStatus, Trade } from '../../../market/events.ts'
import { type Instrument, type Market, marketOf } from '../../../market/instrument.ts'
import type { BarInterval } from '../../../streams/bars/intervals.ts'
import { barRig } from './rig.ts'
import { apple, at, hynix, samsung, trade } from '../samples.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const start = at('10:00:00')
const interval = fc.constantFrom<BarInterval>('1s', '5s', '1m', '1d')
const instrument = fc.constantFrom<Instrument>(samsung, hynix, apple)
const market = fc.constantFrom<Market>('KR', 'US')
const figure = fc.option(fc.integer({ min: 0, max: 9 }), { freq: 10 })

describe('whatever arrives, in whatever order', () => {
  const step = fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant('trade' as const),
        instrument,
        price: figure,
        volume: figure,
        cumulativeVolume: figure,
        second: fc.option(fc.integer({ min: 0, max: 150 }), { freq: 20 }),
        businessDate: fc.constantFrom(20260913, 20260914, 20260915, 20261399, null),
        delayMs: fc.constantFrom(0, 500, 5_000),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('disconnect' as const, 'resume' as const), market }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('subscription' as const),
        instrument,
        status: fc.constantFrom<SubscriptionStatus>('requested', 'active', 'adopted', 'released', 'refused'),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 20_000 }) }),
    },
  )

  it('every trade is in a bar, or was skipped or forgotten with a reason, and no bar holds trades from before a disconnect', () => {
    fc.assert(
      fc.property(interval, fc.array(step, { maxLength: 60 }), (length, steps) => {
        vi.clearAllTimers() // of a story that failed
        vi.setSystemTime(start)
        let offered = 0
        // What came in for each bucket since the line of its instrument was last interrupted, by a simple
        // model.
        const accepted = new Map<Instrument, Trade[]>()
        const bars: Bar[] = []
        const rig = barRig(length)

        for (const one of steps) {
          const receivedTime = Date.now()
          if (one.kind === 'wait') {
            vi.advanceTimersByTime(one.ms)
          } else if (one.kind === 'trade') {
            const { price, volume, cumulativeVolume, businessDate, second, delayMs } = one
            const eventTime = second === null ? null : start + second * 1_000
            const happened = { instrument: one.instrument, price, volume, cumulativeVolume, businessDate, eventTime }
            const event = trade({ ...happened, receivedTime: (eventTime ?? start) + delayMs })
            offered += event.volume ?? 0
            const before = rig.skipped.length
            rig.events.next(event)
            const own = accepted.get(event.instrument) ?? []
            accepted.set(event.instrument, own)
            if (rig.skipped.length === before) own.push(event)
          } else if (one.kind === 'subscription') {
            const { instrument: whose, status } = one
            rig.events.next({
              type: 'subscription',
              line: '1',
              instrument: whose,
              channel: 'trade',
              status,
              receivedTime,
            })
          } else {
            const reason = 'cut'
            const fact = { line: '1', market: one.market, receivedTime }
            // Bars that were over at this moment are published because of it, from what came before it.
            if (one.kind === 'disconnect') rig.events.next({ type: 'disconnect', reason, ...fact })
            else rig.events.next({ type: 'resume', outageMs: 0, ...fact })
          }
          for (const bar of rig.bars.slice(bars.length)) {
            bars.push(bar)
            const inside = insideOf(bar, accepted.get(bar.instrument) ?? [], length)
            const { open, close, ...others } = summaryOf(inside)
            // Only where totals grow as they do on a day is the order of arrival that in which things
            // happened.
            const isInOrder = !bar.isRepaired && inside.every((one, at) => !isBefore(one, inside[at - 1]))
            expect(bar).toMatchObject(isInOrder ? { open, close, ...others } : others)
          }
          if (one.kind === 'disconnect') {
            for (const [whose, own] of accepted) {
              if (marketOf(whose) !== one.market) continue
              const published = bars.filter(bar => bar.instrument === whose)
              accepted.set(whose, [...new Set(published.flatMap(bar => insideOf(bar, own, length)))])
            }
          }
        }
        rig.events.complete()

        const skipped = sum(rig.skipped.map(({ trade: { volume } }) => volume ?? 0))
        const keyOf = (bar: Pick<Bar, 'instrument' | 'startTime'>) => `${bar.instrument} ${bar.startTime}`
        const published = new Map(rig.bars.map(bar => [keyOf(bar), bar.volume]))
        // One that was published and withdrawn later is counted as published.
        const forgotten = rig.forgotten.filter(({ bar }) => !published.has(keyOf(bar)))
        const withdrawn = rig.forgotten.filter(({ bar }) => published.has(keyOf(bar)))
        for (const { bar } of withdrawn) expect(bar.volume).toBeGreaterThanOrEqual(published.get(keyOf(bar)) ?? 0)
        expect(sum([...published.values()]) + skipped + sum(forgotten.map(({ bar }) => bar.volume))).toBe(offered)
        expect(rig.isComplete).toBe(true)
        expect(vi.getTimerCount()).toBe(0)
        const unmarked = rig.bars.filter(({ isRepaired }) => !isRepaired).map(keyOf)
        expect(new Set(unmarked).size).toBe(unmarked.length)
      }),
      { numRuns: 500 },
    )
  })
})

describe('a day that is received in pieces', () => {
  const secondsOfTape = 40
  const tape = fc.array(
    fc.record({
      second: fc.integer({ min: 0, max: secondsOfTape - 1 }),
      volume: fc.integer({ min: 1, max: 9 }),
      price: fc.nat(9),
    }),
    { maxLength: 60 },
  )
  /** In which second the line goes or comes, and how this is reported. */
  const turns = fc.array(
    fc.record({ second: fc.integer({ min: 0, max: secondsOfTape }), how: fc.constantFrom('line', 'subscription') }),
    { maxLength: 6 },
  )

  it('gives bars of which each is exactly the one that hearing everything would have given', () => {
    fc.assert(
      fc.property(
        tape,
        turns,
        fc.boolean(),
        fc.constantFrom<BarInterval>('1s', '5s', '10s'),
        (shuffled, changes, isReportedUp, length) => {
          vi.setSystemTime(start)
          const trades = toTrades(shuffled)
          const lengthMs = Number.parseInt(length, 10) * 1_000
          const rig = barRig(length)
          let isUp = changes.length % 2 === 0
          const tellUp = (how: string) => {
            const receivedTime = Date.now()
            const own = { instrument: samsung, channel: 'trade', receivedTime }
            if (how === 'line') rig.events.next({ type: 'resume', line: '1', market: 'KR', outageMs: 1, receivedTime })
            else rig.events.next({ type: 'subscription', line: '1', status: 'active', ...own })
          }
          if (isUp && isReportedUp) tellUp('line')

          for (let second = 0; second <= secondsOfTape + 12; second++) {
            // Trades of a second arrive in its middle; the line changes at its end, between this second's and
            // the next one's.
            vi.setSystemTime(start + second * 1_000 + 500)
            for (const event of trades) if (isUp && event.eventTime === start + second * 1_000) rig.events.next(event)
            vi.advanceTimersByTime(499)
            for (const { how } of changes.filter(change => change.second === second)) {
              const receivedTime = Date.now()
              const own = { instrument: samsung, channel: 'trade', receivedTime }
              if (!isUp) tellUp(how)
              else if (how === 'line')
                rig.events.next({ type: 'disconnect', line: '1', market: 'KR', reason: 'cut', receivedTime })
              else rig.events.next({ type: 'subscription', line: '1', status: 'released', ...own })
              isUp = !isUp
            }
            vi.advanceTimersByTime(1)
          }
          rig.events.complete()

          for (const bar of rig.bars) {
            const inside = trades.filter(
              ({ eventTime }) => bar.startTime <= Number(eventTime) && Number(eventTime) < bar.endTime,
            )
            expect(bar).toMatchObject(summaryOf(inside))
          }
          // And not by publishing nothing: a line that was known to be up all the time gives every bar.
          if (changes.length === 0 && isReportedUp) {
            expect(rig.bars.length).toBe(
              new Set(trades.map(({ eventTime }) => Math.floor(Number(eventTime) / lengthMs))).size,
            )
          }
        },
      ),
      { numRuns: 500 },
    )
  })

  function toTrades(shuffled: { second: number; volume: number; price: number }[]): Trade[] {
    const inOrder = shuffled.toSorted((a, b) => a.second - b.second)
    let cumulativeVolume = 0
    return inOrder.map(({ second, volume, price }) => {
      cumulativeVolume += volume
      const eventTime = start + second * 1_000
      return trade({ price, volume, cumulativeVolume, eventTime, receivedTime: eventTime + 500 })
    })
  }
})

function insideOf(bar: Bar, trades: Trade[], length: BarInterval): Trade[] {
  if (length !== '1d')
    return trades.filter(({ eventTime }) => Number(eventTime) >= bar.startTime && Number(eventTime) < bar.endTime)
  const noon = new Date(bar.startTime + 12 * 3_600_000).toLocaleDateString('sv', {
    timeZone: bar.instrument === apple ? 'America/New_York' : 'Asia/Seoul',
  })
  return trades.filter(({ businessDate }) => businessDate === Number(noon.replaceAll('-', '')))
}

function summaryOf(trades: Trade[]) {
  const prices = trades.map(({ price }) => Number(price))
  return {
    open: prices[0],
    high: Math.max(...prices),
    low: Math.min(...prices),
    close: prices.at(-1),
    volume: sum(trades.map(({ volume }) => Number(volume))),
    tradeCount: trades.length,
  }
}

function isBefore({ cumulativeVolume }: Trade, other: Trade | undefined): boolean {
  return cumulativeVolume !== null && cumulativeVolume < (other?.cumulativeVolume ?? Number.NaN)
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
