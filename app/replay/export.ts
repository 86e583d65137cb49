// A recording as tables for analysis: Parquet or CSV, by date and instrument. The tables hold the events of a
// replay: the same decoder, continuity, gaps and bars.
import { type OptionNames, refuseUnknown } from '../../market/basics/did-you-mean.ts'
import { type DateTables, type ExportFormat, openTableExport, type TableName } from '../../recording/export/export.ts'
import { notRecorded, openRecording } from '../../recording/read/reader.ts'
import { type BarInterval, parseBarInterval } from '../../streams/bars/intervals.ts'
import { toBars } from '../../streams/bars/bars.ts'
import type { ForgottenBar } from '../../streams/bars/publishing.ts'
import { createReplay } from './replay.ts'

export type { ExportFormat, TableName } from '../../recording/export/export.ts'

export type ExportOptions = {
  /** The folder of a recording. */
  readonly folder: string
  /** Where the tables go. What was exported for the same dates before is replaced. */
  readonly output: string
  /** `parquet` by default. */
  readonly format?: ExportFormat
  /** Trading dates, written 20260914. All there are by default. */
  readonly dates?: readonly number[]
  /** Only these. What was exported of others before stays. */
  readonly instruments?: readonly string[]
  /** Of the table of bars. `1m` by default. */
  readonly bars?: BarInterval
}

export type Exported = {
  readonly dates: readonly number[]
  readonly rows: Readonly<Record<TableName, number>>
  readonly files: number
}

const exportOptionNames = Object.keys({
  folder: true,
  output: true,
  format: true,
  dates: true,
  instruments: true,
  bars: true,
} satisfies OptionNames<ExportOptions>)

/** Rejects, and leaves the output as it was, when there is nothing to export or it cannot be written. */
export async function exportRecording(options: ExportOptions): Promise<Exported> {
  const { folder, output, format = 'parquet', instruments, bars = '1m' } = options
  refuseUnknown(options, exportOptionNames)
  const interval = parseBarInterval(bars)
  if ('problem' in interval) throw new RangeError(`bars ${interval.problem}`)
  const recorded = openRecording(folder)
    .days()
    .map(({ date }) => date)
  const dates = options.dates ?? recorded
  const missing = dates.filter(date => !recorded.includes(date))
  if (missing.length > 0) throw new Error(missing.map(date => notRecorded(date, recorded, folder)).join('\n'))
  if (dates.length === 0) throw new Error(`nothing was recorded in ${folder}, so there is nothing to export`)

  const tables = openTableExport(output, format)
  const rows: Record<TableName, number> = { trades: 0, order_books: 0, bars: 0, gaps: 0, events: 0 }
  let files = 0
  try {
    for (const date of dates) {
      const ofDate = await tables.openDate(date)
      try {
        await fill(ofDate, date)
        for (const written of await ofDate.write()) {
          rows[written.table] += written.rows
          files++
        }
      } finally {
        ofDate.close()
      }
    }
    tables.finish(dates, instruments !== undefined)
  } finally {
    tables.discard()
  }
  return { dates, rows, files }

  async function fill(ofDate: DateTables, date: number): Promise<void> {
    const replay = createReplay({
      folder,
      date,
      speed: Number.POSITIVE_INFINITY,
      ready: () => ofDate.ready(),
      ...(instruments === undefined ? {} : { instruments }),
    })
    let sequence = 0
    let failure: unknown
    const attempt = (add: () => void) => {
      if (failure !== undefined) return
      try {
        add()
      } catch (error) {
        failure = error
        replay.stop()
      }
    }
    // Bars first: a bar that a trade ends was over before it.
    const { clock, scheduler } = replay
    const onForgotten = (bar: ForgottenBar) => attempt(() => ofDate.removeBar(bar))
    replay.events$
      .pipe(toBars(bars, { clock, scheduler, onForgotten }))
      .subscribe(bar => attempt(() => ofDate.addBar(bar, bars)))
    replay.events$.subscribe(event => attempt(() => ofDate.addEvent(event, sequence++)))
    await replay.play()
    if (failure !== undefined) throw failure
  }
}
