import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Subject, VirtualTimeScheduler } from 'rxjs'
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { keepLastSeen, type LastSeenOptions, lastSeenFile, sinceFile } from '../../../app/persistence/last-seen.ts'
import type { Logger } from '../../../app/observe/log.ts'
import type { MarketEvent, Trade } from '../../../market/events.ts'
import { checkContinuity } from '../../../streams/continuity/continuity.ts'
import { createContinuityMemory } from '../../../streams/continuity/memory.ts'
import { hynix, samsung, trade } from '../../streams/samples.ts'

let folder: string

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'last-seen-')), 'data')
  onTestFinished(() => rmSync(join(folder, '..'), { recursive: true, force: true }))
})

/** One process: its stream, and what it keeps. */
function run(options: Partial<LastSeenOptions> = {}) {
  const logged: { level: string; facts: object }[] = []
  const note = (level: string) => (facts: object) => void logged.push({ level, facts })
  const log: Logger = { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') }
  const memory = createContinuityMemory()
  const events = new Subject<MarketEvent>()
  const seen: MarketEvent[] = []
  events.pipe(checkContinuity({ memory })).subscribe(event => seen.push(event))
  const lastSeen = keepLastSeen({ folder, source: 'here', memory, log, ...options })
  lastSeen.start()
  return {
    lastSeen,
    logged,
    seen,
    trades: (volume: number, cumulativeVolume: number, changes: Partial<Trade> = {}) =>
      events.next(trade({ volume, cumulativeVolume, ...changes })),
    get gaps() {
      return seen.flatMap(event => (event.type === 'gap' ? [event.missingVolume] : []))
    },
  }
}

const file = () => join(folder, lastSeenFile)
const content = () => JSON.parse(readFileSync(file(), 'utf8')) as unknown

describe('what was last seen', () => {
  it('is there for the next process, gaps and all', async () => {
    const first = run()
    first.trades(5, 1_005)
    first.trades(5, 1_030)
    first.trades(5, 100, { instrument: hynix })
    await first.lastSeen.stop()

    const second = run()
    second.trades(5, 1_030)
    second.trades(5, 1_010)
    second.trades(5, 1_041)
    second.trades(5, 105, { instrument: hynix })
    await second.lastSeen.stop()

    expect(first.gaps).toEqual([20])
    expect(second.seen.map(({ type }) => type)).toEqual(['gap-filled', 'trade', 'gap', 'trade', 'trade'])
    expect(second.seen[2]).toMatchObject({ cause: 'restart', missingVolume: 6 })
    expect(first.logged).toEqual([])
    expect(second.logged).toEqual([])
  })

  it('is kept by instrument, and for the eyes of its owner', async () => {
    const { lastSeen, trades } = run()
    trades(5, 1_005, { cumulativeValue: null })
    await lastSeen.stop()
    const { eventTime } = trade()
    expect(content()).toEqual({
      format: 1,
      source: 'here',
      saves: 1,
      instruments: {
        [samsung]: [
          {
            businessDate: 20260914,
            volume: 1_005,
            value: null,
            eventTime,
            holes: [{ fromVolume: 0, toVolume: 1_000, from: null, to: eventTime, isGap: false }],
          },
        ],
      },
    })
    expect(readdirSync(folder)).toEqual([lastSeenFile])
    expect(statSync(file()).mode & 0o777).toBe(0o600)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
  })

  it('is written every second when something changed, and only then', async () => {
    const scheduler = new VirtualTimeScheduler(undefined, 2_500)
    const { lastSeen, trades } = run({ scheduler })
    scheduler.flush()
    await new Promise(resolve => setImmediate(resolve))
    expect(existsSync(folder)).toBe(false)
    trades(5, 1_005)
    scheduler.maxFrames = 3_500
    scheduler.flush()
    await vi.waitFor(() => expect(content()).toMatchObject({ instruments: { [samsung]: [{ volume: 1_005 }] } }), {
      timeout: 120_000,
    })
    trades(5, 1_010)
    await lastSeen.stop()
    expect(content()).toMatchObject({ instruments: { [samsung]: [{ volume: 1_010 }] } })
    const { mtimeMs, ino } = statSync(file())
    const idle = run()
    await idle.lastSeen.stop()
    expect(statSync(file())).toMatchObject({ mtimeMs, ino })
  })

  it('is whole on disk at every moment, however often it is replaced', async () => {
    const { lastSeen, trades } = run({ everyMs: 1 })
    for (let total = 1; total <= 200; total++) {
      trades(1, total)
      await new Promise(resolve => setImmediate(resolve))
      if (existsSync(file())) expect(content()).toMatchObject({ format: 1 })
    }
    await lastSeen.stop()
    expect(content()).toMatchObject({ instruments: { [samsung]: [{ volume: 200 }] } })
  })

  it('replaces what a killed process left half written, whatever its mode was', async () => {
    mkdirSync(folder)
    writeFileSync(`${file()}.tmp`, '{"form', { mode: 0o644 })
    const { lastSeen, trades } = run()
    trades(5, 1_005)
    await lastSeen.stop()
    expect(content()).toMatchObject({ format: 1 })
    expect(statSync(file()).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder)).toEqual([lastSeenFile])
  })

  it('is not touched by a feed that was never started', async () => {
    const memory = createContinuityMemory()
    memory.changes++
    const log = { debug() {}, info() {}, warn() {}, error() {} }
    await keepLastSeen({ folder, source: 'here', memory, log }).stop()
    expect(existsSync(folder)).toBe(false)
  })
})

