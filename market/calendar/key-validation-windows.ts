// When real keys may be checked (operating guide 5.1): only inside two windows of the Korean day, and only
// while no market is open. Both conditions are needed: the Korean after-market now overlaps one window, and
// the US winter close touches the other.
import { type Calendar, standardCalendar } from './calendar.ts'
import type { Instrument, Venue } from '../instrument.ts'
import { dateDigits, koreanMidnight, koreanTimeOfDay } from './korea-time.ts'
import { addDays, timeOfDay } from './wall-clock.ts'

/**
 * The first is the operating guide's own word for its skip (5.1). The second means that nothing is open, but
 * the time is outside its two windows.
 */
export type KeyValidationReason = 'Market is Open' | 'Outside the allowed windows'

/**
 * `next`: the first instant, from the given one on, at which it is allowed; the same one when it is allowed
 * now.
 */
export type KeyValidation =
  | { readonly allowed: true; readonly reason: undefined; readonly next: number }
  | { readonly allowed: false; readonly reason: KeyValidationReason; readonly next: number }

export type KeyValidationOptions = {
  readonly calendar?: Calendar
  /**
   * The subscribed instruments. Nextrade counts only where one of its instruments, or a unified one, is among
   * them.
   */
  readonly watched?: readonly (Venue | Instrument)[]
}

/** Operating guide 5.1, morning and evening gap, KST. */
const windows = [
  { startsAt: timeOfDay('06:00'), endsAt: timeOfDay('08:00') },
  { startsAt: timeOfDay('17:00'), endsAt: timeOfDay('22:00') },
]

/** Operating guide 5.1: on trading days the Korean market counts as open for as long as its socket runs. */
const krxHours = { startsAt: timeOfDay('08:30'), endsAt: timeOfDay('16:30') }

/** On every known day 20:00 to 22:00 has no sessions; this is for other calendars. */
const lookAheadDays = 14

/** Whether keys may be checked now, why not, and when next. */
export function mayValidateKeys(time: number, options: KeyValidationOptions = {}): KeyValidation {
  const { calendar = standardCalendar, watched = [] } = options
  const venues: readonly Venue[] = watched.some(where => /^(NXT|UN)(:|$)/.test(where)) ? ['KRX', 'NXT'] : ['KRX']
  const isOpen = (instant: number) =>
    venues.some(venue => isKoreanVenueOpen(calendar, venue, instant)) || calendar.isOpen('NYS', instant, 'regular')

  if (isOpen(time)) return { allowed: false, reason: 'Market is Open', next: nextAllowed() }
  if (!isInWindow(time)) return { allowed: false, reason: 'Outside the allowed windows', next: nextAllowed() }
  return { allowed: true, reason: undefined, next: time }

  /** There are two ways to become allowed: a window opens, or a session inside one closes. */
  function nextAllowed(): number {
    const midnight = koreanMidnight(time)
    for (let ahead = 0; ahead <= lookAheadDays; ahead++) {
      const today = addDays(dateDigits(midnight), ahead)
      const windowStarts = windows.map(({ startsAt }) => midnight + ahead * timeOfDay('24:00') + startsAt)
      const closings = [
        ...venues.flatMap(venue => calendar.sessionsOn(venue, today)),
        // New York closes on the next day in Korea.
        ...calendar.sessionsOn('NYS', addDays(today, -1)),
      ].map(({ closesAt }) => closesAt)
      const next = [...windowStarts, ...closings]
        .sort((a, b) => a - b)
        .find(instant => instant >= time && isInWindow(instant) && !isOpen(instant))
      if (next !== undefined) return next
    }
    return Number.POSITIVE_INFINITY
  }
}

function isInWindow(time: number): boolean {
  const now = koreanTimeOfDay(time)
  return windows.some(({ startsAt, endsAt }) => now >= startsAt && now < endsAt)
}

/**
 * The overtime single price of KRX (16:00–18:00 until 2026-09-13) did not count: the guide's evening window
 * opened at 17:00, in the middle of it.
 */
function isKoreanVenueOpen(calendar: Calendar, venue: Venue, time: number): boolean {
  const session = calendar.sessionAt(venue, time)?.session
  if (session !== undefined && session !== 'overtime-single-price') return true
  if (venue !== 'KRX' || calendar.sessionsOn(venue, dateDigits(time)).length === 0) return false
  const now = koreanTimeOfDay(time)
  return now >= krxHours.startsAt && now < krxHours.endsAt
}
