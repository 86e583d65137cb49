// The intervals of bars, and the interval of a trade.
import { dayMs, hourMs, minuteMs } from '../../market/basics/durations.ts'
import type { Result } from '../../market/basics/result.ts'
import { type Instrument, partsOf, type Venue } from '../../market/instrument.ts'
import { koreanMidnight } from '../../market/calendar/korea-time.ts'
import { dayIn } from '../../market/calendar/zone.ts'

/**
 * `1s`, `5s`, `1m`, `15m`, `1h`: anything that divides a day into equal parts; and `1d`, the business date.
 */
export type BarInterval = `${number}${'s' | 'm' | 'h'}` | '1d'

const unitMs = { s: 1_000, m: minuteMs, h: hourMs } as const

/**
 * The interval that `text` names, its length null for `1d` (23 to 25 hours), or a sentence that says what is
 * wrong with it.
 */
export function parseBarInterval(
  text: string,
): Result<{ readonly interval: BarInterval; readonly lengthMs: number | null }> {
  if (text === '1d') return { value: { interval: text, lengthMs: null } }
  const [, count, unit] = /^([1-9]\d{0,5})([smh])$/.exec(text) ?? []
  const lengthMs = Number(count) * unitMs[unit as keyof typeof unitMs] // NaN when there was no match
  if (lengthMs < dayMs && dayMs % lengthMs === 0) return { value: { interval: text as BarInterval, lengthMs } }
  const reason =
    lengthMs >= dayMs ? 'a day is written 1d' : lengthMs > 0 ? 'it does not divide a day' : 'it is no interval'
  return { problem: `'${text}': ${reason}; expected seconds, minutes or hours as in 1s, 30s, 1m, 15m, 1h, or 1d` }
}

/** `zone` is the instrument's. `startOf` is NaN when the date is missing or does not exist. */
export type Buckets = {
  startOf(dated: Dated, eventTime: number, zone: string): number
  endOf(startTime: number, dated: Dated, zone: string): number
}

export type Dated = { readonly businessDate: number | null }

export function bucketsOf(lengthMs: number | null): Buckets {
  return lengthMs === null ? businessDates : equalParts(lengthMs)
}

/** Intraday bars of every venue are aligned to Korean midnight, as their event times are Korean. */
function equalParts(lengthMs: number): Buckets {
  return {
    startOf(_dated, eventTime) {
      const midnight = koreanMidnight(eventTime)
      return midnight + Math.floor((eventTime - midnight) / lengthMs) * lengthMs
    },
    endOf: startTime => startTime + lengthMs,
  }
}

const businessDates: Buckets = {
  startOf: (dated, _eventTime, zone) => dayOf(dated, zone)?.startTime ?? Number.NaN,
  endOf: (_startTime, dated, zone) => dayOf(dated, zone)?.endTime ?? Number.NaN,
}

function dayOf({ businessDate }: Dated, zone: string) {
  return businessDate === null ? undefined : dayIn(zone, businessDate)
}

/**
 * The US day market belongs to a business date from 10:00 KST on: the evening before it, up to four hours
 * before its midnight.
 */
const dayMarkets: ReadonlySet<Venue> = new Set(['BAQ', 'BAY', 'BAA'])

/** How long before the start of a business date its trading may begin. */
export function earlyTradingMs(instrument: Instrument): number {
  return dayMarkets.has(partsOf(instrument).venue) ? 4 * hourMs : 0
}