describe('what was written down before it was delivered', () => {
  const since = () => join(folder, sinceFile)
  /** A process that is killed before anything is saved by the second. */
  const killed = () => run({ scheduler: new VirtualTimeScheduler() })

  it('counts for the next process, though nothing was saved since, and goes with the next save', async () => {
    const before = killed()
    before.trades(5, 1_005)
    before.lastSeen.settled(samsung)
    before.trades(5, 1_010)
    before.lastSeen.settled(samsung)
    before.trades(5, 1_015)
    expect(existsSync(file())).toBe(false)
    expect(statSync(since()).mode & 0o777).toBe(0o600)

    const after = run()
    after.trades(5, 1_010)
    after.trades(5, 1_021)
    await after.lastSeen.stop()
    expect(after.gaps).toEqual([6])
    expect(after.logged).toEqual([])
    expect(readdirSync(folder)).toEqual([lastSeenFile])
  })

  it('does not take the place of what was saved later', async () => {
    const before = killed()
    before.trades(5, 1_005)
    before.lastSeen.settled(samsung)
    const old = readFileSync(since())
    before.trades(5, 1_050)
    await before.lastSeen.stop()
    // The process was killed between the save and the clearing away.
    writeFileSync(since(), old)
    const after = run()
    after.trades(5, 1_055)
    await after.lastSeen.stop()
    expect(after.gaps).toEqual([])
  })

  it('is kept when it came while the file was being written', async () => {
    const before = killed()
    before.trades(5, 1_005)
    const stopped = before.lastSeen.stop()
    await new Promise(resolve => setImmediate(resolve))
    before.trades(5, 1_020)
    before.lastSeen.settled(samsung)
    await stopped
    const after = run()
    after.trades(5, 1_025)
    await after.lastSeen.stop()
    expect(before.gaps).toEqual([10])
    expect(after.gaps).toEqual([])
  })

  it.each([
    ['cut short', '{"after":0,"sour'],
    ['not what we write', '{"after":0}'],
    ['about nothing that trades', '{"after":0,"source":"here","instrument":"samsung","counts":[]}'],
  ])('is left out where it is %s, with a word in the log', async (_what, text) => {
    const before = killed()
    before.trades(5, 1_005)
    before.lastSeen.settled(samsung)
    writeFileSync(since(), text, { flag: 'a' })
    const after = killed()
    after.trades(5, 1_011)
    after.lastSeen.settled(samsung)
    const last = run()
    last.trades(5, 1_020)
    await last.lastSeen.stop()
    expect(after.gaps).toEqual([1])
    expect(after.logged).toMatchObject([{ level: 'warn', facts: { unreadable: 1 } }])
    expect(last.gaps).toEqual([4])
  })

  it('elsewhere says nothing about this source', async () => {
    const before = run({ source: 'there', scheduler: new VirtualTimeScheduler() })
    before.trades(5, 1_005)
    before.lastSeen.settled(samsung)
    const after = run()
    after.trades(5, 2_005)
    await after.lastSeen.stop()
    expect(after.gaps).toEqual([])
  })

  it('that cannot be written is logged, and the feed goes on', async () => {
    const { lastSeen, trades, logged, seen } = killed()
    mkdirSync(since(), { recursive: true })
    trades(5, 1_005)
    lastSeen.settled(samsung)
    trades(5, 1_010)
    expect(seen).toHaveLength(2)
    expect(logged).toMatchObject([{ level: 'warn', facts: { problem: expect.stringContaining('EISDIR') } }])
  })
})

