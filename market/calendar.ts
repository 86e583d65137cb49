// Whose turn is it? The hours in which each market has the line, in Korean time.
import type { Market } from './instrument.ts'
import { koreanTimeOfDay } from './korea-time.ts'

const hourMs = 3_600_000

/** The operating guide's schedule (2.2): Socket A (KR) 08:30–16:30, Socket B (US) 16:30–08:30, every day. */
export const koreanTurn = { startsAt: 8.5 * hourMs, endsAt: 16.5 * hourMs }

export function turnAt(time: number): Market {
  const timeOfDay = koreanTimeOfDay(time)
  return timeOfDay >= koreanTurn.startsAt && timeOfDay < koreanTurn.endsAt ? 'KR' : 'US'
}
