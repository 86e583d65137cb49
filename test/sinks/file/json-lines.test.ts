import { execFile, execFileSync } from 'node:child_process'
import {
  closeSync,
  constants,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { from, of, Subject } from 'rxjs'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { MarketEvent } from '../../../market/events.ts'
import { eventThread } from '../../../sinks/ring/event-thread.ts'
import { type JsonLinesOptions, jsonLines } from '../../../sinks/file/json-lines.ts'
import { at, orderBook, trade } from '../../streams/samples.ts'

// Each test starts a thread, and some a process, that compile what they run.
const patience = { timeout: 120_000 }

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'json-lines-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

function open(options: Partial<JsonLinesOptions> = {}) {
  const file = join(folder, 'events.jsonl')
  const droppedCounts: number[] = []
  const reasons: string[] = []
  const sink = jsonLines({
    to: file,
    onDropped: count => droppedCounts.push(count),
    onClosed: reason => reasons.push(reason),
    ...options,
  })
  return { sink, droppedCounts, reasons, written: () => linesOf(readFileSync(file, 'utf8')) }
}

/** A pipe whose two ends this test holds, and which says EAGAIN when it is full or empty. */
function openPipe() {
  const path = join(folder, 'pipe')
  execFileSync('mkfifo', [path])
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const writer = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK)
  const ends = new Set([reader, writer])
  const close = (end: number) => ends.delete(end) && closeSync(end)
  onTestFinished(() => ends.forEach(close))
  const buffer = Buffer.alloc(65_536)
  return {
    writer,
    close,
    closeReader: () => close(reader),
    /** What is in the pipe at the moment. */
    read(): string {
      try {
        return buffer.toString('utf8', 0, readSync(reader, buffer))
      } catch {
        return ''
      }
    },
  }
}

function linesOf(text: string): string[] {
  expect(text === '' || text.endsWith('\n')).toBe(true)
  return text.split('\n').slice(0, -1)
}

function toLines(events: readonly MarketEvent[]): string[] {
  return events.map(event => JSON.stringify(event))
}

function manyTrades(count: number): MarketEvent[] {
  return Array.from({ length: count }, (_, number) => trade({ receivedTime: number }))
}

describe('events as lines of JSON', () => {
  it('are all in the file when it is closed, each as JSON.stringify makes it', async () => {
    const events = [
      trade(),
      orderBook(),
      trade({ columns: { VI_STND_PRC: '70000' } }),
      { type: 'malformed', reason: 'cut off', raw: '한글\n', receivedTime: 1 },
      ...manyTrades(3_000),
    ] as const
    const { sink, written, reasons, droppedCounts } = open()
    sink(from(events))
    await sink.close()
    expect(written()).toEqual(toLines(events))
    expect({ reasons, droppedCounts }).toEqual({ reasons: [], droppedCounts: [] })
  })

  it('reach the file while the feed goes on', async () => {
    const { sink, written } = open()
    const source = new Subject<MarketEvent>()
    sink(source)
    for (const event of manyTrades(3)) {
      source.next(event)
      await vi.waitFor(() => expect(written()).toContain(JSON.stringify(event)), patience)
    }
    await sink.close()
    expect(written()).toHaveLength(3)
  })

  it('are added to what is in the file, from every feed that is attached', async () => {
    for (let run = 0; run < 2; run++) {
      const { sink } = open()
      for (const event of manyTrades(2)) sink(of(event))
      await sink.close()
    }
    expect(open().written()).toEqual(toLines([...manyTrades(2), ...manyTrades(2)]))
  })

  it('stop when their subscription does, or when the sink is closed', async () => {
    const { sink, written } = open()
    const [left, kept] = [new Subject<MarketEvent>(), new Subject<MarketEvent>()]
    sink(left).unsubscribe()
    sink(kept)
    kept.next(trade())
    const closed = sink.close()
    expect([left.observed, kept.observed]).toEqual([false, false])
    expect(sink(kept).closed).toBe(true)
    await closed
    await sink.close()
    expect(written()).toEqual(toLines([trade()]))
  })
})

describe('a ring that is full', () => {
  it('drops and counts, and says so in the lines', async () => {
    const { sink, written, droppedCounts } = open({ capacityBytes: 4_096 })
    const events = manyTrades(200)
    sink(from(events)) // all before the worker has begun
    await sink.close()
    const lines = written()
    const dropped = droppedCounts.reduce((sum, count) => sum + count)
    expect(droppedCounts[0]).toBe(1)
    expect(lines.length - 1 + dropped).toBe(200)
    expect(lines.slice(0, -1)).toEqual(toLines(events.slice(0, 200 - dropped)))
    expect(JSON.parse(lines.at(-1) ?? '')).toEqual({ type: 'dropped', count: dropped, from: 200 - dropped, to: 199 })
  })
})

