// Holds rows in DuckDB until they are files. Each instrument has a table, filled a chunk at a time, so that
// its rows lie together and in order without a sort. The only file that knows DuckDB, a native package, which
// is loaded when an export begins.
import type { DuckDBAppender, DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api'
import { missingPackage } from '../../system/optional-package.ts'
import { type ExportedTable, type ExportFormat, schemaVersion, sqlOf, type TableRow, type TableName } from './tables.ts'

export type DuckDBRows = {
  add(row: TableRow): void
  /** To be awaited now and then: makes tables for new instruments. Undefined when there are none. */
  ready(): Promise<void> | undefined
  /**
   * The instruments that a table has rows of; one `undefined` for a table that is not by instrument, if it
   * has any.
   */
  instrumentsIn(table: TableName): readonly (string | undefined)[]
  /**
   * Writes the rows of one instrument as one file and forgets them: in the order in which they were added, or
   * that of the table. Resolves to their number; without rows there is no file.
   */
  write(table: ExportedTable, instrument: string | undefined, format: ExportFormat, path: () => string): Promise<number>
  close(): void
}

/** Rows that are handed over at once. An instrument with few events begins with less room. */
const chunkRows = 1_024
const firstRows = 64
/** Rows of a table between two commits: what is committed may leave memory. */
const rowsPerCommit = 8 * chunkRows

/** What DuckDB may use before it goes to its own temporary files. */
const memoryLimit = '1GB'

/** Rows of one instrument that fill a chunk, by column. */
type Filling = {
  readonly table: string
  numbers: readonly Float64Array[]
  texts: string[]
  /** Whether some of a column are null. */
  readonly nulls: boolean[]
  /** Until there is a table. */
  readonly waiting: DuckDBDataChunk[]
  appender: DuckDBAppender | undefined
  uncommitted: number
}

/** `folder`: for what does not fit into memory. */
export async function openDuckDB(folder: string, tables: readonly ExportedTable[]): Promise<DuckDBRows> {
  const duckdb = await loadDuckDB()
  const { DuckDBDataChunk, DuckDBInstance, DOUBLE, VARCHAR } = duckdb
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: memoryLimit, temp_directory: folder })
  const connection = await instance.connect()
  await connection.run("SET TimeZone = 'UTC'; SET preserve_insertion_order = true")
  const widths = new Map(tables.map(({ name, numbers }) => [name, numbers]))
  const fillings = new Map(tables.map(({ name }) => [name, new Map<string | undefined, Filling>()]))
  const withoutTable = new Set<Filling>()
  let count = 0

  function fillingOf(table: TableName, instrument: string | undefined): Filling {
    const ofTable = fillings.get(table) as Map<string | undefined, Filling> // every table was opened
    const found = ofTable.get(instrument)
    if (found !== undefined) return found
    const numbers = room(widths.get(table) as number, firstRows)
    const filling = {
      table: `t${count++}`,
      numbers,
      texts: [],
      nulls: numbers.map(() => false),
      waiting: [],
      appender: undefined,
      uncommitted: 0,
    }
    ofTable.set(instrument, filling)
    return filling
  }

  function pass(filling: Filling): void {
    const { numbers, texts } = filling
    const rows = texts.length
    if (rows === 0) return
    const chunk = DuckDBDataChunk.create([...numbers.map(() => DOUBLE), VARCHAR], rows)
    for (let column = 0; column < numbers.length; column++) {
      // DuckDB's client asks for an array of numbers, and takes a Float64Array without a copy.
      chunk.setColumnValues(column, (numbers[column] as Float64Array).subarray(0, rows) as unknown as number[])
    }
    chunk.setColumnValues(numbers.length, texts)
    filling.texts = []
    if (filling.appender !== undefined) return append(filling, filling.appender, chunk)
    filling.waiting.push(chunk)
    withoutTable.add(filling)
  }

  function append(filling: Filling, appender: DuckDBAppender, chunk: DuckDBDataChunk): void {
    appender.appendDataChunk(chunk)
    filling.uncommitted += chunk.rowCount
    if (filling.uncommitted < rowsPerCommit) return
    appender.flushSync()
    filling.uncommitted = 0
  }

  async function openTableFor(filling: Filling): Promise<void> {
    withoutTable.delete(filling)
    const appender = (filling.appender ??= await openTable(connection, filling.table, filling.numbers.length))
    for (const chunk of filling.waiting.splice(0)) append(filling, appender, chunk)
  }

  return {
    add({ table, instrument, numbers, text }) {
      const filling = fillingOf(table, instrument)
      const row = filling.texts.length
      if (row === filling.numbers[0]?.length) filling.numbers = larger(filling.numbers, row * 2)
      for (let i = 0; i < numbers.length; i++) {
        const value = numbers[i] ?? null
        if (value === null) filling.nulls[i] = true
        ;(filling.numbers[i] as Float64Array)[row] = value ?? Number.NaN
      }
      filling.texts.push(text)
      if (row + 1 === chunkRows) pass(filling)
    },
    ready() {
      if (withoutTable.size === 0) return undefined
      return (async () => {
        for (const filling of withoutTable) await openTableFor(filling)
      })()
    },
    instrumentsIn: table => [...(fillings.get(table)?.keys() ?? [])],
    async write(table, instrument, format, path) {
      const filling = fillingOf(table.name, instrument)
      pass(filling)
      await openTableFor(filling)
      filling.appender?.closeSync()
      fillings.get(table.name)?.delete(instrument)
      const rows = table.rowsOf?.(filling.table) ?? filling.table
      const counted = await connection.runAndReadAll(`SELECT count(*) FROM ${rows}`)
      const count = Number(counted.getRows()[0]?.[0] ?? 0)
      if (count > 0) await connection.run(copyStatement(table, filling, rows, instrument, format, path()))
      await connection.run(`DROP TABLE ${filling.table}`)
      return count
    },
    close() {
      for (const ofTable of fillings.values()) for (const { appender } of ofTable.values()) appender?.closeSync()
      connection.closeSync()
      instance.closeSync()
    },
  }
}

