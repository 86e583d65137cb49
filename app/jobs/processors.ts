// The processors: what this program does for each kind of job. One entry a queue.
import { createAuthorizedClient } from '../../kis/rest/authorized-client.ts'
import { calendarDays } from '../../kis/rest/calendar-check.ts'
import { createQuotations } from '../../kis/rest/quotations.ts'
import type { Calendar } from '../../market/calendar/calendar.ts'
import type { Clock } from '../../market/clock.ts'
import { dateDigits, isoKst } from '../../market/calendar/korea-time.ts'
import { addDays } from '../../market/calendar/wall-clock.ts'
import { type DayCertificate, certify } from '../../workers/jobs/certificate.ts'
import { writeCertificate } from '../../workers/jobs/certificate-file.ts'
import { readDayBook } from '../../workers/jobs/day-book-reader.ts'
import { validateGap } from '../../workers/jobs/gap-validation.ts'
import { validateKeys } from '../../workers/jobs/key-validation.ts'
import { calendarDifferences, type CalendarCheckDeps } from '../../workers/jobs/calendar-check.ts'
import type { Processors } from '../../workers/queues.ts'
import { refresh, refreshToken } from '../../workers/jobs/token-refresh.ts'
import type { Access } from './shared-access.ts'
import type { Logger } from '../observe/log.ts'
import type { FeedSettings } from '../settings/settings.ts'
import { instrumentsOf } from '../feed/subscriptions.ts'

export type ProcessorParts = {
  readonly settings: FeedSettings
  readonly access: Access
  readonly clock: Clock
  readonly calendar: Calendar
  readonly log: Logger
  /** Where what KIS says of a day is kept for that day. */
  readonly shared: Pick<CalendarCheckDeps, 'redis' | 'prefix'>
  /** Where a feed keeps its day book, and where certificates go. Without one there are none. */
  readonly dataFolder: string | undefined
}

export function createProcessors(parts: ProcessorParts): Processors {
  const { settings, access, clock, calendar, log, shared, dataFolder } = parts
  const client = createAuthorizedClient({
    rest: access.rest,
    keys: settings.lines[0],
    customerType: settings.customerType,
    tokens: access.tokens,
    limit: access.limit,
  })
  const quotations = createQuotations(client, clock, calendar)

  return {
    ...(dataFolder === undefined ? {} : { certificate: certificates(dataFolder) }),
    'gap-validation': (payload, context) => validateGap(payload, { quotations, clock, calendar }, context),
    'token-refresh': payload => refreshToken(payload, access.tokenRefresh),
    'key-validation': payload =>
      validateKeys(payload, {
        clock,
        calendar,
        watched: instrumentsOf(settings),
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
      const certificate = await certify(date, deps, context)
      const differences = await compareCalendars()
      return differences === undefined ? certificate : { ...certificate, calendarDifferences: differences }
    }
  }

  /** Runs with the certificate, because that is made every day. A failure here must not prevent it. */
  async function compareCalendars(): Promise<readonly string[] | undefined> {
    // The paper host has no such call.
    if (settings.environment !== 'prod') return undefined
    try {
      const found = await calendarDifferences({
        ...shared,
        clock,
        calendar,
        ask: from => calendarDays(client, from, 1),
      })
      for (const difference of found ?? [])
        log.warn({ difference }, 'our calendar and that of KIS differ; see KIS_CALENDAR if KIS is right')
      return found
    } catch (error) {
      log.info({ problem: String(error) }, 'our calendar was not compared with that of KIS')
      return undefined
    }
  }
}

function dateOf(date: number | 'today' | 'yesterday', clock: Clock): number {
  if (typeof date === 'number') return date
  const today = dateDigits(clock.now())
  return date === 'today' ? today : addDays(today, -1)
}