describe('a file that a killed process left in the middle of a line', () => {
  it('goes on with a line of its own', async () => {
    const file = join(folder, 'events.jsonl')
    writeFileSync(file, '{"type":"tra')
    const { sink, written } = open({ to: file })
    sink(of(trade()))
    await sink.close()
    expect(written()).toEqual(['{"type":"tra', ...toLines([trade()])])
  })
})

describe('files that take turns', () => {
  /** 23:59:58 of 14 September in Korea, and the day after. */
  const evening = at('23:59:58')
  const morning = at('23:59:58') + 60_000
  const tradesAt = (...times: number[]) => times.map(receivedTime => trade({ receivedTime }))
  const readAll = () =>
    Object.fromEntries(readdirSync(folder).map(name => [name, linesOf(readFileSync(join(folder, name), 'utf8'))]))

  it('hold a Korean day each, by when an event was received', async () => {
    const finished: string[] = []
    const { sink } = open({ to: { folder }, onFinished: file => finished.push(file) })
    const [before, after] = [tradesAt(evening, evening + 1), tradesAt(morning)]
    sink(from([...before, ...after]))
    await sink.close()
    expect(readAll()).toEqual({
      'events-2026-09-14.ndjson': toLines(before),
      'events-2026-09-15.ndjson': toLines(after),
    })
    expect(finished).toEqual([join(folder, 'events-2026-09-14.ndjson'), join(folder, 'events-2026-09-15.ndjson')])
  })

  it('are no longer than they may be, by a batch, and no line is in two of them', async () => {
    const { sink } = open({ to: { folder, name: 'kr', maxBytes: 1_200 } })
    const source = new Subject<MarketEvent>()
    sink(source)
    const events = tradesAt(...Array.from({ length: 8 }, (_, place) => evening + place))
    for (const [place, event] of events.entries()) {
      source.next(event)
      await vi.waitFor(() => expect(Object.values(readAll()).flat()).toHaveLength(place + 1), patience)
    }
    await sink.close()
    const files = readAll()
    expect(Object.keys(files).slice(0, 2)).toEqual(['kr-2026-09-14.1.ndjson', 'kr-2026-09-14.ndjson'])
    const inOrder = Object.entries(files).sort(([a], [b]) => partOf(a) - partOf(b))
    expect(inOrder.flatMap(([, lines]) => lines)).toEqual(toLines(events))
    // A line enters a file that has less than 1,200 bytes, and a line has more than 300.
    for (const lines of Object.values(files)) expect(lines.length).toBeLessThanOrEqual(4)
  })

  it('go on where they were after a restart, and only the newest are kept', async () => {
    writeFileSync(join(folder, 'events-2026-09-12.ndjson'), 'older\n')
    writeFileSync(join(folder, 'events-2026-09-13.ndjson'), 'old\n')
    writeFileSync(join(folder, 'notes.txt'), 'not ours\n')
    for (let run = 0; run < 2; run++) {
      const { sink } = open({ to: { folder, keepFiles: 2 } })
      sink(from(tradesAt(evening)))
      await sink.close()
    }
    expect(readAll()).toEqual({
      'events-2026-09-13.ndjson': ['old'],
      'events-2026-09-14.ndjson': toLines(tradesAt(evening, evening)),
      'notes.txt': ['not ours'],
    })
  })

  it.each([
    [{ name: '../up' }, "name '../up'"],
    [{ maxBytes: 0 }, 'maxBytes 0'],
    [{ keepFiles: 0 }, 'keepFiles 0'],
    [{ maxByte: 5 }, 'maxByte is no option here; did you mean maxBytes?'],
  ])('are refused with %o', (turns, message) => {
    expect(() => jsonLines({ to: { folder, ...turns } })).toThrow(message)
  })
})

it('takes no option that it does not know, and begins nothing then', () => {
  expect(() => jsonLines({ to: '/nowhere/x', onDroped: () => {} } as never)).toThrow('did you mean onDropped?')
})

/** `kr-2026-09-14.1.ndjson` → 1. */
function partOf(file: string): number {
  return Number(/\.(\d+)\.ndjson$/.exec(file)?.[1] ?? 0)
}

describe.skipIf(process.platform === 'win32')('a pipe', () => {
  it('that is full is waited for, and nothing is lost or torn', async () => {
    const pipe = openPipe()
    const { sink, reasons } = open({ to: pipe.writer })
    const events = manyTrades(2_000) // more than a pipe holds
    sink(from(events))
    const closed = sink.close().then(() => pipe.close(pipe.writer))
    let text = ''
    await vi.waitFor(
      () => {
        text += pipe.read()
        expect(text.length).toBe(toLines(events).join('\n').length + 1)
      },
      { ...patience, interval: 1 },
    )
    await closed
    expect(linesOf(text)).toEqual(toLines(events))
    expect(reasons).toEqual([])
  })

  it('whose reader went away is reported, and its feed is let go of', async () => {
    const pipe = openPipe()
    const source = new Subject<MarketEvent>()
    const { sink, reasons } = open({ to: pipe.writer })
    sink(source)
    source.next(trade())
    await vi.waitFor(() => expect(pipe.read()).not.toBe(''), patience)
    pipe.closeReader()
    source.next(trade())
    await vi.waitFor(() => expect(reasons).toEqual([expect.stringContaining('EPIPE')]), patience)
    expect(source.observed).toBe(false)
    await sink.close()
    expect(reasons).toHaveLength(1)
  })
})