function room(columns: number, rows: number): Float64Array[] {
  return Array.from({ length: columns }, () => new Float64Array(rows))
}

function larger(columns: readonly Float64Array[], rows: number): Float64Array[] {
  return columns.map(column => {
    const longer = new Float64Array(rows)
    longer.set(column)
    return longer
  })
}

async function openTable(connection: DuckDBConnection, name: string, count: number): Promise<DuckDBAppender> {
  const columns = Array.from({ length: count }, (_, at) => `n${at} DOUBLE`)
  await connection.run(`CREATE TABLE ${name} (${columns.join(', ')}, t VARCHAR)`)
  return connection.createAppender(name)
}

function copyStatement(
  { name, columns }: ExportedTable,
  { nulls }: Filling,
  rows: string,
  instrument: string | undefined,
  format: ExportFormat,
  path: string,
): string {
  const [venue = '', symbol = ''] = instrument === undefined ? [] : instrument.split(':')
  const partition = instrument === undefined ? [] : [`${quoted(venue)} AS venue`, `${quoted(symbol)} AS symbol`]
  const own = columns(format).map(column => `${sqlOf(column, at => nulls[at] === true)} AS ${column.name}`)
  const how =
    format === 'csv'
      ? 'FORMAT csv, HEADER'
      : `FORMAT parquet, COMPRESSION zstd, KV_METADATA {kis_stream_table: ${quoted(name)}, kis_stream_schema_version: ${quoted(String(schemaVersion))}}`
  return `COPY (SELECT ${[...partition, ...own].join(', ')} FROM ${rows}) TO ${quoted(path)} (${how})`
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

async function loadDuckDB(): Promise<typeof import('@duckdb/node-api')> {
  try {
    return await import('@duckdb/node-api')
  } catch (error) {
    const missing = missingPackage(error, 'kis-stream export', ['@duckdb/node-api'])
    if (missing !== undefined) throw new Error(missing)
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
    throw new Error(
      `an export needs DuckDB, which cannot be loaded on ${process.platform}-${process.arch}: ${reason}. Install @duckdb/node-api on a platform that it has a binary for`,
    )
  }
}
