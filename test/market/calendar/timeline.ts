// Reads a calendar as a person would: by looking at the clock once a second and writing down what changed.
import type { Calendar } from '../../../market/calendar/calendar.ts'
import { standardCalendar } from '../../../market/calendar/calendar.ts'
import type { Instrument, Venue } from '../../../market/instrument.ts'

/** What a wall clock in a zone shows, by the JavaScript engine's own time-zone data. */
export function wallClock(zone: string): (time: number) => string {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hourCycle: 'h23',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
  return time => format.format(time)
}

export const newYork = wallClock('America/New_York')
export const seoul = wallClock('Asia/Seoul')

/**
 * The second of every change in the 24 hours from `start`: `09:00:30 regular`, and `15:20:00 -` for nothing.
 */
export function timeline(
  where: Venue | Instrument,
  start: string,
  clock: (time: number) => string = seoul,
  calendar: Calendar = standardCalendar,
): string[] {
  const changes: string[] = []
  let before = '-'
  const startTime = Date.parse(start)
  for (let time = startTime; time < startTime + 86_400_000; time += 1_000) {
    const session = calendar.sessionAt(where, time)?.session ?? '-'
    if (session !== before) changes.push(`${clock(time)} ${session}`)
    before = session
  }
  return changes
}
