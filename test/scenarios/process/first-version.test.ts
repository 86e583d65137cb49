// What the first version left in a data folder and in Redis is read, and means the same.
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openJobs } from '../../../app/jobs/jobs.ts'
import { createAccess } from '../../../app/jobs/shared-access.ts'
import { silentLogger } from '../../../app/observe/log.ts'
import { readSupportRecord } from '../../../app/operations/support-record.ts'
import { lastSeenFile, sinceFile } from '../../../app/persistence/last-seen.ts'
import { openLineMemory } from '../../../app/persistence/line-memory.ts'
import { type FeedSettings, readSettings } from '../../../app/settings/settings.ts'
import { systemClock } from '../../../market/clock.ts'
import { startSimulator } from '../../../simulator/server.ts'
import { readDayBook } from '../../../workers/jobs/day-book-reader.ts'
import { openRedis, type RedisClient } from '../../../workers/redis/redis.ts'
import { prefixOf } from '../../../workers/redis/scope.ts'
import { feedRig, planted, silentMarket, whenCaptured } from '../../support/rigs/feed.ts'
import { connected, serverProgram, startTestServer, temporaryFolder } from '../../support/servers/redis.ts'
import { lineOf } from '../../support/wire/frames.ts'

const fixture = new URL('../../fixtures/first-version/', import.meta.url)

type Key = { readonly key: string; readonly ttl?: number } & (
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'hash'; readonly value: Readonly<Record<string, string>> }
  | { readonly type: 'zset' | 'list'; readonly value: readonly string[] }
  | { readonly type: 'stream'; readonly value: readonly (readonly [string, readonly string[]])[] }
)

const redisDump = JSON.parse(readFileSync(new URL('redis.json', fixture), 'utf8')) as {
  readonly takenAt: number
  readonly restUrl: string
  readonly issued: { readonly token: string; readonly approval: string; readonly approvalUs: string }
  readonly keys: readonly Key[]
}

const settings: FeedSettings = readSettings({
  ...planted,
  usAppKey: 'PLANTED-US-APP-KEY-0123456789-ABCDEF',
  usAppSecret: `PLANTED-US-SECRET-${'x1Y2z3'.repeat(20)}`,
  schedule: 'side-by-side',
  restUrl: redisDump.restUrl,
  timing: { mostConnects: 4 },
})
const prefixes = settings.lines.map(line => prefixOf({ ...line, restUrl: settings.restUrl }))

function dataFolder(): string {
  const folder = join(temporaryFolder(), 'data')
  cpSync(new URL('data/', fixture), folder, { recursive: true })
  return folder
}

