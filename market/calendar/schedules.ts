// Socket schedules: the hours at which each market has its turn, in Korean time, every day of the week. They
// depend on the clock alone; trading days are the calendar's concern.
import { dayMs } from '../basics/durations.ts'
import type { Market } from '../instrument.ts'
import { dateDigits, koreanMidnight, koreanTimeOfDay } from './korea-time.ts'
import { timeOfDay } from './wall-clock.ts'

/**
 * `from`: the first date it holds. `korea`: when the Korean market has its turn (the US has the rest), or
 * both always.
 */
export type Schedule = readonly {
  readonly from: number
  readonly korea: { readonly startsAt: number; readonly endsAt: number } | 'side-by-side'
}[]

function between(starts: string, ends: string): { readonly startsAt: number; readonly endsAt: number } {
  return { startsAt: timeOfDay(starts), endsAt: timeOfDay(ends) }
}

/**
 * Operating guide 2.2: Socket A (KR) 08:30–16:30, Socket B (US) 16:30–08:30. The hand-over misses no regular
 * session.
 */
const guideHours = between('08:30', '16:30')

/** At what hours which market is connected: the names of the schedules below. */
export type ScheduleName = 'operating-guide' | 'korean-after-market' | 'side-by-side'

export const schedules = {
  'operating-guide': [{ from: 0, korea: guideHours }],
  /**
   * For the pre- and after-markets of Nextrade (from 2025-03-04) and KRX (from 2026-09-14), 08:00 to 20:00:
   * connected ten minutes before, and until after the last prints. The US line then misses the start of its
   * pre-market.
   */
  'korean-after-market': [
    { from: 0, korea: guideHours },
    { from: 20250304, korea: between('07:50', '20:05') },
  ],
  /** Both markets always have their turn. Needs two app keys: KIS allows one session for each. */
  'side-by-side': [{ from: 0, korea: 'side-by-side' }],
} as const satisfies Readonly<Record<ScheduleName, Schedule>>

const both: readonly Market[] = ['KR', 'US']
const korea: readonly Market[] = ['KR']
const us: readonly Market[] = ['US']

/**
 * The markets that have their turn. The same answer is the same array, so that a change shows by identity.
 */
export function turnsAt(schedule: ScheduleName | Schedule, time: number): readonly Market[] {
  const rows: Schedule = typeof schedule === 'string' ? schedules[schedule] : schedule
  const today = dateDigits(time)
  const hours = rows.findLast(({ from }) => from <= today)?.korea
  if (hours === undefined) return us
  if (hours === 'side-by-side') return both
  const now = koreanTimeOfDay(time)
  return now >= hours.startsAt && now < hours.endsAt ? korea : us
}

/** The next change of the turns, and its markets; undefined when there is none within two days. */
export function nextTurns(
  schedule: ScheduleName | Schedule,
  time: number,
): { readonly at: number; readonly markets: readonly Market[] } | undefined {
  const rows: Schedule = typeof schedule === 'string' ? schedules[schedule] : schedule
  const now = turnsAt(rows, time)
  const hours = rows.flatMap(({ korea: row }) => (row === 'side-by-side' ? [] : [row.startsAt, row.endsAt]))
  // A schedule may also take effect at a midnight.
  const at = [0, 1, 2]
    .flatMap(day => [0, ...hours].map(hour => koreanMidnight(time) + day * dayMs + hour))
    .sort((a, b) => a - b)
    .find(instant => instant > time && turnsAt(rows, instant) !== now)
  return at === undefined ? undefined : { at, markets: turnsAt(rows, at) }
}
