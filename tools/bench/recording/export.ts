// How fast a recorded day becomes Parquet, against what one would do without: lines of JSON that DuckDB
// reads, and DuckDB's appender fed value by value. All three replay the same recording, trades and books in
// equal parts, and must end with the same rows.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { exportRecording } from '../../../app/replay/export.ts'
import { createReplay } from '../../../app/replay/replay.ts'
import { exportedTables, rowOfEvent } from '../../../recording/export/export.ts'
import { createOfflineWriter } from '../../../recording/write/offline-writer.ts'
import { jsonLines } from '../../../sinks/file/json-lines.ts'
import { beginDay, books, receivedTime, type Total, trades } from '../frames.ts'
import { cpuMicroseconds, type Effort, interleave, median, medianRatio } from '../measure.ts'
import { atLeast, figure, print, printTable, type Target, times } from '../report.ts'

const pairs = 100_000
const loads = { trades: trades({ recordsPerFrame: 1 }), books: books() }

type Name = 'kis-stream' | 'row by row' | 'JSON lines and read_json'

const ways: Readonly<Record<Name, (recording: string, output: string) => Promise<void>>> = {
  'kis-stream': async (folder, output) => void (await exportRecording({ folder, output })),
  'row by row': rowByRow,
  'JSON lines and read_json': throughJson,
}
const names = Object.keys(ways) as Name[]

/** Of each record: by the wall, and of all threads together. */
type Cost = { readonly microseconds: number; readonly cpuMicroseconds: number }

export async function exporting({ socketRounds, socketShare }: Effort): Promise<Target[]> {
  const folder = mkdtempSync(join(tmpdir(), 'kis-bench-export-'))
  const recording = join(folder, 'recording')
  const count = Math.ceil(pairs * socketShare)
  await record(recording, count)

  let outputs = 0
  async function measure(name: Name): Promise<Cost> {
    const output = join(folder, `output-${outputs++}`)
    mkdirSync(output)
    const [wall, cpu] = [performance.now(), cpuMicroseconds()]
    await ways[name](recording, output)
    const cost = {
      microseconds: ((performance.now() - wall) * 1_000) / (2 * count),
      cpuMicroseconds: (cpuMicroseconds() - cpu) / (2 * count),
    }
    await checkRows(output, count)
    rmSync(output, { recursive: true })
    return cost
  }

  await interleave(names, 1, measure)
  const rounds = await interleave(names, Math.min(socketRounds, 5), measure)
  rmSync(folder, { recursive: true })

  const wall = (name: Name) => rounds[name].map(({ microseconds }) => microseconds)
  const cpu = (name: Name) => rounds[name].map(({ cpuMicroseconds }) => cpuMicroseconds)
  const rows = names.map(name => [
    name,
    figure(1_000 / median(wall(name))),
    figure(median(cpu(name))),
    times(medianRatio(cpu(name), cpu('kis-stream'))),
  ])
  printTable('A recording as Parquet', ['', 'thousand records/s', 'µs of a processor', 'over ours'], rows)
  print('  its replay included, which all of them need')
  return names
    .slice(1)
    .map(name => atLeast(`export, processor time of ${name} over ours`, medianRatio(cpu(name), cpu('kis-stream')), 1))
}

async function record(folder: string, count: number): Promise<void> {
  mkdirSync(folder)
  const writer = createOfflineWriter(folder)
  const day = beginDay()
  for (let i = 0; i < count; i++) {
    const time = receivedTime + Math.floor(i / 10)
    const at = i % loads.trades.frames.length
    const trade = loads.trades.frames[at] as Buffer
    day.goOn(trade, 0, loads.trades.totals[at] as Total[])
    const book = loads.books.frames[i % loads.books.frames.length] as Buffer
    for (const bytes of [trade, book]) writer.frame({ line: '1', market: 'KR', bytes, receivedTime: time })
  }
  await writer.close()
}

async function checkRows(output: string, count: number): Promise<void> {
  await inDuckDB(async connection => {
    for (const table of ['trades', 'order_books']) {
      const { value } =
        (
          await connection.runAndReadAll(`SELECT count(*) AS value FROM '${output}/${table}/**/*.parquet'`)
        ).getRowObjects()[0] ?? {}
      if (Number(value) !== count) throw new Error(`${count} rows recorded, ${String(value)} in ${table}`)
    }
  })
}

async function throughJson(folder: string, output: string): Promise<void> {
  const file = join(output, 'events.ndjson')
  const lines = jsonLines({ to: file, capacityBytes: 512 * 1024 * 1024 })
  const replay = createReplay({ folder, speed: Number.POSITIVE_INFINITY })
  replay.attach(lines)
  await replay.play()
  await lines.close()
  await inDuckDB(async connection => {
    for (const [table, type] of [
      ['trades', 'trade'],
      ['order_books', 'order-book'],
    ] as const) {
      await connection.run(
        `COPY (SELECT * FROM read_json('${file}', format = 'newline_delimited') WHERE type = '${type}') TO '${output}/${table}' (FORMAT parquet, COMPRESSION zstd, PARTITION_BY (instrument))`,
      )
    }
  })
}

async function rowByRow(folder: string, output: string): Promise<void> {
  await inDuckDB(async connection => {
    const appenders = new Map<string, Awaited<ReturnType<DuckDBConnection['createAppender']>>>()
    for (const { name, numbers } of exportedTables) {
      if (name !== 'trades' && name !== 'order_books') continue
      const columns = Array.from({ length: numbers }, (_, at) => `n${at} DOUBLE`)
      await connection.run(`CREATE TABLE ${name} (${columns.join(', ')}, text VARCHAR, instrument VARCHAR)`)
      appenders.set(name, await connection.createAppender(name))
    }
    const replay = createReplay({ folder, speed: Number.POSITIVE_INFINITY })
    let sequence = 0
    replay.events$.subscribe(event => {
      const { table, numbers, text, instrument } = rowOfEvent(event, sequence++)
      const appender = appenders.get(table)
      if (appender === undefined) return
      for (const value of numbers) {
        if (value === null) appender.appendNull()
        else appender.appendDouble(value)
      }
      appender.appendVarchar(text)
      appender.appendVarchar(instrument ?? '')
      appender.endRow()
    })
    await replay.play()
    for (const [table, appender] of appenders) {
      appender.closeSync()
      await connection.run(
        `COPY ${table} TO '${output}/${table}' (FORMAT parquet, COMPRESSION zstd, PARTITION_BY (instrument))`,
      )
    }
  })
}

async function inDuckDB(work: (connection: DuckDBConnection) => Promise<void>): Promise<void> {
  const database = await DuckDBInstance.create(':memory:')
  const connection = await database.connect()
  await work(connection)
  connection.closeSync()
  database.closeSync()
}
