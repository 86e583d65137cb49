// The hours: what is on now, when the line changes hands, and how far the holidays are known.
import { dayMs } from '../../market/basics/durations.ts'
import { subscriptionsOf } from '../../app/feed/subscriptions.ts'
import { holidaysKnownThrough } from '../../market/calendar/holidays.ts'
import { partsOf, type Venue, venues } from '../../market/instrument.ts'
import { dateDigits, formatKst, koreanDate } from '../../market/calendar/korea-time.ts'
import { nextTurns, turnsAt } from '../../market/calendar/schedules.ts'
import { homeOf } from '../../market/calendar/sessions.ts'
import type { Finding, Context } from './finding.ts'

const check = 'calendar'

/** Time enough for a new release of the holiday list to be installed. */
const soonDays = 30

export function examineCalendar(context: Context): readonly Finding[] {
  const { settings } = context
  const watched =
    settings === undefined ? [] : subscriptionsOf(settings).map(({ instrument }) => partsOf(instrument).venue)
  const looked: readonly Venue[] = watched.length === 0 ? ['KRX', 'NAS'] : [...new Set(watched)]
  const countries = [...new Set(looked.map(venue => homeOf(venue).country))]
  const today = context.clock.now()
  return [
    { check, severity: 'ok', found: turnText(context) },
    ...looked.map(venue => ({ check, severity: 'ok' as const, found: sessionText(venue, context) })),
    ...countries.map(country => holidayFinding(country, holidaysKnownThrough(country), today)),
  ]
}

function turnText({ settings, clock }: Context): string {
  const now = clock.now()
  const { market, schedule } = settings ?? { market: 'auto', schedule: 'operating-guide' }
  if (market !== 'auto') return `${market} holds the line whatever the hour (KIS_MARKET)`
  const time = `it is ${formatKst(now).slice(0, 19)} KST, and by ${schedule}`
  const turns = turnsAt(schedule, now)
  if (turns.length > 1) return `${time} ${turns.join(' and ')} have a line each`
  const next = nextTurns(schedule, now)
  const then =
    next === undefined ? '' : `; ${next.markets.join(' and ')} has it from ${formatKst(next.at).slice(0, 16)} KST`
  return `${time} ${turns.join()} has the line${then}`
}

function sessionText(venue: Venue, { calendar, clock }: Context): string {
  const now = clock.now()
  const current = calendar.sessionAt(venue, now)
  const next = calendar.nextSession(venue, now)
  const until =
    current === undefined ? 'closed' : `${current.session} until ${formatKst(current.closesAt).slice(11, 16)} KST`
  const then = next === undefined ? 'none in 40 days' : `${next.session} at ${formatKst(next.opensAt).slice(0, 16)} KST`
  return `${venue} (${venues[venue].name}): ${until}; next: ${then}`
}

export function holidayFinding(country: string, knownThrough: number | undefined, now: number): Finding {
  if (knownThrough === undefined) {
    const found = `${country}: only weekends are known to be closed; name holidays in a file (KIS_CALENDAR)`
    return { check, severity: 'info', found }
  }
  const daysLeft = Math.floor((koreanDate(knownThrough) - koreanDate(dateDigits(now))) / dayMs)
  const found = `${country}: holidays are known up to ${knownThrough}`
  if (daysLeft > soonDays) return { check, severity: 'ok', found }
  const remedy = 'Install a newer kis-stream, or name holidays in a file (KIS_CALENDAR).'
  return { check, severity: daysLeft < 0 ? 'error' : 'warning', found, remedy }
}
