// A market whose every trade is known, received through a line that loses, repeats and shuffles records and
// goes down, by a process that restarts: the delivered trades and the reported gaps together are exactly all
// trades.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Gap, Trade } from '../../../market/events.ts'
import { tries } from '../../support/property.ts'
import { continuityRig } from './rig.ts'
import { apple, at, hynix, samsung, trade } from '../samples.ts'

/** One trade, and how it is received: once for each delay, that many records later than in its turn. */
const happening = fc.record({
  volume: fc.integer({ min: 1, max: 9 }),
  price: fc.integer({ min: 90, max: 110 }),
  seconds: fc.constantFrom(0, 0, 0, 1, 7),
  delays: fc.oneof(
    { weight: 8, arbitrary: fc.constant([0]) },
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 3, arbitrary: fc.array(fc.nat(6), { minLength: 1, maxLength: 3 }) },
  ),
  mishap: fc.oneof(
    { weight: 20, arbitrary: fc.constant(undefined) },
    { weight: 2, arbitrary: fc.constantFrom('outage' as const, 'restart' as const) },
  ),
})
/** Longer than any delay, so that at most two dates are received at a time. */
const day = fc.record({ auction: fc.nat(50), happenings: fc.array(happening, { minLength: 8, maxLength: 30 }) })
const days = fc.array(day, { maxLength: 3 })
/** What happened to each instrument. */
const stories = fc.tuple(
  ...[samsung, hynix, apple].map(instrument => fc.record({ instrument: fc.constant(instrument), days })),
)

type Story = typeof stories extends fc.Arbitrary<readonly (infer Each)[]> ? Each : never

type Step = { readonly turn: number; readonly received?: Trade; readonly mishap?: 'outage' | 'restart' }

describe('a line that loses, repeats and shuffles, across outages and restarts', () => {
  it('delivers everything that came, once, and gaps that hold exactly what did not', () => {
    fc.assert(
      fc.property(stories, market => {
        const { truth, steps } = play(market)
        const rig = continuityRig()

        for (const { received, mishap } of steps) {
          if (received !== undefined) rig.send(received)
          else if (mishap === 'restart') rig.restarts()
          else for (const market of ['KR', 'US'] as const) rig.disconnects(market)
        }

        const received = steps.flatMap(step => step.received ?? [])
        const delivered = rig.of('trade')
        expect(new Set(delivered.map(nameOf)).size).toBe(delivered.length)
        expect(new Set(delivered.map(nameOf))).toEqual(new Set(received.map(nameOf)))
        expect(rig.duplicates).toHaveLength(received.length - delivered.length)
        expect(rig.of('resync')).toEqual([])

        const missing = new Set<string>()
        for (const [i, event] of rig.seen.entries()) {
          if (event.type !== 'gap' && event.type !== 'gap-filled') continue
          const next = rig.seen[i + 1] as Trade
          const shares = sharesOf(event, event.fromVolume, event.toVolume)
          if (event.type === 'gap') {
            expectTrue(event, next, truth)
            for (const share of shares) expect(missing.has(share)).toBe(false)
            for (const share of shares) missing.add(share)
          } else {
            expect([before(next), next.cumulativeVolume]).toEqual([event.fromVolume, event.toVolume])
            for (const share of shares) expect(missing.delete(share)).toBe(true)
          }
        }
        expect(missing).toEqual(new Set(lostAmong(truth, received).flatMap(lost => sharesOf(lost, before(lost)))))
      }),
      tries(300),
    )
  })
})

