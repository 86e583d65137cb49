// Whether an instrument was traded on a Korean date, by the minute bars. They carry a date, the executions
// do not: on a closed day KIS returns those of the last trading day (measured 2026-09-27, a Sunday).
import type { Calendar } from '../../market/calendar/calendar.ts'
import { type Instrument, marketOf } from '../../market/instrument.ts'
import { dateDigits as koreanDateOf } from '../../market/calendar/korea-time.ts'
import type { AuthorizedClient } from './authorized-client.ts'
import { tradedDatesBefore } from './domestic-minutes.ts'
import { KisError } from '../errors.ts'
import { latestTradedDates } from './overseas-minutes.ts'

/** `refusal`: KIS refuses the minute bars, now and later. */
export type Sight = 'traded' | 'not-traded' | { readonly refusal: string }

/** `at`: an instant of the date, after the first trade if there is one. Throws temporary problems. */
export type DayWitness = (instrument: Instrument, at: number) => Promise<Sight>

/** The date for rows without a date. */
export type Dating = { readonly calendar: Calendar; readonly witness: DayWitness }

/** A traded day stays one, so it is requested once for each instrument. */
export function createDayWitness(client: AuthorizedClient): DayWitness {
  const known = new Map<Instrument, { readonly date: number; readonly sight: Sight }>()

  return async (instrument, at) => {
    const date = koreanDateOf(at)
    const last = known.get(instrument)
    if (last?.date === date) return last.sight
    const sight = await look(instrument, at, date)
    if (sight !== 'not-traded') known.set(instrument, { date, sight })
    return sight
  }

  async function look(instrument: Instrument, at: number, date: number): Promise<Sight> {
    try {
      const dates = await (marketOf(instrument) === 'KR'
        ? tradedDatesBefore(client, instrument, at)
        : latestTradedDates(client, instrument))
      return dates.has(date) ? 'traded' : 'not-traded'
    } catch (error) {
      if (error instanceof KisError && !error.retryable) return { refusal: error.message }
      throw error
    }
  }
}
