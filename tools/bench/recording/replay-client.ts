// A child that replays records of its own making as fast as it can, and says what one cost.
import { once } from 'node:events'
import { createReadStream, createWriteStream, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { createGunzip, createGzip } from 'node:zlib'
import { createReplay } from '../../../app/replay/replay.ts'
import { createOfflineWriter } from '../../../recording/write/offline-writer.ts'
import { obviousTrades } from '../pipelines/baselines.ts'
import { serve } from '../children.ts'
import { beginDay, receivedTime, type Total, trades } from '../frames.ts'
import { cpuMicroseconds } from '../measure.ts'

export type ReplayerName = 'kis-stream' | 'the obvious replay' | 'tardis-dev'

export type ReplayQuestion = { readonly ask: 'prepare'; readonly records: number } | { readonly ask: 'replay' }

/** For one record: time by the wall, and of all threads together. */
export type ReplayAnswer = { readonly microseconds: number; readonly cpuMicroseconds: number }

type Replayer = {
  prepare(folder: string, records: number): Promise<void>
  /** Returns how many records it emitted. */
  replay(folder: string): Promise<number>
}

const load = trades({ recordsPerFrame: 1 })

export function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name)
    return true
  } catch {
    return false
  }
}

/** Frames whose totals go on, 20,000 a second; in a buffer that is written into again. */
function* frames(count: number): Generator<{ readonly frame: Buffer; readonly time: number }> {
  const day = beginDay()
  for (let i = 0; i < count; i++) {
    const at = i % load.frames.length
    const frame = load.frames[at] as Buffer
    day.goOn(frame, 0, load.totals[at] as Total[])
    yield { frame, time: receivedTime + Math.floor(i / 20) }
  }
}

const ours: Replayer = {
  prepare(folder, records) {
    const recording = createOfflineWriter(folder)
    for (const { frame, time } of frames(records))
      recording.frame({ line: '1', market: 'KR', bytes: frame, receivedTime: time })
    return recording.close()
  },
  async replay(folder) {
    const replay = createReplay({ folder, speed: Number.POSITIVE_INFINITY })
    let emitted = 0
    replay.trades$.subscribe(() => emitted++)
    await replay.play()
    return emitted
  },
}

/** Lines with a time in front, packed with gzip: read, split, Number, a class. */
const obvious: Replayer = {
  prepare: (folder, records) =>
    writeLines(
      join(folder, 'frames.gz'),
      (function* () {
        for (const { frame, time } of frames(records)) yield `${new Date(time).toISOString()} ${frame.toString()}`
      })(),
    ),
  async replay(folder) {
    let emitted = 0
    const input = createReadStream(join(folder, 'frames.gz')).pipe(createGunzip())
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      const space = line.indexOf(' ')
      const time = new Date(line.slice(0, space)).getTime()
      obviousTrades(Buffer.from(line.slice(space + 1)), time, () => emitted++)
    }
    return emitted
  },
}

/** What is used here of tardis-dev: https://docs.tardis.dev/api/node-js, replayNormalized. */
type Tardis = {
  init(options: { readonly cacheDir: string }): void
  replayNormalized(options: object, normalizer: unknown): AsyncIterable<unknown>
  readonly normalizeTrades: unknown
}

/** Binance trades of one minute, in its own cache, where it finds them without a request. */
const tardis: Replayer = {
  async prepare(folder, records) {
    const { sha256 } = createRequire(import.meta.url)('tardis-dev/dist/handy') as { sha256(of: object): string }
    const filters = [{ channel: 'trade', symbols: ['btcusdt'] }]
    const file = join(folder, 'feeds', 'binance', sha256(filters), '2026/06/08/00/00.json.gz')
    mkdirSync(dirname(file), { recursive: true })
    await writeLines(
      file,
      (function* () {
        for (let i = 0; i < records; i++) {
          const time = Date.UTC(2026, 5, 8) + Math.floor((i * 60_000) / records)
          const text = new Date(time).toISOString().replace('Z', '0000Z')
          const trade = {
            e: 'trade',
            E: time,
            s: 'BTCUSDT',
            t: i,
            p: '63123.45000000',
            q: '0.01230000',
            T: time,
            m: i % 2 === 0,
            M: true,
          }
          yield `${text} ${JSON.stringify({ stream: 'btcusdt@trade', data: trade })}`
        }
      })(),
    )
  },
  async replay(folder) {
    const { init, normalizeTrades, replayNormalized } = createRequire(import.meta.url)('tardis-dev') as Tardis
    init({ cacheDir: folder })
    const minute = {
      exchange: 'binance',
      symbols: ['btcusdt'],
      from: '2026-06-08T00:00:00Z',
      to: '2026-06-08T00:01:00Z',
    }
    let emitted = 0
    for await (const _ of replayNormalized(minute, normalizeTrades)) emitted++
    return emitted
  },
}

const replayers: Readonly<Record<ReplayerName, Replayer>> = {
  'kis-stream': ours,
  'the obvious replay': obvious,
  'tardis-dev': tardis,
}

async function writeLines(file: string, lines: Iterable<string>): Promise<void> {
  const gzip = createGzip()
  const output = gzip.pipe(createWriteStream(file))
  for (const line of lines) if (!gzip.write(`${line}\n`)) await once(gzip, 'drain')
  gzip.end()
  await once(output, 'close')
}

if (process.send !== undefined && process.argv[2] !== undefined && process.argv[2] in replayers) {
  const replayer = replayers[process.argv[2] as ReplayerName] // it is one of them
  const folder = mkdtempSync(join(tmpdir(), 'kis-bench-replay-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  let expected = 0
  serve<ReplayQuestion, ReplayAnswer>(async question => {
    if (question.ask === 'prepare') {
      expected = question.records
      await replayer.prepare(folder, expected)
      return { microseconds: 0, cpuMicroseconds: 0 }
    }
    const [start, cpu] = [performance.now(), cpuMicroseconds()]
    const emitted = await replayer.replay(folder)
    if (emitted !== expected) throw new Error(`${emitted} records of ${expected} were emitted`)
    return {
      microseconds: ((performance.now() - start) * 1_000) / emitted,
      cpuMicroseconds: (cpuMicroseconds() - cpu) / emitted,
    }
  })
}
