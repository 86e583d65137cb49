// A notebook in a file: questions to an exported day. Each cell is a question and its SQL. Any engine that
// reads Parquet in hive-style folders gives the same answers.
//   npm run -s kis-stream -- export recordings --date 2026-11-20 --output tables
//   node --import tsx examples/query-export.ts tables 2026-11-20
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { DuckDBInstance } from '@duckdb/node-api'

type Cell = { readonly question: string; readonly table: string; readonly sql: string }

const cells: readonly Cell[] = [
  {
    question: 'What was traded, and at what average price, weighted by volume?',
    table: 'trades',
    sql: `SELECT instrument, count(*) AS trades, sum(volume) AS volume, round(sum(price * volume) / sum(volume), 2) AS vwap
          FROM trades GROUP BY instrument ORDER BY volume DESC`,
  },
  {
    question: 'How wide was the spread, in hundredths of a percent of the middle?',
    table: 'order_books',
    sql: `SELECT instrument, count(*) AS books,
            round(avg(10000 * (ask_price_1 - bid_price_1) / ((ask_price_1 + bid_price_1) / 2)), 2) AS average_spread,
            round(quantile_cont(10000 * (ask_price_1 - bid_price_1) / ((ask_price_1 + bid_price_1) / 2), 0.99), 2) AS widest
          FROM order_books WHERE bid_price_1 IS NOT NULL AND ask_price_1 IS NOT NULL GROUP BY instrument ORDER BY instrument`,
  },
  {
    question:
      'Minute bars, made here of the trades: those of which nothing is known to be missing are in the table bars.',
    table: 'trades',
    sql: `SELECT instrument, CAST(time_bucket(INTERVAL '1 minute', event_time) AS VARCHAR) AS minute,
            first(price ORDER BY sequence) AS open, max(price) AS high, min(price) AS low, last(price ORDER BY sequence) AS close,
            sum(volume) AS volume
          FROM trades GROUP BY ALL ORDER BY instrument, minute`,
  },
  {
    question: 'What is missing, and why? What came late is taken off again.',
    table: 'gaps',
    sql: `SELECT instrument, count(*) FILTER (kind = 'gap') AS gaps, sum(missing_volume) AS missing_volume,
            string_agg(DISTINCT cause, ', ') AS causes
          FROM gaps GROUP BY instrument ORDER BY missing_volume DESC`,
  },
]

/** The answers, each as rows under its question. A table without rows has no answer. */
export async function queryExport(folder: string, date: string): Promise<Map<string, Record<string, unknown>[]>> {
  const database = await DuckDBInstance.create(':memory:')
  const connection = await database.connect()
  await connection.run("SET TimeZone = 'Asia/Seoul'")
  const answers = new Map<string, Record<string, unknown>[]>()
  for (const { question, table, sql } of cells) {
    const partition = join(folder, table, `date=${date}`)
    if (!existsSync(partition)) {
      answers.set(question, [])
      continue
    }
    await connection.run(
      `CREATE OR REPLACE VIEW ${table} AS FROM read_parquet('${partition}/**/*.parquet', hive_partitioning = true)`,
    )
    answers.set(question, (await connection.runAndReadAll(sql)).getRowObjectsJson())
  }
  connection.closeSync()
  database.closeSync()
  return answers
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [folder = 'tables', date = ''] = process.argv.slice(2)
  for (const [question, rows] of await queryExport(folder, date)) {
    console.log(`\n${question}`)
    console.table(rows)
  }
}
