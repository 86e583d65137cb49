// CTCA0903R: on which days the Korean market opens, from a date on, some weeks a page (protocol notes 6.12).
import { addDays, isDate, isWeekend, weekdayOf } from '../../../market/calendar/wall-clock.ts'
import { type Quote, wrongInput } from '../quoting.ts'

/**
 * As many as in the published example; the last one is repeated as the first of the next page (official issue
 * 37).
 */
const daysPerPage = 24
const keyLength = 20

export const calendarDays: Quote = (parameter, { calendar }, isNextPage) => {
  const base = Number(parameter('BASS_DT'))
  if (!isDate(base)) return wrongInput('BASS_DT', parameter('BASS_DT'))
  const key = parameter('CTX_AREA_NK').trim()
  if (isNextPage && !isDate(Number(key))) return wrongInput('CTX_AREA_NK', key)
  const first = isNextPage ? Number(key) : base
  const output = Array.from({ length: daysPerPage }, (_, i) => {
    const date = addDays(first, i)
    const isOpen = calendar.sessionsOn('KRX', date).length > 0 ? 'Y' : 'N'
    return {
      bass_dt: `${date}`,
      wday_dvsn_cd: `0${weekdayOf(date) + 1}`,
      // Banks work on the last day of the year, when the exchange rests (published example).
      bzdy_yn: date % 10_000 === 1231 && !isWeekend(date) ? 'Y' : isOpen,
      // Y even on weekends in the published example, so no flag of an open market.
      tr_day_yn: 'Y',
      opnd_yn: isOpen,
      sttl_day_yn: isOpen,
    }
  })
  const last = output.at(-1)?.bass_dt ?? ''
  const outputs = { ctx_area_nk: last.padEnd(keyLength), ctx_area_fk: `${base}`.padEnd(keyLength), output }
  return { outputs, hasMore: true, message: 'KIOK0500' }
}