describe('whatever arrives, in whatever order', () => {
  const figure = fc.option(fc.integer({ min: -3, max: 30 }), { freq: 10 })
  const anyTrade = fc
    .record({
      instrument: fc.constantFrom(samsung, apple),
      price: figure,
      volume: figure,
      cumulativeVolume: figure,
      cumulativeValue: figure,
      businessDate: fc.constantFrom(20260913, 20260914, 20260914, 20260914, 20260915, null),
      eventTime: fc.option(fc.integer({ min: 0, max: 5 }).map(seconds => at('10:00:00') + seconds * 1_000)),
      receivedTime: fc.constantFrom(at('10:00:00'), at('23:00:00')),
    })
    .map(trade)
  const lifecycle = fc.oneof(
    fc.constantFrom('KR' as const, 'US' as const).map(market => {
      return { type: 'disconnect' as const, line: '1', market, reason: 'cut', receivedTime: 0 }
    }),
    fc.constantFrom('releasing' as const, 'wanted' as const, 'active' as const).map(status => {
      return {
        type: 'subscription' as const,
        line: '1',
        instrument: samsung,
        channel: 'trade',
        status,
        receivedTime: 0,
      }
    }),
  )
  const anything = fc.oneof(
    { weight: 12, arbitrary: anyTrade },
    { weight: 1, arbitrary: lifecycle },
    fc.constant('restart'),
  )

  it('comes out or is counted, in its order; what is added speaks of the trade behind it, and of some volume', () => {
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 80 }), events => {
        const rig = continuityRig()
        for (const event of events) {
          if (typeof event === 'string') rig.restarts()
          else rig.send(event)
        }

        const dropped = new Set(rig.duplicates)
        const added = new Set(['gap', 'gap-filled', 'resync'])
        expect(rig.seen.filter(({ type }) => !added.has(type))).toEqual(
          events.filter(event => typeof event !== 'string' && !(event.type === 'trade' && dropped.has(event))),
        )
        for (const [i, event] of rig.seen.entries()) {
          if (event.type !== 'gap' && event.type !== 'gap-filled' && event.type !== 'resync') continue
          const { instrument, businessDate } = event
          expect(rig.seen[i + 1]).toMatchObject({ type: 'trade', instrument, businessDate })
          if (event.type !== 'resync') expect(event.toVolume).toBeGreaterThan(event.fromVolume)
        }
      }),
      tries(500),
    )
  })
})

/** The trades as they happened, and the order in which things reach the line. */
function play(stories: readonly Story[]): { truth: Trade[]; steps: Step[] } {
  const truth: Trade[] = []
  const steps: Step[] = []
  for (const { instrument, days: dates } of stories) {
    let turn = 0
    for (const [number, { auction, happenings }] of dates.entries()) {
      let cumulativeVolume = auction
      let cumulativeValue = auction * 100
      let eventTime = at('09:00:00') + number * 86_400_000
      for (const { volume, price, seconds, delays, mishap } of happenings) {
        cumulativeVolume += volume
        cumulativeValue += volume * price
        eventTime += seconds * 1_000
        const when = { businessDate: 20260914 + number, eventTime, receivedTime: eventTime }
        const happened = trade({ instrument, volume, price, cumulativeVolume, cumulativeValue, ...when })
        truth.push(happened)
        for (const delay of delays)
          steps.push({ turn: turn + delay, received: { ...happened, receivedTime: eventTime + delay } })
        if (mishap !== undefined) steps.push({ turn, mishap })
        turn++
      }
    }
  }
  return { truth, steps: steps.toSorted((a, b) => a.turn - b.turn) }
}

function expectTrue(gap: Gap, next: Trade, truth: readonly Trade[]): void {
  const sameDay = truth.filter(each => dayOf(each) === dayOf(gap))
  const inside = sameDay.filter(each => gap.fromVolume <= before(each) && Number(each.cumulativeVolume) <= gap.toVolume)
  expect(gap).toMatchObject({
    missingVolume: sum(inside.map(({ volume }) => Number(volume))),
    missingValue: sum(inside.map(({ price, volume }) => Number(price) * Number(volume))),
    from: sameDay.find(({ cumulativeVolume }) => cumulativeVolume === gap.fromVolume)?.eventTime,
    to: next.eventTime,
    toVolume: before(next),
    receivedTime: next.receivedTime,
  })
}

/** The lost trades between received ones: after the first received one of a date, and before the furthest. */
function lostAmong(truth: readonly Trade[], received: readonly Trade[]): Trade[] {
  const names = new Set(received.map(nameOf))
  const first = new Map<string, number>()
  const furthest = new Map<string, number>()
  for (const each of received) {
    const date = dayOf(each)
    if (!first.has(date)) first.set(date, before(each))
    furthest.set(date, Math.max(furthest.get(date) ?? 0, before(each)))
  }
  return truth.filter(
    each =>
      !names.has(nameOf(each)) &&
      before(each) >= (first.get(dayOf(each)) ?? Infinity) &&
      before(each) <= (furthest.get(dayOf(each)) ?? 0),
  )
}

function before({ cumulativeVolume, volume }: Trade): number {
  return Number(cumulativeVolume) - Number(volume)
}

function dayOf({ instrument, businessDate }: Pick<Trade, 'instrument' | 'businessDate'>): string {
  return `${instrument} ${businessDate}`
}

function nameOf(happened: Trade): string {
  return `${dayOf(happened)} ${happened.cumulativeVolume}`
}

/** Every single one. */
function sharesOf(
  of: Pick<Trade, 'instrument' | 'businessDate'>,
  from: number,
  to = Number((of as Trade).cumulativeVolume),
) {
  return Array.from({ length: to - from }, (_, i) => `${dayOf(of)} ${from + i}`)
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
