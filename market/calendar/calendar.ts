// Which market has its turn, and which trading session is on? Fast enough for every batch of records: a day's
// sessions are computed once and kept.
import { BoundedMap } from '../basics/bounded-map.ts'
import { type CalendarChanges, dayKinds } from './holidays.ts'
import type { Instrument, Market, Venue } from '../instrument.ts'
import { nextTurns, type ScheduleName, turnsAt } from './schedules.ts'
import { homeOf, sessionsOf } from './sessions.ts'
import type { SessionName, TradingSession } from './timetable.ts'
import { addDays } from './wall-clock.ts'
import { dateIn, type Day, dayIn } from './zone.ts'

export type Calendar = {
  /** The trading session that is on at an instant, or undefined: at night, at lunch, on holidays. */
  sessionAt(where: Venue | Instrument, time: number): TradingSession | undefined
  /** All sessions of a business date, written 20260914, in order. None on holidays. */
  sessionsOn(where: Venue | Instrument, date: number): readonly TradingSession[]
  /**
   * The next session to open after an instant, of a given name if one is given. Undefined when none does in
   * 40 days.
   */
  nextSession(where: Venue | Instrument, time: number, name?: SessionName): TradingSession | undefined
  /** Whether a session, or the one of a given name, is on. */
  isOpen(where: Venue | Instrument, time: number, name?: SessionName): boolean
}

type TradingDay = Day & { readonly sessions: readonly TradingSession[] }

/** Far more than the longest holidays last: ten days, around Chuseok or the Chinese New Year. */
const lookAheadDays = 40

/** Of each venue. A replay of years visits many days. */
const mostDays = 512

/** A calendar of the announced holidays, with the user's changes. Throws when a change names no date. */
export function createCalendar(changes: CalendarChanges = {}): Calendar {
  const kindOf = dayKinds(changes)
  const days = new Map<Venue, BoundedMap<number, TradingDay | undefined>>()
  const latest = new Map<Venue, TradingDay>()

  function dayOn(venue: Venue, date: number): TradingDay | undefined {
    const known = days.get(venue) ?? new BoundedMap<number, TradingDay | undefined>(mostDays)
    days.set(venue, known)
    return known.getOrMake(date, () => findDay(venue, date))
  }

  function findDay(venue: Venue, date: number): TradingDay | undefined {
    const { zone, country } = homeOf(venue)
    const day = dayIn(zone, date)
    if (day === undefined) return undefined
    const kind = kindOf(country, date)
    return { ...day, sessions: kind === 'closed' ? [] : sessionsOf(venue, date, kind) }
  }

  /** Most calls are about the same day as the last one. */
  function dayAt(venue: Venue, time: number): TradingDay | undefined {
    const last = latest.get(venue)
    if (last !== undefined && time >= last.startTime && time < last.endTime) return last
    const day = dayOn(venue, dateIn(homeOf(venue).zone, time))
    if (day !== undefined) latest.set(venue, day)
    return day
  }

  const calendar: Calendar = {
    sessionAt: (where, time) =>
      dayAt(venueOf(where), time)?.sessions.find(({ opensAt, closesAt }) => time >= opensAt && time < closesAt),

    sessionsOn: (where, date) => dayOn(venueOf(where), date)?.sessions ?? [],

    nextSession(where, time, name) {
      const venue = venueOf(where)
      const today = dateIn(homeOf(venue).zone, time)
      for (let ahead = 0; ahead <= lookAheadDays; ahead++) {
        const sessions = dayOn(venue, addDays(today, ahead))?.sessions ?? []
        const next = sessions.find(({ session, opensAt }) => opensAt > time && (name ?? session) === session)
        if (next !== undefined) return next
      }
      return undefined
    },

    isOpen(where, time, name) {
      const session = calendar.sessionAt(where, time)?.session
      return session !== undefined && (name ?? session) === session
    },
  }
  return calendar
}

/** The announced holidays without changes. */
export const standardCalendar: Calendar = createCalendar()

/** The market with the turn by the operating guide's schedule. */
export function turnAt(time: number): Market {
  return turnsAt('operating-guide', time)[0] ?? 'US'
}

/** The next change of turn, and the market that gets it. */
export function nextTurnAfter(
  schedule: ScheduleName,
  time: number,
): { readonly at: number; readonly market: Market } | undefined {
  const next = nextTurns(schedule, time)
  return next && { at: next.at, market: next.markets[0] ?? 'US' }
}

function venueOf(where: Venue | Instrument): Venue {
  const colon = where.indexOf(':')
  return (colon < 0 ? where : where.slice(0, colon)) as Venue
}
