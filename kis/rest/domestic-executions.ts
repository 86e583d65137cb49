// 주식현재가 당일시간대별체결 (FHPST01060000): the day's executions, 30 a call, newest first. KRX, NXT and unified; today
// only. They have a time and no date, and on a closed day they are those of the last trading day: the
// calendar and the minute bars say which day it is.
//
// {"stck_cntg_hour":"100001","stck_prpr":"274000",…,"acml_vol":"1834","cnqn":"12",…}
import { z } from 'zod'
import { minuteMs } from '../../market/basics/durations.ts'
import type { Execution, ExecutionPage } from '../../market/quotations.ts'
import type { AuthorizedClient } from './authorized-client.ts'
import type { Dating } from './day-witness.ts'
import { hourText, marketCodeOf } from './domestic-quotation.ts'
import type { Instrument } from '../../market/instrument.ts'
import { dateDigits as koreanDateOf } from '../../market/calendar/korea-time.ts'
import { partsOf } from '../../market/instrument.ts'
import { number, numberOrNull, readBody, rowsOf, timeDigits } from './values.ts'
import { instantOf } from '../kst-time.ts'

const path = '/uapi/domestic-stock/v1/quotations/inquire-time-itemconclusion'
const mostRows = 30
/** KIS's clock may be ahead of ours. */
const aheadMs = minuteMs

const row = z
  .object({
    stck_cntg_hour: timeDigits,
    // KIS's example has the one, its table of fields the other.
    stck_prpr: number.optional(),
    stck_pbpr: number.optional(),
    askp: numberOrNull.optional(),
    bidp: numberOrNull.optional(),
    acml_vol: number,
    cnqn: number,
  })
  .refine(({ stck_prpr, stck_pbpr }) => stck_prpr !== undefined || stck_pbpr !== undefined, {
    path: ['stck_prpr'],
    error: 'is missing, and so is stck_pbpr',
  })
const body = z.object({ output1: z.object({ acml_vol: number }).optional().catch(undefined), output2: rowsOf(row) })

/**
 * `until` must be on the Korean date of `now`: KIS returns no other day. A day that the calendar calls closed
 * is requested only when the minute bars have a trade of it. Rows are left out when the minute bars have none
 * of that day.
 */
export async function domesticExecutions(
  client: AuthorizedClient,
  instrument: Instrument,
  until: number,
  now: number,
  { calendar, witness }: Dating,
): Promise<ExecutionPage> {
  const date = koreanDateOf(now)
  if (koreanDateOf(until) !== date) return none('today-only')
  const isOpenDay = calendar.sessionsOn(instrument, date).length > 0
  if (!isOpenDay && (await witness(instrument, Math.min(until, now))) !== 'traded') return none('closed')
  const answer = await client.get({
    path,
    tr: 'FHPST01060000',
    parameters: {
      FID_COND_MRKT_DIV_CODE: marketCodeOf(instrument),
      FID_INPUT_ISCD: partsOf(instrument).symbol,
      FID_INPUT_HOUR_1: hourText(until),
    },
  })
  const { output1, output2: rows } = readBody(body, answer.body, path)
  const total = output1?.acml_vol
  const executions = rows.flatMap((values): Execution[] => {
    const eventTime = instantOf(date, values.stck_cntg_hour)
    const price = values.stck_prpr ?? values.stck_pbpr
    if (eventTime === null || price === undefined) return []
    const { acml_vol: cumulativeVolume, cnqn: volume, askp: askPrice = null, bidp: bidPrice = null } = values
    return [{ price, volume, cumulativeVolume, bidPrice, askPrice, eventTime }]
  })
  const newest = executions[0]
  const oldest = executions.at(-1)
  if (newest === undefined || oldest === undefined) return { executions, total, older: undefined, end: 'day-begins' }
  // A trade later than now belongs to another day.
  const sight = newest.eventTime > now + aheadMs ? 'not-traded' : await witness(instrument, newest.eventTime)
  if (sight === 'not-traded') return none('other-day')
  const undated = sight === 'traded' ? {} : { undated: sight.refusal }
  if (rows.length < mostRows) return { executions, total, older: undefined, end: 'day-begins', ...undated }
  return { executions, total, older: olderThan(executions, oldest.eventTime), ...undated }
}

function none(end: NonNullable<ExecutionPage['end']>): ExecutionPage {
  return { executions: [], total: undefined, older: undefined, end }
}

/**
 * Again from the second of the oldest row, which the page may have cut in two. A page of a single second
 * cannot be split further: the rest of that second is not available, so the second before is next.
 */
function olderThan(executions: readonly Execution[], oldest: number): number {
  return executions[0]?.eventTime === oldest ? oldest - 1_000 : oldest
}