describe('a file that cannot be written', () => {
  it('is reported, and closing does not wait for it', async () => {
    const { sink, reasons } = open({ to: join(folder, 'no-such-folder', 'events.jsonl') })
    sink(of(trade()))
    await sink.close()
    expect(reasons).toEqual([expect.stringContaining('ENOENT')])
  })
})

describe('a file that cannot be written for a while', () => {
  it('is tried again, and nothing is lost: what it refuses is reported once, and so is that it takes it again', async () => {
    const folderToCome = join(folder, 'mounted-later')
    const { sink, reasons, droppedCounts } = open({ to: join(folderToCome, 'events.jsonl'), ...callbacks })
    const news: string[] = []
    sink.watch(({ type }) => news.push(type))
    const source = new Subject<MarketEvent>()
    sink(source)
    const events = manyTrades(1_000)
    for (const event of events.slice(0, 500)) source.next(event)
    await vi.waitFor(() => expect(news).toEqual(['away']), patience)
    expect(sink.isSettled()).toBe(false)
    mkdirSync(folderToCome)
    for (const event of events.slice(500)) source.next(event)
    await vi.waitFor(() => expect(sink.isSettled()).toBe(true), patience)
    expect(linesOf(readFileSync(join(folderToCome, 'events.jsonl'), 'utf8'))).toEqual(toLines(events))
    expect(news).toEqual(['away', 'back'])
    expect(said).toEqual([expect.stringContaining('ENOENT'), 'back'])
    await sink.close()
    expect({ reasons, droppedCounts }).toEqual({ reasons: [], droppedCounts: [] })
  })

  const said: string[] = []
  const callbacks = { onAway: (reason: string) => said.push(reason), onBack: () => said.push('back') }

  it.skipIf(process.platform !== 'linux')(
    'that has no room says so, and how much it lost when it is closed',
    async () => {
      const { sink, reasons } = open({ to: '/dev/full' })
      const news: unknown[] = []
      sink.watch(event => news.push(event))
      sink(from(manyTrades(7)))
      await vi.waitFor(() => expect(news).toHaveLength(1), patience)
      await sink.close()
      const reason = expect.stringMatching(/^ENOSPC.*; 7 events were not written$/)
      expect(news).toEqual([
        { type: 'away', reason: expect.stringContaining('ENOSPC') },
        { type: 'ended', reason, lost: 7, isReaderGone: false },
      ])
      expect(reasons).toEqual([reason])
    },
  )
})

describe('a thread that is not there', () => {
  it('is reported and started again, at most once a second and only when there is something to do', async () => {
    let now = 0
    const reasons: string[] = []
    const sink = eventThread(
      new URL('./no-such-worker', import.meta.url),
      {},
      { clock: { now: () => now }, onClosed: reason => reasons.push(reason) },
    )
    const news: unknown[] = []
    sink.watch(event => news.push(event))
    await vi.waitFor(() => expect(news).toHaveLength(1), patience)
    expect(news).toEqual([{ type: 'away', reason: expect.stringContaining('no-such-worker') }])
    const source = new Subject<MarketEvent>()
    sink(source)
    source.next(trade())
    now = 1_000
    source.next(trade())
    const late: unknown[] = []
    sink.watch(event => late.push(event))
    expect(late).toEqual(news)
    await sink.close()
    expect(reasons).toEqual([expect.stringMatching(/no-such-worker.*; 2 events were not written$/s)])
  })
})

describe('a process', () => {
  const run = promisify(execFile)
  const sinkModule = new URL('../../../sinks/file/json-lines.ts', import.meta.url).href
  const repository = fileURLToPath(new URL('../../..', import.meta.url))
  const script = (body: string) => [
    '--import',
    'tsx',
    '--input-type=module',
    '-e',
    `import { jsonLines } from '${sinkModule}'\n${body}`,
  ]

  it('ends although a sink is open, and what was given to it is written first', async () => {
    const events = JSON.stringify(manyTrades(5))
    const body = `jsonLines({ to: 1 })({ subscribe: write => { for (const event of ${events}) write(event) } })`
    const { stdout } = await run(process.execPath, script(body), { cwd: repository })
    expect(linesOf(stdout)).toEqual(toLines(manyTrades(5)))
  })
})
