// What this program does about each kind of job: the processors, each given what it needs. One line for each queue.
import { createAuthorizedClient } from '../kis/authorized-client.ts'
import { createQuotations } from '../kis/quotations.ts'
import type { Calendar } from '../market/calendar.ts'
import type { Clock } from '../market/clock.ts'
import { dateDigits, isoKst } from '../market/korea-time.ts'
import { addDays } from '../market/wall-clock.ts'
import { type DayCertificate, certify } from '../workers/certificate.ts'
import { writeCertificate } from '../workers/certificate-file.ts'
import { readDayBook } from '../workers/day-book.ts'
import { validateGap } from '../workers/gap-validation.ts'
import { validateKeys } from '../workers/key-validation.ts'
import type { Processors } from '../workers/queues.ts'
import { refresh, refreshToken } from '../workers/token-refresh.ts'
import type { Access } from './access.ts'
import type { FeedSettings } from './settings.ts'

export type ProcessorParts = {
  readonly settings: FeedSettings
  readonly access: Access
  readonly clock: Clock
  readonly calendar: Calendar
  /** Where a feed keeps its day book, and where certificates go. Without one there are none. */
  readonly dataFolder: string | undefined
}

export function createProcessors({ settings, access, clock, calendar, dataFolder }: ProcessorParts): Processors {
  const client = createAuthorizedClient({
    rest: access.rest,
    keys: settings,
    customerType: settings.customerType,
    tokens: access.tokens,
    limit: access.limit,
  })
  const quotations = createQuotations(client, clock)

  return {
    ...(dataFolder === undefined ? {} : { certificate: certificates(dataFolder) }),
    'gap-validation': (payload, context) => validateGap(payload, { quotations, clock, calendar }, context),
    'token-refresh': payload => refreshToken(payload, access.tokenRefresh),
    'key-validation': payload =>
      validateKeys(payload, {
        clock,
        calendar,
        watched: settings.instruments,
        proveApproval: () => access.issueApproval(),
        proveToken: async () => (await refresh(access.tokenRefresh)).outcome,
      }),
  }

  function certificates(folder: string): NonNullable<Processors['certificate']> {
    const deps = {
      quotations,
      clock,
      calendar,
      readBook: (date: number) => readDayBook(folder, date),
      write: (certificate: DayCertificate) => writeCertificate(folder, certificate),
    }
    return async ({ date: asked }, context) => {
      const date = dateOf(asked, clock)
      // By the schedule, a day on which nothing was received needs no certificate.
      const isNothing = asked !== date && (await deps.readBook(date)) === undefined
      if (isNothing) return { date, madeAt: isoKst(clock.now()), unreadableLines: 0, instruments: [] }
      return await certify(date, deps, context)
    }
  }
}

function dateOf(date: number | 'today' | 'yesterday', clock: Clock): number {
  if (typeof date === 'number') return date
  const today = dateDigits(clock.now())
  return date === 'today' ? today : addDays(today, -1)
}
