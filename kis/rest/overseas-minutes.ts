// 해외주식분봉조회 (HHDFS76950200): minute bars of a foreign instrument, 120 a call, newest first, labelled by the
// minute they begin. In the US they count what the free feed counts, until about noon in Korea, when
// consolidated data takes their place.
//
// {"tymd":"20260914","xymd":"20260914","xhms":"093000","khms":"223000","open":"256.4100",…,"evol":"1834"}
import { z } from 'zod'
import { minuteMs } from '../../market/basics/durations.ts'
import { type Instrument, partsOf } from '../../market/instrument.ts'
import type { MinuteBar } from '../../market/quotations.ts'
import type { AuthorizedClient, Quotation } from './authorized-client.ts'
import { dateDigits, number, readBody, rowsOf, timeDigits } from './values.ts'
import { instantOf } from '../kst-time.ts'

const path = '/uapi/overseas-price/v1/quotations/inquire-time-itemchartprice'
const rowsPerCall = 120
/** A month of minutes, which is all that KIS has: endless paging is ended here. */
const mostPages = 400

const row = z.object({
  xymd: dateDigits,
  xhms: timeDigits,
  kymd: dateDigits,
  khms: timeDigits,
  open: number,
  high: number,
  low: number,
  last: number,
  evol: number,
})
const body = z.object({ output2: rowsOf(row) })
type Row = z.output<typeof row>

/** The minutes of [from, to) that have ended at `now` and have a trade, oldest first. */
export async function overseasMinutes(
  client: AuthorizedClient,
  instrument: Instrument,
  from: number,
  to: number,
  now: number,
): Promise<readonly MinuteBar[]> {
  const bars = new Map<number, MinuteBar>()
  let key = ''
  for (let page = 1; page <= mostPages; page++) {
    const answer = await client.get(quotation(instrument, key))
    const rows = readBody(body, answer.body, path).output2
    let oldest: { readonly time: number; readonly row: Row } | undefined
    for (const values of rows) {
      const time = instantOf(values.kymd, values.khms)
      if (time === null) continue
      if (oldest === undefined || time < oldest.time) oldest = { time, row: values }
      const isOver = time + minuteMs <= now
      if (time < from || time >= to || !isOver || values.evol === 0) continue
      const { open, high, low, last: close, evol: volume } = values
      bars.set(time, { startTime: time, open, high, low, close, volume })
    }
    if (oldest === undefined || oldest.time <= from || rows.length < rowsPerCall) break
    const next = keyBefore(oldest.row)
    if (next === key) break
    key = next
  }
  return [...bars.values()].sort((a, b) => a.startTime - b.startTime)
}

/** The Korean dates of the latest minutes with a trade, 120 of them. */
export async function latestTradedDates(
  client: AuthorizedClient,
  instrument: Instrument,
): Promise<ReadonlySet<number>> {
  const answer = await client.get(quotation(instrument, ''))
  const rows = readBody(body, answer.body, path).output2
  return new Set(rows.filter(({ evol }) => evol > 0).map(({ kymd }) => kymd))
}

function quotation(instrument: Instrument, key: string): Quotation {
  const { venue, symbol } = partsOf(instrument)
  // Previous days must be included for paging to work.
  const paging = { PINC: '1', NEXT: key === '' ? '' : '1', KEYB: key }
  const bars = { NMIN: '1', NREC: `${rowsPerCall}`, FILL: '' }
  return { path, tr: 'HHDFS76950200', parameters: { AUTH: '', EXCD: venue, SYMB: symbol, ...bars, ...paging } }
}

/**
 * The minute before a row, by the clock of the exchange: 20260914093000 → 20260914092900. Wall clocks, so
 * without a zone.
 */
function keyBefore({ xymd, xhms }: Row): string {
  const date = [Math.floor(xymd / 10_000), (Math.floor(xymd / 100) % 100) - 1, xymd % 100] as const
  const time = [Math.floor(xhms / 10_000), Math.floor(xhms / 100) % 100, xhms % 100] as const
  const wall = new Date(Date.UTC(...date, ...time) - minuteMs)
  return wall.toISOString().slice(0, 19).replaceAll(/\D/g, '')
}
