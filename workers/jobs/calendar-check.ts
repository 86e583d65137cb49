// Asks KIS once a day on which days the Korean market opens, and lists where our calendar differs. KIS
// allows one call a day, so a process claims the day before it calls, and keeps the answer for the others.
import type { Redis } from 'ioredis'
import type { CalendarDay } from '../../kis/rest/calendar-check.ts'
import type { Calendar } from '../../market/calendar/calendar.ts'
import type { Clock } from '../../market/clock.ts'
import { dateDigits } from '../../market/calendar/korea-time.ts'

export type CalendarCheckDeps = {
  readonly redis: Redis
  readonly prefix: string
  readonly clock: Clock
  readonly calendar: Calendar
  /** From a date on, one page. */
  readonly ask: (from: number) => Promise<readonly CalendarDay[]>
}

const keptSeconds = 86_400

/** A sentence for each difference. Undefined when KIS was asked today already and gave no answer. */
export async function calendarDifferences(deps: CalendarCheckDeps): Promise<readonly string[] | undefined> {
  const { redis, prefix, clock, calendar, ask } = deps
  const today = dateDigits(clock.now())
  const key = `${prefix}:opening-days:${today}`
  const isOurs = (await redis.set(key, '', 'EX', keptSeconds, 'NX')) === 'OK'
  if (isOurs) await redis.set(key, JSON.stringify(await ask(today)), 'EX', keptSeconds)
  const kept = await redis.get(key)
  if (kept === null || kept === '') return undefined
  const days = JSON.parse(kept) as readonly CalendarDay[] // written above
  return days.flatMap(({ date, isOpen }) => {
    if (calendar.sessionsOn('KRX', date).length > 0 === isOpen) return []
    const says = (open: boolean) => (open ? 'open' : 'closed')
    return [`${date}: KIS has the Korean market ${says(isOpen)}, our calendar has it ${says(!isOpen)}`]
  })
}
