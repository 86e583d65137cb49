// A quiet hour in which nothing is wrong: thin names, lulls, a few liquid ones, and every alarm is a false
// one. Measured on streams/freshness/freshness.ts itself with the default waits and the calendar's trading
// sessions, looked at once for each second of the hour as the feed does; times are handed in, so an hour
// takes no time. No socket and no machine is part of it.
import { hourMs } from '../../market/basics/durations.ts'
import { defaultTiming } from '../../machines/timing.ts'
import { standardCalendar } from '../../market/calendar/calendar.ts'
import type { MarketEvent } from '../../market/events.ts'
import type { Instrument } from '../../market/instrument.ts'
import { createRandom, seedFor } from '../../simulator/tape/random.ts'
import { type FreshnessChange, watchFreshness } from '../../streams/freshness/freshness.ts'
import { createDice, type Dice } from './dice.ts'

/** Between the morning and the close, when Seoul has lunch. */
const startsAt = Date.parse('2026-09-14T12:00:00+09:00')
const second = 1_000

/**
 * The mean time between two moments of trading, in seconds: from a name that trades every other second to one
 * of twice an hour.
 */
export const mixedNames: readonly number[] = [2, 3, 5, 8, 15, 30, 60, 90, 150, 240, 400, 600, 900, 1_500, 1_800]
/** No other subscription on the line, whose data could excuse its silence. */
export const thinNames: readonly number[] = mixedNames.filter(seconds => seconds >= 60)

export type QuietHour = {
  readonly trades: number
  /** What the feed would have shown as stale, asked for again, or left the line for. */
  readonly stale: number
  readonly mute: number
  readonly silences: number
  /** The first few, to look at. */
  readonly examples: readonly string[]
}

/** `fallsSilent`: this one of the names stops halfway, which is an alarm that is none too many. */
export function quietHour(seed: number, names = mixedNames, fallsSilent?: number): QuietHour {
  const dice = createDice(createRandom(seedFor('quiet hour', seed)))
  const instruments = names.map((_, index): Instrument => `KRX:${String(100_000 + index)}`)
  const events = names.flatMap((seconds, index) => {
    const hour = hourOf(instruments[index] as Instrument, seconds * second, dice)
    return index === fallsSilent ? hour.filter(({ receivedTime }) => receivedTime < startsAt + hourMs / 2) : hour
  })
  events.sort((one, other) => one.receivedTime - other.receivedTime)
  const watch = watchFreshness({
    ...defaultTiming,
    sessionOf: (instrument, time) => standardCalendar.sessionAt(instrument, time)?.session,
  })
  for (const instrument of instruments) {
    watch.note({
      type: 'subscription',
      line: '1',
      instrument,
      channel: 'trade',
      status: 'active',
      receivedTime: startsAt,
    })
  }
  const alarms: { readonly change: FreshnessChange; readonly at: number }[] = []
  let next = 0
  for (let now = startsAt; now < startsAt + hourMs; now += second) {
    for (; (events[next]?.receivedTime ?? Number.POSITIVE_INFINITY) <= now; next++)
      watch.note(events[next] as MarketEvent)
    for (const change of watch.look(now)) {
      if (change.type === 'stale' || change.type === 'mute' || change.type === 'silence')
        alarms.push({ change, at: now })
    }
  }
  const count = (type: FreshnessChange['type']) => alarms.filter(({ change }) => change.type === type).length
  return {
    trades: events.length,
    stale: count('stale'),
    mute: count('mute'),
    silences: count('silence'),
    examples: alarms.slice(0, 3).map(({ change, at }) => {
      const whom = 'key' in change ? change.key : change.market
      return `${change.type} ${whom} after ${(at - startsAt) / second} s`
    }),
  }
}

type Traded = Extract<MarketEvent, { type: 'trade' }>

/**
 * Moments that know nothing of each other, each a cluster: a sweep of orders in one frame, and what follows
 * it within seconds.
 */
function hourOf(instrument: Instrument, meanGapMs: number, dice: Dice): Traded[] {
  const trades: Traded[] = []
  const lullAt = startsAt + dice.between(0, hourMs)
  const wait = (time: number) => {
    const isLull = time >= lullAt && time < lullAt + 600 * second
    return -Math.log(1 - dice.share(0, 1)) * meanGapMs * (isLull ? 3 : 1)
  }
  for (let time = startsAt + wait(startsAt); time < startsAt + hourMs; time += wait(time)) {
    let moment = time
    do {
      do trades.push(tradeAt(instrument, Math.round(moment)))
      while (dice.chance(0.4))
      moment += dice.between(100, 5_000)
    } while (dice.chance(0.5))
  }
  return trades
}

/** All that freshness looks at is whose it is and when it came. */
function tradeAt(instrument: Instrument, receivedTime: number): Traded {
  return { type: 'trade', instrument, receivedTime } as Traded
}