describe('a file that is no good', () => {
  const good = {
    format: 1,
    source: 'here',
    instruments: { [samsung]: [{ businessDate: 20260914, volume: 5, value: null, eventTime: null, holes: [] }] },
  }
  const [count] = good.instruments[samsung] as [object]

  it.each([
    ['empty', ''],
    ['cut off', JSON.stringify(good).slice(0, -9)],
    ['not even text', Buffer.from([0xff, 0x00, 0xfe])],
    ['null', 'null'],
    ['of another format', JSON.stringify({ ...good, format: 2 })],
    ['of an older format', JSON.stringify({ [samsung]: 1_005 })],
    ['about nothing that trades', JSON.stringify({ ...good, instruments: { samsung: [count] } })],
    ['without a count', JSON.stringify({ ...good, instruments: { [samsung]: [] } })],
    ['wrong about a total', JSON.stringify({ ...good, instruments: { [samsung]: [{ ...count, volume: '5' }] } })],
    [
      'wrong about a missing range',
      JSON.stringify({
        ...good,
        instruments: {
          [samsung]: [{ ...count, holes: [{ fromVolume: 5, toVolume: 2, from: null, to: null, isGap: true }] }],
        },
      }),
    ],
  ])('because it is %s is logged, ignored and replaced', async (_what, text) => {
    mkdirSync(folder)
    writeFileSync(file(), text)
    const { lastSeen, trades, gaps, logged } = run()
    trades(5, 1_005)
    await lastSeen.stop()
    expect(gaps).toEqual([])
    expect(logged).toMatchObject([{ level: 'warn', facts: { file: file(), problem: expect.any(String) } }])
    expect(content()).toMatchObject({ instruments: { [samsung]: [{ volume: 1_005 }] } })
  })

  it('because it was written elsewhere is left alone until there is something to write, and says nothing about this source', async () => {
    mkdirSync(folder)
    writeFileSync(file(), JSON.stringify({ ...good, source: 'elsewhere' }))
    const { lastSeen, trades, gaps, logged } = run()
    trades(5, 1_005)
    await lastSeen.stop()
    expect(gaps).toEqual([])
    expect(logged).toMatchObject([{ level: 'info' }])
  })

  it('because it is a folder, or its folder is a file, is logged once, and the feed goes on', async () => {
    mkdirSync(file(), { recursive: true })
    const one = run({ everyMs: 1 })
    for (let total = 1; total <= 50; total++) {
      one.trades(1, total)
      await new Promise(resolve => setImmediate(resolve))
    }
    await one.lastSeen.stop()
    expect(one.seen).toHaveLength(50)
    expect(one.logged.map(({ level }) => level)).toEqual(['warn', 'warn'])

    const other = run({ folder: join(folder, '..', 'taken') })
    writeFileSync(join(folder, '..', 'taken'), '')
    other.trades(1, 1)
    await other.lastSeen.stop()
    expect(other.logged).toMatchObject([{ level: 'warn' }])
  })

  it('because it may not be read is logged, and replaced', async () => {
    mkdirSync(folder)
    writeFileSync(file(), JSON.stringify(good))
    chmodSync(file(), 0)
    const { lastSeen, trades } = run()
    trades(5, 1_005)
    await lastSeen.stop()
    expect(content()).toMatchObject({ instruments: { [samsung]: [{ volume: 1_005 }] } })
  })
})

it('instruments not subscribed for long leave the file, a thousand others stay', async () => {
  const first = run()
  for (let i = 0; i < 1_100; i++) {
    const eventTime = Number(trade().eventTime) + i * 1_000
    first.trades(1, 1, { instrument: `KRX:${100_000 + i}`, eventTime })
  }
  await first.lastSeen.stop()
  const forgotten: number[] = []
  const second = run({ onForgotten: most => forgotten.push(most) })
  expect(forgotten).toEqual([1_000])
  second.trades(1, 3, { instrument: 'KRX:100099' })
  second.trades(1, 3, { instrument: 'KRX:100100' })
  await second.lastSeen.stop()
  expect(second.gaps).toEqual([1])
  expect(Object.keys((content() as { instruments: object }).instruments)).toHaveLength(1_001)
})
