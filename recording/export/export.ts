// The door of this room: makes the tables of a recording, one trading date after the other. What DuckDB does
// for it, what the tables hold and where the files lie is known behind it.
import type { Bar, MarketEvent } from '../../market/events.ts'
import { openDuckDB } from './duckdb.ts'
import { openExportFolder } from './files.ts'
import {
  type ExportFormat,
  exportedTables,
  rowOfBar,
  rowOfEvent,
  rowOfForgotten,
  type TableName,
  type TableRow,
} from './tables.ts'

export type { ExportFormat, TableName }
/** What a row is, to compare with other ways of writing it. */
export { exportedTables, rowOfEvent }

export type TableExport = {
  openDate(date: number): Promise<DateTables>
  /**
   * Puts the files in place. Those of these dates that were not made now are deleted, unless `keepOthers`.
   */
  finish(dates: readonly number[], keepOthers: boolean): void
  /** Removes what is not in place. */
  discard(): void
}

export type DateTables = {
  addEvent(event: MarketEvent, sequence: number): void
  addBar(bar: Bar, interval: string): void
  /** Takes back what was added of a bar. */
  removeBar(bar: Pick<Bar, 'instrument' | 'startTime' | 'endTime'>): void
  /**
   * To be awaited now and then: hands over what was added of new instruments. Undefined when there is nothing
   * to do.
   */
  ready(): Promise<void> | undefined
  /** Writes a file for each table, and for each instrument where the table is by instrument. */
  write(): Promise<readonly WrittenFile[]>
  close(): void
}

export type WrittenFile = { readonly table: TableName; readonly rows: number }

export function openTableExport(output: string, format: ExportFormat): TableExport {
  const files = openExportFolder(output, format)

  async function openDate(date: number): Promise<DateTables> {
    const duckdb = await openDuckDB(files.scratch, exportedTables)
    const add = (row: TableRow) => duckdb.add(row)
    return {
      addEvent: (event, sequence) => add(rowOfEvent(event, sequence)),
      addBar: (bar, interval) => add(rowOfBar(bar, interval)),
      removeBar: bar => add(rowOfForgotten(bar)),
      ready: () => duckdb.ready(),
      async write() {
        const written: WrittenFile[] = []
        for (const table of exportedTables) {
          for (const instrument of duckdb.instrumentsIn(table.name)) {
            const path = () => files.pathOf(table.name, date, instrument)
            const rows = await duckdb.write(table, instrument, format, path)
            if (rows > 0) written.push({ table: table.name, rows })
          }
        }
        return written
      },
      close: () => duckdb.close(),
    }
  }

  return { openDate, finish: files.finish, discard: files.discard }
}