describe('a data folder of the first version', () => {
  it('says how far each instrument was followed, and what is missing', async () => {
    const folder = dataFolder()
    const clock = whenCaptured()
    const simulator = await startSimulator({ tape: silentMarket(), clock })
    onTestFinished(() => simulator.stop())
    for (const file of [lastSeenFile, sinceFile].map(name => join(folder, name))) {
      writeFileSync(file, readFileSync(file, 'utf8').replaceAll(redisDump.restUrl, simulator.restUrl))
    }

    const rig = await feedRig({ running: simulator, clock, dataFolder: folder })
    const missing = rig.feed.status().openGaps.map(({ fromVolume, toVolume }) => [fromVolume, toVolume])
    await rig.feed.confirmed('KRX:005930')
    const values = lineOf('H0STCNT0.txt', 1).split('|')[3]?.split('^') ?? []
    const record = values.slice(-values.length / 5)
    record[12] = '60'
    record[13] = '21357600'
    simulator.send(`0|H0STCNT0|001|${record.join('^')}`)

    expect(missing).toEqual([
      [21_357_306, 21_357_346],
      [21_357_406, 21_357_495],
    ])
    const gap = await rig.until('gap')
    expect(gap).toMatchObject({ cause: 'restart', fromVolume: 21_357_500, toVolume: 21_357_540, missingVolume: 40 })
  })

  it('knows this installation, and the connections of each line', () => {
    const memory = openLineMemory(dataFolder(), silentLogger)
    expect(memory.installation).toBe('feae74138730f3609fcbe66ba8bc587a')
    expect(prefixes.map(prefix => memory.of(prefix).connects.read())).toEqual([
      [1_780_886_910_153],
      [1_780_886_910_168],
    ])
  })

  it('has a day book', async () => {
    const book = await readDayBook(dataFolder(), 20260608)
    expect(book).toMatchObject({
      unreadableLines: 0,
      instruments: [
        {
          instrument: 'KRX:005930',
          begin: { eventTime: 1_780_886_907_000, volumeBefore: 21_356_727 },
          gapVolume: 40,
          missing: [{ fromVolume: 21_357_306, toVolume: 21_357_346 }],
        },
      ],
    })
    expect(book?.instruments[0]?.minutes.get(1_780_886_880_000)).toMatchObject({ trades: 6, volume: 639 })
  })

  it('has a record for support, with the budgets of both lines', () => {
    const connects = { left: 3, most: 4, windowMs: 600_000 }
    expect(readSupportRecord(dataFolder())).toMatchObject({
      moment: 'stopped',
      status: {
        lines: [
          { line: '1', budgets: { connects } },
          { line: '2', budgets: { connects } },
        ],
      },
    })
  })
})

describe.skipIf(serverProgram === undefined)('the Redis keys of the first version', () => {
  it('hold what KIS issued, what was spent, and the gap that waits to be looked into', async () => {
    const server = await startTestServer()
    const redis = await connected(await openRedis({ url: server.url, clock: systemClock }))
    await fill(redis)

    const [first, second] = settings.lines.map(line =>
      createAccess({ settings, line, redis, clock: systemClock, log: silentLogger, onSecret: () => {} }),
    )
    const { token, approval, approvalUs } = redisDump.issued
    expect((await first?.tokens.current())?.reveal()).toBe(token)
    expect((await first?.approvalKey())?.reveal()).toBe(approval)
    expect((await second?.approvalKey())?.reveal()).toBe(approvalUs)

    const jobs = await openJobs(settings, { redisUrl: server.url })
    onTestFinished(() => jobs.close())
    const left = { connectsLeft: 3 }
    expect((await jobs.limits()).lines).toEqual([
      { line: '1', ...left },
      { line: '2', ...left },
    ])
    const name = 'gap-KRX:005930-20260608-21357306-21357346'
    const waiting = await jobs.queues.all.find(queue => queue.name === 'gap-validation')?.getWaiting()
    expect(waiting?.map(job => job.name)).toEqual([name])
    await Promise.all([first?.close(), second?.close()])
  })
})

/** As the keys were, but for the time that passed since. */
async function fill(redis: RedisClient): Promise<void> {
  const laterMs = systemClock.now() - redisDump.takenAt
  const later = (text: string) => (/^179\d{10}$/.test(text) ? String(Number(text) + laterMs) : text)
  for (const entry of redisDump.keys) {
    switch (entry.type) {
      case 'string':
        await redis.set(entry.key, entry.value)
        break
      case 'hash':
        await redis.hset(entry.key, Object.fromEntries(Object.entries(entry.value).map(([k, v]) => [k, later(v)])))
        break
      case 'list':
        await redis.rpush(entry.key, ...entry.value)
        break
      case 'zset':
        for (let i = 0; i < entry.value.length; i += 2) {
          await redis.zadd(entry.key, later(entry.value[i + 1] as string), entry.value[i] as string)
        }
        break
      case 'stream':
        for (const [, fields] of entry.value) await redis.xadd(entry.key, '*', ...fields)
    }
    if (entry.ttl !== undefined) await redis.pexpire(entry.key, entry.ttl)
  }
}
