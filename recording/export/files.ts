// Where an export's files lie: hive-style folders that every engine reads,
// `trades/date=2026-11-20/instrument=KRX-005930/data.parquet`. They are made in a hidden folder and moved
// into place one by one: a reader finds each of them whole, old or new.
import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import { dirname, join } from 'node:path'
import { privateFile, privateFolder } from '../../system/kept-file.ts'
import { type ExportFormat, exportedTables, schemaVersion, type TableName } from './tables.ts'
import { folderOf } from '../format/segment.ts'

export type ExportFolder = {
  /** For temporary files. */
  readonly scratch: string
  /** Where to make the file of a partition. */
  pathOf(table: TableName, date: number, instrument: string | undefined): string
  /**
   * Moves what was made into place. Partitions of these dates that were not made now are deleted, unless
   * `keepOthers`.
   */
  finish(dates: readonly number[], keepOthers: boolean): void
  /** Removes what is not in place. */
  discard(): void
}

export function openExportFolder(folder: string, format: ExportFormat): ExportFolder {
  const work = join(folder, `.export-${randomUUID()}`)
  const scratch = join(work, 'scratch')
  mkdirSync(scratch, privateFolder)
  const made = new Set<string>()

  function partitionsOf(table: TableName, date: number): string[] {
    const files = namesIn(join(folder, table, `date=${folderOf(date)}`)).flatMap(name =>
      name.startsWith('instrument=') ? [join(name, fileName(format))] : name === fileName(format) ? [name] : [],
    )
    return files.map(name => join(table, `date=${folderOf(date)}`, name))
  }

  return {
    scratch,
    pathOf(table, date, instrument) {
      const partition = instrument === undefined ? [] : [`instrument=${partitionOf(instrument)}`]
      const path = join(table, `date=${folderOf(date)}`, ...partition, fileName(format))
      made.add(path)
      mkdirSync(dirname(join(work, path)), privateFolder)
      return join(work, path)
    },
    finish(dates, keepOthers) {
      const old = dates.flatMap(date => exportedTables.flatMap(({ name }) => partitionsOf(name, date)))
      for (const path of made) {
        mkdirSync(dirname(join(folder, path)), privateFolder)
        // DuckDB writes with the usual mode.
        chmodSync(join(work, path), privateFile.mode)
        renameSync(join(work, path), join(folder, path))
      }
      if (!keepOthers) for (const path of old) if (!made.has(path)) rmSync(join(folder, path), { force: true })
      writeSchema(folder, work, format)
    },
    discard: () => rmSync(work, { recursive: true, force: true }),
  }
}

/** `KRX:005930` → `KRX-005930`; what no folder may be called is percent-encoded, which engines undo. */
export function partitionOf(instrument: string): string {
  return encodeURIComponent(instrument.replace(':', '-'))
}

function fileName(format: ExportFormat): string {
  return `data.${format}`
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** In Parquet the version is in every file as well; for CSV this is the only place. */
function writeSchema(folder: string, work: string, format: ExportFormat): void {
  const name = format === 'parquet' ? 'schema.json' : 'schema-csv.json'
  const tables = exportedTables.map(table => [
    table.name,
    {
      row: table.row,
      partitions: table.isByInstrument ? ['date', 'instrument'] : ['date'],
      columns: [
        ...(table.isByInstrument
          ? [
              { name: 'venue', type: 'VARCHAR' },
              { name: 'symbol', type: 'VARCHAR' },
            ]
          : []),
        ...table.columns(format).map(column => ({ name: column.name, type: column.type })),
      ],
    },
  ])
  const schema = { schemaVersion, format, tables: Object.fromEntries(tables) as object }
  writeFileSync(join(work, name), `${JSON.stringify(schema, undefined, 2)}\n`, privateFile)
  renameSync(join(work, name), join(folder, name))
}
