// KIS's quotations by instrument and instant, Korean and overseas alike.
import { type Calendar, standardCalendar } from '../../market/calendar/calendar.ts'
import type { Clock } from '../../market/clock.ts'
import { marketOf } from '../../market/instrument.ts'
import type { Quotations } from '../../market/quotations.ts'
import type { AuthorizedClient } from './authorized-client.ts'
import { createDayWitness } from './day-witness.ts'
import { domesticExecutions } from './domestic-executions.ts'
import { domesticMinutes } from './domestic-minutes.ts'
import { overseasExecutions } from './overseas-executions.ts'
import { overseasMinutes } from './overseas-minutes.ts'

export function createQuotations(
  client: AuthorizedClient,
  clock: Clock,
  calendar: Calendar = standardCalendar,
): Quotations {
  const dating = { calendar, witness: createDayWitness(client) }
  return {
    executions(instrument, until) {
      const ask = marketOf(instrument) === 'KR' ? domesticExecutions : overseasExecutions
      return ask(client, instrument, until, clock.now(), dating)
    },
    minuteBars(instrument, from, to) {
      const ask = marketOf(instrument) === 'KR' ? domesticMinutes : overseasMinutes
      return ask(client, instrument, from, to, clock.now())
    },
  }
}
