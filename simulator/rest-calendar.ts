// CTCA0903R: on which days the Korean market opens, from a date on, some weeks a page (protocol notes 6.12).
import { addDays, isDate, isWeekend, weekdayOf } from '../market/wall-clock.ts'
import { type Quote, wrongInput } from './quoting.ts'

/** About as many as in the published example. */
const daysPerPage = 24
const keyLength = 20

export const openingDays: Quote = (parameter, { calendar }, isNextPage) => {
  const base = Number(parameter('BASS_DT'))
  if (!isDate(base)) return wrongInput('BASS_DT')
  const key = parameter('CTX_AREA_NK').trim()
  if (isNextPage && !isDate(Number(key))) return wrongInput('CTX_AREA_NK')
  const first = isNextPage ? addDays(Number(key), 1) : base
  const output = Array.from({ length: daysPerPage }, (_, i) => {
    const date = addDays(first, i)
    const isOpen = calendar.sessionsOn('KRX', date).length > 0 ? 'Y' : 'N'
    return {
      bass_dt: `${date}`,
      wday_dvsn_cd: `0${weekdayOf(date) + 1}`,
      bzdy_yn: isWeekend(date) ? 'N' : isOpen,
      tr_day_yn: isOpen,
      opnd_yn: isOpen,
      sttl_day_yn: isOpen,
    }
  })
  const last = output.at(-1)?.bass_dt ?? ''
  const outputs = { ctx_area_nk: last.padEnd(keyLength), ctx_area_fk: `${base}`.padEnd(keyLength), output }
  return { outputs, hasMore: true }
}
