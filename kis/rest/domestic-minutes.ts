// Korean minute bars: 주식당일분봉조회 (FHKST03010200), today's, 30 a call, and 주식일별분봉조회 (FHKST03010230), a past
// day's, 120 a call and not on paper. Newest first, labelled by the minute they begin.
//
// {"stck_bsop_date":"20260527","stck_cntg_hour":"150700","cntg_vol":"99545","acml_tr_pbmn":"9566559438500"}
import { z } from 'zod'
import { minuteMs } from '../../market/basics/durations.ts'
import { type Instrument, partsOf } from '../../market/instrument.ts'
import { dateDigits as koreanDateOf } from '../../market/calendar/korea-time.ts'
import type { MinuteBar } from '../../market/quotations.ts'
import type { AuthorizedClient, Quotation } from './authorized-client.ts'
import { hourText, marketCodeOf } from './domestic-quotation.ts'
import { dateDigits, number, readBody, rowsOf, timeDigits } from './values.ts'
import { instantOf } from '../kst-time.ts'

const folder = '/uapi/domestic-stock/v1/quotations'

const row = z.object({
  stck_bsop_date: dateDigits,
  stck_cntg_hour: timeDigits,
  stck_prpr: number,
  stck_oprc: number,
  stck_hgpr: number,
  stck_lwpr: number,
  cntg_vol: number,
})
const body = z.object({ output2: rowsOf(row) })

/**
 * The minutes of [from, to) that have ended at `now` and have a trade, oldest first. KIS is never asked for a
 * later minute than the last ended one: it would fill future minutes, and stamp the running one with the
 * requested minute.
 */
export async function domesticMinutes(
  client: AuthorizedClient,
  instrument: Instrument,
  from: number,
  to: number,
  now: number,
): Promise<readonly MinuteBar[]> {
  const date = koreanDateOf(from)
  const bars = new Map<number, MinuteBar>()
  let newest = Math.floor((Math.min(to, now) - 1) / minuteMs) * minuteMs
  if (newest + minuteMs > now) newest -= minuteMs
  while (newest >= from) {
    const asked = quotation(instrument, newest, date === koreanDateOf(now))
    const answer = await client.get(asked)
    const rows = readBody(body, answer.body, asked.path).output2
    let oldest = Number.POSITIVE_INFINITY
    for (const values of rows) {
      const startTime = instantOf(values.stck_bsop_date, values.stck_cntg_hour)
      if (startTime === null) continue
      oldest = Math.min(oldest, startTime)
      if (values.stck_bsop_date !== date || startTime < from || startTime > newest || values.cntg_vol === 0) continue
      const { cntg_vol: volume, stck_oprc: open, stck_hgpr: high, stck_lwpr: low, stck_prpr: close } = values
      bars.set(startTime, { startTime, open, high, low, close, volume })
    }
    // No rows, or none older than requested: there are no earlier ones.
    if (oldest > newest || rows.length === 0) break
    newest = oldest - minuteMs
  }
  return [...bars.values()].sort((a, b) => a.startTime - b.startTime)
}

/**
 * The dates of the minutes with a trade, of the last 30 up to the one of `until`. That one is today's and may
 * be the running minute, whose stamp has the right date and a wrong time.
 */
export async function tradedDatesBefore(
  client: AuthorizedClient,
  instrument: Instrument,
  until: number,
): Promise<ReadonlySet<number>> {
  const asked = quotation(instrument, Math.floor(until / minuteMs) * minuteMs, true)
  const answer = await client.get(asked)
  const rows = readBody(body, answer.body, asked.path).output2
  return new Set(rows.filter(({ cntg_vol }) => cntg_vol > 0).map(({ stck_bsop_date }) => stck_bsop_date))
}

function quotation(instrument: Instrument, newest: number, isToday: boolean): Quotation {
  const common = {
    FID_COND_MRKT_DIV_CODE: marketCodeOf(instrument),
    FID_INPUT_ISCD: partsOf(instrument).symbol,
    FID_INPUT_HOUR_1: hourText(newest),
    FID_PW_DATA_INCU_YN: 'N',
  }
  if (isToday) {
    const parameters = { ...common, FID_ETC_CLS_CODE: '' }
    return { path: `${folder}/inquire-time-itemchartprice`, tr: 'FHKST03010200', parameters }
  }
  const date = { FID_INPUT_DATE_1: `${koreanDateOf(newest)}`, FID_FAKE_TICK_INCU_YN: '' }
  const parameters = { ...common, ...date }
  return { path: `${folder}/inquire-time-dailychartprice`, tr: 'FHKST03010230', parameters }
}
