// 국내휴장일조회 (CTCA0903R): on which days the Korean market opens. KIS asks for one call a day at most; nothing of
// the kind exists for the US.
//
// {"bass_dt":"20260914","wday_dvsn_cd":"02","bzdy_yn":"Y","tr_day_yn":"Y","opnd_yn":"Y","sttl_day_yn":"Y"}
import { z } from 'zod'
import type { AuthorizedClient } from './authorized-client.ts'
import { dateDigits, readBody, rowsOf } from './values.ts'

const path = '/uapi/domestic-stock/v1/quotations/chk-holiday'

const body = z.object({
  output: rowsOf(z.object({ bass_dt: dateDigits, opnd_yn: z.enum(['Y', 'N']) })),
  ctx_area_nk: z.string().default(''),
  ctx_area_fk: z.string().default(''),
})

export type CalendarDay = { readonly date: number; readonly isOpen: boolean }

/** From a date on, for at least so many days, as far as KIS knows them. */
export async function calendarDays(
  client: AuthorizedClient,
  from: number,
  days: number,
): Promise<readonly CalendarDay[]> {
  const found: CalendarDay[] = []
  let context = { CTX_AREA_NK: '', CTX_AREA_FK: '' }
  let hasMore = true
  while (hasMore && found.length < days) {
    const isNextPage = found.length > 0
    const parameters = { BASS_DT: `${from}`, ...context }
    const answer = await client.get({ path, tr: 'CTCA0903R', parameters, isNextPage })
    const page = readBody(body, answer.body, path)
    // A page begins with the date that the one before it ended with (official issue 37).
    const last = found.at(-1)?.date
    const fresh = page.output.filter(({ bass_dt }) => bass_dt !== last)
    found.push(...fresh.map(({ bass_dt, opnd_yn }) => ({ date: bass_dt, isOpen: opnd_yn === 'Y' })))
    context = { CTX_AREA_NK: page.ctx_area_nk, CTX_AREA_FK: page.ctx_area_fk }
    hasMore = answer.hasMore && fresh.length > 0
  }
  return found
}
