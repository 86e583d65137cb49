import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exportRecording } from '../../../app/replay/export.ts'
import { createReplay } from '../../../app/replay/replay.ts'
import type { Bar, MarketEvent } from '../../../market/events.ts'
import { partitionOf } from '../../../recording/export/files.ts'
import { toBars } from '../../../streams/bars/bars.ts'
import { give, recorderFor, temporaryFolder } from '../../recording/support.ts'
import { frame, kst, linesOf, recordsOf, tradeFrame, withValues } from '../../support/wire/frames.ts'

const date = 20_260_608
const start = kst('2026-06-08T11:48:00')

/** Captured trades and books of Samsung Electronics and of US names, malformed input, and an outage. */
async function record(folder: string): Promise<void> {
  const recorder = recorderFor(folder)
  let time = start
  recorder.marker({ type: 'resume', line: '1', market: 'KR', outageMs: 0, receivedTime: start })
  const trades = linesOf('H0STCNT0.txt').filter((_, place) => place !== 1) // and one that got lost
  const [last = []] = recordsOf(trades.at(-1) as string)
  const halted = frame('H0STCNT0', withValues('H0STCNT0', last, { TRHT_YN: 'Y' }))
  const frames = [...trades.slice(0, -1), halted, ...linesOf('H0STASP0.txt'), ...linesOf('H0STPGM0.txt')]
  for (const text of frames) give(recorder, Buffer.from(text), (time += 250))
  for (const text of linesOf('HDFSCNT0.txt')) give(recorder, Buffer.from(text), (time += 250), 'US')
  give(recorder, Buffer.from("0|H0STCNT0|002|it's^neither"), (time += 250))
  recorder.marker({ type: 'disconnect', line: '1', market: 'KR', reason: 'cut', receivedTime: time })
  await recorder.stop()
}

async function replayed(folder: string): Promise<{ events: MarketEvent[]; bars: Bar[] }> {
  const events: MarketEvent[] = []
  const bars: Bar[] = []
  const replay = createReplay({ folder, date, speed: Number.POSITIVE_INFINITY })
  replay.events$.subscribe(event => events.push(event))
  replay.events$.pipe(toBars('1s', replay)).subscribe(bar => bars.push(bar))
  await replay.play()
  return { events, bars }
}

let database: DuckDBInstance
beforeAll(async () => {
  database = await DuckDBInstance.create(':memory:')
})
afterAll(() => database.closeSync())

async function query(sql: string): Promise<Record<string, unknown>[]> {
  const connection = await database.connect()
  await connection.run("SET TimeZone = 'UTC'")
  const reader = await connection.runAndReadAll(sql)
  connection.closeSync()
  return reader.getRowObjectsJson()
}

const instrumentsOf = (events: readonly MarketEvent[]) =>
  [...new Set(events.flatMap(event => ('instrument' in event && event.instrument ? [event.instrument] : [])))].sort()

