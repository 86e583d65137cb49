// 해외주식 체결추이 (HHDFS76200300): the latest executions of a foreign instrument, newest first. KIS returns no
// older ones.
//
// {"khms":"223001","last":"256.4100","evol":"12","tvol":"1834","pbid":"256.4000","pask":"256.4200",…}
import { z } from 'zod'
import { dayMs, minuteMs } from '../../market/basics/durations.ts'
import { type Instrument, partsOf, zoneOf } from '../../market/instrument.ts'
import type { Execution, ExecutionPage } from '../../market/quotations.ts'
import { dateIn } from '../../market/calendar/zone.ts'
import type { AuthorizedClient } from './authorized-client.ts'
import type { Dating } from './day-witness.ts'
import { number, numberOrNull, readBody, rowsOf, timeDigits } from './values.ts'
import { instantNear } from '../kst-time.ts'

const path = '/uapi/overseas-price/v1/quotations/inquire-ccnl'
/** KIS's clock may be ahead of ours; a row much later than now is yesterday's. */
const aheadMs = minuteMs

const row = z.object({
  khms: timeDigits,
  last: number,
  evol: number,
  tvol: number,
  pbid: numberOrNull.optional(),
  pask: numberOrNull.optional(),
})
/** The document has the rows in output2, KIS's own example in output1. */
const body = z.union([z.object({ output2: rowsOf(row) }), z.object({ output1: rowsOf(row) })])

/**
 * Rows are dated by the clock. They are left out where that date is closed by the venue's calendar and the
 * minute bars have no trade of it: those rows are of the last trading day.
 */
export async function overseasExecutions(
  client: AuthorizedClient,
  instrument: Instrument,
  until: number,
  now: number,
  { calendar, witness }: Dating,
): Promise<ExecutionPage> {
  const { venue, symbol } = partsOf(instrument)
  const zone = zoneOf(instrument)
  const isToday = dateIn(zone, until) === dateIn(zone, now)
  const answer = await client.get({
    path,
    tr: 'HHDFS76200300',
    parameters: { AUTH: '', EXCD: venue, SYMB: symbol, TDAY: isToday ? '1' : '0', KEYB: '' },
  })
  const read = readBody(body, answer.body, path)
  const rows = 'output2' in read ? read.output2 : read.output1
  let later = 0
  const executions = rows.flatMap((values): Execution[] => {
    const eventTime = instantBefore(isToday ? now : until, values.khms)
    if (eventTime === undefined) return []
    if (eventTime > until) {
      later++
      return []
    }
    const { last: price, evol: volume, tvol: cumulativeVolume, pbid: bidPrice = null, pask: askPrice = null } = values
    return [{ price, volume, cumulativeVolume, bidPrice, askPrice, eventTime }]
  })
  const closed = executions.find(
    ({ eventTime }) => calendar.sessionsOn(instrument, dateIn(zone, eventTime)).length === 0,
  )
  if (closed !== undefined && (await witness(instrument, closed.eventTime)) !== 'traded') {
    return { executions: [], total: undefined, older: undefined, end: 'closed' }
  }
  const total = isToday ? rows[0]?.tvol : undefined
  return { executions, total, older: undefined, end: 'latest-only', ...(later > 0 ? { later } : {}) }
}

/** The last instant at which a Korean clock showed this time. */
function instantBefore(time: number, hhmmss: number): number | undefined {
  const near = instantNear(time, hhmmss)
  if (near === null) return undefined
  return near > time + aheadMs ? near - dayMs : near
}
