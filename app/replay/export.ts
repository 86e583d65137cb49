// A recording as tables for analysis: Parquet or CSV, by date and instrument. What is in them is what a replay tells: the same decoder,
// continuity, gaps and bars.
import { refuseUnknown } from '../../market/basics/did-you-mean.ts'
import { openExportFolder } from '../../recording/export/files.ts'
import {
  type ExportFormat,
  exportedTables,
  rowOfBar,
  rowOfEvent,
  rowOfForgotten,
  type TableName,
} from '../../recording/export/tables.ts'
import { notRecorded, openRecording } from '../../recording/read/reader.ts'
import { openStaging, type Staging } from '../../recording/export/duckdb.ts'
import { type BarInterval, parseBarInterval } from '../../streams/bars/intervals.ts'
import { type ForgottenBar, toBars } from '../../streams/bars/bars.ts'
import { createReplay } from './replay.ts'

export type ExportOptions = {
  /** The folder of a recording. */
  readonly folder: string
  /** Where the tables go. What was exported for the same dates before is replaced. */
  readonly output: string
  readonly format?: ExportFormat
  /** Trading dates, written 20260914. All there are unless told. */
  readonly dates?: readonly number[]
  /** Only these. What was exported of others before stays. */
  readonly instruments?: readonly string[]
  readonly bars?: BarInterval
}

export type Exported = {
  readonly dates: readonly number[]
  readonly rows: Readonly<Record<TableName, number>>
  readonly files: number
}

const exportOptionNames = [
  'folder',
  'output',
  'format',
  'dates',
  'instruments',
  'bars',
] satisfies (keyof ExportOptions)[]

/** Rejects, in a sentence, when there is nothing to export or it cannot be written; then the output is as it was. */
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

  const files = openExportFolder(output, format)
  const rows: Record<TableName, number> = { trades: 0, order_books: 0, bars: 0, gaps: 0, events: 0 }
  let fileCount = 0
  try {
    for (const date of dates) {
      const staging = await openStaging(files.scratch, exportedTables)
      try {
        await stage(staging, date)
        for (const table of exportedTables) {
          for (const instrument of staging.instrumentsIn(table.name)) {
            const place = () => files.place(table.name, date, instrument)
            const written = await staging.write(table, instrument, format, place)
            rows[table.name] += written
            if (written > 0) fileCount++
          }
        }
      } finally {
        staging.close()
      }
    }
    files.finish(dates, instruments !== undefined)
  } finally {
    files.discard()
  }
  return { dates, rows, files: fileCount }

  async function stage(staging: Staging, date: number): Promise<void> {
    const replay = createReplay({
      folder,
      date,
      speed: Number.POSITIVE_INFINITY,
      ready: () => staging.ready(),
      ...(instruments === undefined ? {} : { instruments }),
    })
    let sequence = 0
    let failure: unknown
    const add = (row: Parameters<Staging['add']>[0]) => {
      if (failure !== undefined) return
      try {
        staging.add(row)
      } catch (error) {
        failure = error
        replay.stop()
      }
    }
    // Bars first: a bar that a trade ends was over before it.
    const { clock, scheduler } = replay
    const options = { clock, scheduler, onForgotten: (bar: ForgottenBar) => add(rowOfForgotten(bar)) }
    replay.events$.pipe(toBars(bars, options)).subscribe(bar => add(rowOfBar(bar, bars)))
    replay.events$.subscribe(event => add(rowOfEvent(event, sequence++)))
    await replay.play()
    if (failure !== undefined) throw failure
  }
}
