// Rows on their way to files, in a DuckDB of their own: taken a chunk at a time, written out sorted. The only file that knows DuckDB,
// which is a native package and is loaded when an export begins, never before.
import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api'
import {
  type ExportedTable,
  type ExportFormat,
  schemaVersion,
  type StagedRow,
  type TableName,
} from './export-tables.ts'

export type Staging = {
  add(row: StagedRow): void
  /** The instruments that a table has rows of; one `undefined` for a table that is not by instrument, if it has any. */
  instrumentsIn(table: TableName): readonly (string | undefined)[]
  /** Everything was added. Puts what is one instrument's together: looking for it through everything, for each of them, takes as long. */
  sort(): Promise<void>
  /** Rows of one instrument, in the order in which they were added, as one file. */
  write(table: ExportedTable, instrument: string | undefined, format: ExportFormat, path: string): Promise<void>
  close(): void
}

/** What DuckDB takes at once. */
const chunkRows = 2_048
/** Rows between two commits: what is committed may leave memory. */
const rowsPerCommit = 100 * chunkRows

/** What DuckDB may use before it goes to its own temporary files. */
const memoryLimit = '1GB'

/** A table's rows that fill a chunk, by column. The first number is the instrument's. */
type Filling = {
  readonly numbers: readonly Float64Array[]
  readonly texts: string[]
  rows: number
  uncommitted: number
  readonly appender: DuckDBAppender
  readonly instruments: Set<string | undefined>
}

export async function openStaging(file: string, tables: readonly ExportedTable[]): Promise<Staging> {
  const duckdb = await loadDuckDB()
  const { DuckDBDataChunk, DuckDBInstance, DOUBLE, VARCHAR } = duckdb
  const instance = await DuckDBInstance.create(file, { memory_limit: memoryLimit })
  const connection = await instance.connect()
  await connection.run("SET TimeZone = 'UTC'; SET preserve_insertion_order = true")
  const ids = new Map<string, number>()
  const fillings = new Map<TableName, Filling>()
  for (const { name, numbers } of tables) fillings.set(name, await openTable(connection, name, numbers + 1))

  function flush(filling: Filling): void {
    const { numbers, texts, rows, appender } = filling
    if (rows === 0) return
    const types = [...numbers.map(() => DOUBLE), VARCHAR]
    const chunk = DuckDBDataChunk.create(types, rows)
    for (let column = 0; column < numbers.length; column++) {
      // A Float64Array is as good as the array of numbers that is asked for, and needs no copy.
      chunk.setColumnValues(column, (numbers[column] as Float64Array).subarray(0, rows) as unknown as number[])
    }
    chunk.setColumnValues(numbers.length, texts)
    appender.appendDataChunk(chunk)
    filling.uncommitted += rows
    filling.rows = 0
    texts.length = 0
    if (filling.uncommitted < rowsPerCommit) return
    appender.flushSync()
    filling.uncommitted = 0
  }

  function idOf(instrument: string | undefined): number {
    if (instrument === undefined) return -1
    const id = ids.get(instrument) ?? ids.size
    ids.set(instrument, id)
    return id
  }

  return {
    add({ table, instrument, numbers, text }) {
      const filling = fillings.get(table) as Filling // every table was opened
      const { rows } = filling
      ;(filling.numbers[0] as Float64Array)[rows] = idOf(instrument)
      for (let i = 0; i < numbers.length; i++) {
        ;(filling.numbers[i + 1] as Float64Array)[rows] = numbers[i] ?? Number.NaN
      }
      filling.texts.push(text)
      filling.instruments.add(instrument)
      if (++filling.rows === chunkRows) flush(filling)
    },
    instrumentsIn: table => [...(fillings.get(table)?.instruments ?? [])],
    async sort() {
      for (const [name, filling] of fillings) {
        flush(filling)
        filling.appender.flushSync()
        await connection.run(`CREATE TABLE ${sorted(name)} AS FROM ${name} ORDER BY instrument, rowid`)
      }
    },
    async write(table, instrument, format, path) {
      await connection.run(copyStatement(table, idOf(instrument), instrument, format, path))
    },
    close() {
      for (const { appender } of fillings.values()) appender.closeSync()
      connection.closeSync()
      instance.closeSync()
    },
  }
}

async function openTable(connection: DuckDBConnection, name: TableName, count: number): Promise<Filling> {
  const columns = Array.from({ length: count - 1 }, (_, at) => `n${at} DOUBLE`)
  await connection.run(`CREATE TABLE ${name} (instrument DOUBLE, ${columns.join(', ')}, t VARCHAR)`)
  return {
    numbers: Array.from({ length: count }, () => new Float64Array(chunkRows)),
    texts: [],
    rows: 0,
    uncommitted: 0,
    appender: await connection.createAppender(name),
    instruments: new Set(),
  }
}

function copyStatement(
  { name, columns }: ExportedTable,
  id: number,
  instrument: string | undefined,
  format: ExportFormat,
  path: string,
): string {
  const [venue = '', symbol = ''] = instrument === undefined ? [] : instrument.split(':')
  const whose = instrument === undefined ? [] : [`${quoted(venue)} AS venue`, `${quoted(symbol)} AS symbol`]
  const own = columns(format).map(column => `${column.sql} AS ${column.name}`)
  const how =
    format === 'csv'
      ? 'FORMAT csv, HEADER'
      : `FORMAT parquet, COMPRESSION zstd, KV_METADATA {kis_stream_table: ${quoted(name)}, kis_stream_schema_version: ${quoted(String(schemaVersion))}}`
  return `COPY (SELECT ${[...whose, ...own].join(', ')} FROM ${sorted(name)} WHERE instrument = ${id}) TO ${quoted(path)} (${how})`
}

function sorted(name: TableName): string {
  return `sorted_${name}`
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

async function loadDuckDB(): Promise<typeof import('@duckdb/node-api')> {
  try {
    return await import('@duckdb/node-api')
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
    throw new Error(
      `an export needs DuckDB, which cannot be loaded on ${process.platform}-${process.arch}: ${reason}. Install @duckdb/node-api on a platform that it has a binary for`,
    )
  }
}