describe('an exported recording', () => {
  it('holds, in Parquet, every event of its replay once, with the same values and in the same order', async () => {
    const [folder, output] = [temporaryFolder(), temporaryFolder()]
    await record(folder)
    const { events, bars } = await replayed(folder)
    const exported = await exportRecording({ folder, output, dates: [date], bars: '1s' })

    const trades = await query(
      `SELECT *, epoch_ms(event_time) AS e, epoch_ms(received_time) AS r FROM '${output}/trades/**/*.parquet' ORDER BY sequence`,
    )
    const expected = events.flatMap((event, sequence) => (event.type === 'trade' ? [{ ...event, sequence }] : []))
    expect(expected.length).toBeGreaterThan(40)
    expect(expected.filter(({ isHalted }) => isHalted)).toHaveLength(1)
    expect(trades).toHaveLength(expected.length)
    trades.forEach((row, place) => {
      const trade = expected[place] as (typeof expected)[number]
      expect({ ...row, instrument: String(row['instrument']) }).toMatchObject({
        sequence: String(trade.sequence),
        instrument: partitionOf(trade.instrument),
        price: trade.price,
        volume: trade.volume,
        side: trade.side,
        cumulative_volume: trade.cumulativeVolume,
        cumulative_value: trade.cumulativeValue,
        previous_close: trade.previousClose,
        bid_price: trade.bidPrice,
        ask_volume: trade.askVolume,
        is_halted: trade.isHalted === true,
        business_date:
          trade.businessDate === null ? null : String(trade.businessDate).replace(/(....)(..)(..)/, '$1-$2-$3'),
        e: trade.eventTime === null ? null : String(trade.eventTime),
        r: String(trade.receivedTime),
        venue: trade.instrument.split(':')[0],
        symbol: trade.instrument.split(':')[1],
      })
    })

    const books = await query(`SELECT * FROM '${output}/order_books/**/*.parquet' ORDER BY sequence`)
    const expectedBooks = events.flatMap(event => (event.type === 'order-book' ? [event] : []))
    expect(books.map(row => [row['bid_price_1'], row['ask_volume_10'], row['total_ask_volume']])).toEqual(
      expectedBooks.map(book => [book.bids[0]?.price ?? null, book.asks[9]?.volume ?? null, book.totalAskVolume]),
    )

    const gaps = await query(
      `SELECT kind, sum(missing_volume) AS missing FROM '${output}/gaps/**/*.parquet' GROUP BY kind`,
    )
    const missing = events.reduce((sum, event) => sum + (event.type === 'gap' ? event.missingVolume : 0), 0)
    expect(missing).toBeGreaterThan(0)
    expect(bars.length).toBeGreaterThan(0)
    expect(gaps.find(({ kind }) => kind === 'gap')).toMatchObject({ missing })

    const others = await query(`SELECT type, event FROM '${output}/events/**/*.parquet' ORDER BY sequence`)
    const tabled = new Set(['trade', 'order-book', 'gap', 'gap-filled', 'resync'])
    expect(others.map(({ event }) => JSON.parse(String(event)) as unknown)).toEqual(
      events.filter(({ type }) => !tabled.has(type)),
    )

    const barRows = await query(`SELECT * FROM '${output}/bars/**/*.parquet' ORDER BY start_time, symbol`)
    expect(barRows.map(row => [row['symbol'], row['open'], row['close'], row['volume'], row['interval']])).toEqual(
      bars
        .toSorted((a, b) => a.startTime - b.startTime || (a.instrument < b.instrument ? -1 : 1))
        .map(bar => [bar.instrument.split(':')[1], bar.open, bar.close, bar.volume, '1s']),
    )
    expect(exported.rows).toMatchObject({
      trades: expected.length,
      order_books: expectedBooks.length,
      bars: bars.length,
    })
  })

  it('has its bars in order, each once: repaired ones in their place, and none that lacks a part', async () => {
    const [folder, output] = [temporaryFolder(), temporaryFolder()]
    const recorder = recorderFor(folder)
    const at = (time: string) => kst(`2026-06-08T${time}`)
    const trade = (time: string, volume: number, total: number, price = '70000', arrives = time) =>
      give(recorder, tradeFrame(time.replaceAll(':', ''), price, volume, total), at(arrives))
    recorder.marker({ type: 'resume', line: '1', market: 'KR', outageMs: 0, receivedTime: at('11:59:00') })
    trade('12:00:10', 1, 1_001)
    trade('12:01:05', 2, 1_003)
    trade('12:01:50', 3, 1_106) // and 100 shares did not come
    trade('12:02:10', 4, 1_110)
    trade('12:03:10', 5, 1_115)
    trade('12:03:20', 6, 1_121, '')
    trade('12:04:10', 7, 1_128)
    trade('12:02:59', 8, 1_136, '70500', '12:05:00')
    trade('12:05:10', 9, 1_145)
    trade('12:04:59', 9, 1_154, '', '12:06:00')
    trade('12:07:10', 1, 1_155)
    const gap = { instrument: 'KRX:005930', businessDate: date, fromVolume: 1_003, toVolume: 1_103 } as const
    const found = { price: 71_000, volume: 100, cumulativeVolume: 1_103, bidPrice: null, askPrice: null }
    const trades = [{ ...found, eventTime: at('12:01:30') }]
    recorder.marker({ type: 'backfill', ...gap, trades, receivedTime: at('12:08:00') })
    await recorder.stop()

    const exported = await exportRecording({ folder, output })
    const columns = 'epoch_ms(start_time) AS start, high, volume, is_repaired'
    const rows = await query(`SELECT ${columns} FROM read_parquet('${output}/bars/**/*.parquet')`)
    expect(rows).toEqual([
      { start: String(at('12:00:00')), high: 70_000, volume: 1, is_repaired: false },
      { start: String(at('12:01:00')), high: 71_000, volume: 105, is_repaired: true },
      { start: String(at('12:02:00')), high: 70_500, volume: 12, is_repaired: true },
      { start: String(at('12:05:00')), high: 70_000, volume: 9, is_repaired: false },
    ])
    expect(exported.rows.bars).toBe(4)
  })

  it('lies in hive-style folders, with its schema version in every file and beside them', async () => {
    const [folder, output] = [temporaryFolder(), temporaryFolder()]
    await record(folder)
    const { files } = await exportRecording({ folder, output })
    const { events } = await replayed(folder)
    const partitions = readdirSync(join(output, 'trades', 'date=2026-06-08')).sort()
    const traded = instrumentsOf(events.filter(({ type }) => type === 'trade'))
    expect(partitions).toEqual(traded.map(instrument => `instrument=${partitionOf(instrument)}`).sort())
    expect(
      await query(`SELECT DISTINCT date, instrument FROM '${output}/trades/**/*.parquet' ORDER BY 2`),
    ).toMatchObject(
      traded
        .map(partitionOf)
        .sort()
        .map(instrument => ({ date: '2026-06-08', instrument })),
    )
    const versions = await query(
      `SELECT count(*) AS files FROM parquet_kv_metadata('${output}/**/*.parquet') WHERE decode(key) = 'kis_stream_schema_version' AND decode(value) = '1'`,
    )
    expect(versions).toEqual([{ files: String(files) }])
    const codecs = await query(`SELECT DISTINCT compression FROM parquet_metadata('${output}/trades/**/*.parquet')`)
    expect(codecs).toEqual([{ compression: 'ZSTD' }])
    const schema = JSON.parse(readFileSync(join(output, 'schema.json'), 'utf8')) as {
      schemaVersion: number
      tables: Record<string, { columns: { name: string; type: string }[] }>
    }
    expect(schema.schemaVersion).toBe(1)
    const described = await query(
      `DESCRIBE SELECT * EXCLUDE (date, instrument) FROM '${output}/order_books/**/*.parquet'`,
    )
    expect(schema.tables['order_books']?.columns.map(({ name, type }) => [name, type.replace(' (JSON)', '')])).toEqual(
      described.map(row => [row['column_name'], row['column_type']]),
    )
  })

  it('is readable by its owner alone', async () => {
    const folder = temporaryFolder()
    await record(folder)
    for (const format of ['parquet', 'csv'] as const) {
      const output = join(temporaryFolder(), 'exported')
      await exportRecording({ folder, output, format })
      const modes = readdirSync(output, { recursive: true, encoding: 'utf8' }).map(name => {
        const { mode } = statSync(join(output, name))
        return (mode & 0o777).toString(8)
      })
      expect(new Set(modes)).toEqual(new Set(['700', '600']))
      expect(statSync(output).mode & 0o777).toBe(0o700)
    }
  })

  it('holds the same as CSV', async () => {
    const [folder, output] = [temporaryFolder(), temporaryFolder()]
    await record(folder)
    await exportRecording({ folder, output, format: 'csv' })
    await exportRecording({ folder, output, format: 'parquet' })
    const columns = 'sequence, venue, symbol, price, volume, side, cumulative_volume, is_halted, instrument'
    const asCsv = await query(`SELECT ${columns}, received_time FROM '${output}/trades/**/*.csv' ORDER BY sequence`)
    const asParquet = await query(
      `SELECT ${columns}, received_time FROM '${output}/trades/**/*.parquet' ORDER BY sequence`,
    )
    expect(asCsv.length).toBeGreaterThan(40)
    expect(asCsv.map(row => ({ ...row, symbol: String(row['symbol']).padStart(6, '0') }))).toEqual(
      asParquet.map(row => ({ ...row, symbol: String(row['symbol']).padStart(6, '0') })),
    )
    const [header, first] = readFileSync(
      join(output, 'trades/date=2026-06-08/instrument=KRX-005930/data.csv'),
      'utf8',
    ).split('\n')
    expect(header).toMatch(/^venue,symbol,sequence,event_time,received_time,/)
    expect(first).toMatch(/^KRX,005930,\d+,2026-06-08T02:48:27\.000Z,2026-06-08T02:48:/)
  })

  it('replaces what was exported before, and nothing else', async () => {
    const [folder, output] = [temporaryFolder(), temporaryFolder()]
    await record(folder)
    const stale = join(output, 'trades/date=2026-06-08/instrument=KRX-999999')
    const other = join(output, 'trades/date=2026-06-09/instrument=KRX-005930')
    for (const partition of [stale, other]) {
      mkdirSync(partition, { recursive: true })
      writeFileSync(join(partition, 'data.parquet'), 'of an earlier export')
    }
    await exportRecording({ folder, output, instruments: ['KRX:005930'] })
    expect(existsSync(join(stale, 'data.parquet'))).toBe(true) // only this instrument was asked for
    expect(readdirSync(join(output, 'trades/date=2026-06-08'))).toEqual([
      'instrument=KRX-005930',
      'instrument=KRX-999999',
    ])
    await exportRecording({ folder, output })
    await exportRecording({ folder, output })
    expect(existsSync(join(stale, 'data.parquet'))).toBe(false)
    expect(existsSync(join(other, 'data.parquet'))).toBe(true)
    expect(readdirSync(output).filter(name => name.startsWith('.'))).toEqual([])
  })

  it('says what there is when there is nothing to export, and writes nothing', async () => {
    const [folder, output] = [temporaryFolder(), temporaryFolder()]
    await record(folder)
    await expect(exportRecording({ folder, output, dates: [20_260_609] })).rejects.toThrow(
      /^2026-06-09: not recorded in .* there is 2026-06-08/,
    )
    await expect(exportRecording({ folder, output, dates: ['2026-06-08' as never] })).rejects.toThrow(
      "'2026-06-08': expected a number",
    )
    await expect(exportRecording({ folder: output, output })).rejects.toThrow('there is nothing')
    expect(readdirSync(output)).toEqual([])
  })

  it('that cannot be written leaves what was there as it was', async () => {
    const [folder, output] = [temporaryFolder(), temporaryFolder()]
    await record(folder)
    writeFileSync(join(output, 'trades'), 'a file where a folder should be')
    await expect(exportRecording({ folder, output })).rejects.toThrow('trades')
    expect(readdirSync(output)).toEqual(['trades'])
  })
})

it('DuckDB, a native package, is loaded by an export and by nothing else', () => {
  const root = fileURLToPath(new URL('../../..', import.meta.url))
  const folders = ['app', 'cli', 'kis', 'machines', 'market', 'recording', 'simulator', 'sinks', 'streams']
  const loading = folders
    .flatMap(folder =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map(name => join(folder, name)),
    )
    .filter(name => name.endsWith('.ts'))
    .flatMap(name =>
      readFileSync(join(root, name), 'utf8')
        .split('\n')
        .map(line => `${name}: ${line.trim()}`),
    )
    .filter(line => /(from |import\()'@duckdb/.test(line) && !/import type|typeof import/.test(line))
  expect(loading).toEqual(["recording/export/duckdb.ts: return await import('@duckdb/node-api')"])
})

describe('the folder of an instrument', () => {
  it.each([
    ['KRX:005930', 'KRX-005930'],
    ['NYS:BRK.B', 'NYS-BRK.B'],
    ['NYS:BRK/B', 'NYS-BRK%2FB'],
  ])('%s is %s', (instrument, name) => {
    expect(partitionOf(instrument)).toBe(name)
  })
})
