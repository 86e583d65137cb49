// A sink whose disk, thread or Redis is not there. It is said, counted and tried again, and the end waits for
// what still can be written.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { healthOf } from '../../../app/observe/status/health.ts'
import type { Feed } from '../../../app/feed/contract.ts'
import { createCalendar } from '../../../market/calendar/calendar.ts'
import type { MarketEvent } from '../../../market/events.ts'
import { eventThread } from '../../../sinks/ring/event-thread.ts'
import { jsonLines } from '../../../sinks/file/json-lines.ts'
import { redisStream } from '../../../sinks/redis/stream.ts'
import { generatedTape } from '../../../simulator/tape/generated-tape.ts'
import { eventually, feedRig, shortTiming } from '../../support/rigs/feed.ts'

const calendar = createCalendar()

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dead-sink-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A log that is kept. */
function keptLog() {
  const lines: { readonly level: string; readonly facts: Record<string, unknown>; readonly message: string }[] = []
  const at = (level: string) => (facts: object, message: string) =>
    void lines.push({ level, facts: facts as Record<string, unknown>, message })
  return { lines, log: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') } }
}

const warningsOf = (feed: Feed) =>
  healthOf({
    status: feed.status(),
    subscriptions: feed.subscriptions(),
    calendar,
    silenceMs: shortTiming.silenceMs,
  }).warnings.join()

const market = () => ({ tape: generatedTape({ rate: 500 }) })

it('is an error in the log, a number of its own and named by /health, and comes back when it can be written', async () => {
  const { lines, log } = keptLog()
  const rig = await feedRig({ simulator: market(), log, timing: { ...shortTiming, stopTimeoutMs: 15_000 } })
  const folder = join(temporaryFolder(), 'not-mounted-yet')
  const file = join(folder, 'events.ndjson')
  const before = rig.events.length
  rig.feed.attach(jsonLines({ to: file }), 'archive')
  await eventually(() => lines.some(({ level }) => level === 'error'))

  expect(lines.filter(({ level }) => level === 'error')).toEqual([
    {
      level: 'error',
      facts: { sink: 'archive', soFar: 1, reason: expect.stringContaining('ENOENT') },
      message: 'a sink cannot do its work; it tries again, and the others go on',
    },
  ])
  expect(rig.feed.status().counts.sinks).toEqual({ archive: { dropped: 0, conflated: 0, errors: 1 } })
  expect(rig.feed.status().sinkTroubles).toMatchObject([{ sink: 'archive', isOver: false }])
  expect(warningsOf(rig.feed)).toMatch(/sink 'archive': ENOENT.*it tries again/)

  mkdirSync(folder)
  await eventually(() => lines.some(({ message }) => message === 'a sink works again'))
  expect(warningsOf(rig.feed)).not.toContain('archive')
  expect(rig.feed.status().sinkTroubles).toBeUndefined()
  await rig.feed.stop()
  // From the first event on: what came while it could not be written had waited.
  const written = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as MarketEvent)
  expect(written).toEqual(JSON.parse(JSON.stringify(rig.events.slice(before))))
})

it('in a thread that cannot be started, or on a Redis that is not there, is the same', async () => {
  const { lines, log } = keptLog()
  const rig = await feedRig({ simulator: market(), log, timing: { ...shortTiming, stopTimeoutMs: 1_500 } })
  rig.feed.attach(eventThread(new URL('./no-such-worker', import.meta.url), {}, {}), 'lost')
  const redis = redisStream({ url: '/nowhere/redis.sock', closeTimeoutMs: 1 })
  onTestFinished(() => redis.close())
  rig.feed.attach(redis, 'stream')
  await eventually(() => lines.filter(({ level }) => level === 'error').length === 2)
  const failedOnce = { dropped: 0, conflated: 0, errors: 1 }
  expect(rig.feed.status().counts.sinks).toEqual({ lost: failedOnce, stream: failedOnce })
  expect(warningsOf(rig.feed)).toMatch(/sink 'lost': .*no-such-worker/)
  expect(warningsOf(rig.feed)).toMatch(/sink 'stream': .*ENOENT/)
  await rig.until('trade')
  await rig.feed.stop()
  expect(lines.at(-1)).toEqual({
    level: 'error',
    facts: { overdue: ["the sink 'lost'", "the sink 'stream'"] },
    message: 'stopped without waiting any longer for some of it',
  })
})

it('drops what it has no room for, and the feed counts it without being asked to', async () => {
  const rig = await feedRig({ simulator: { tape: generatedTape({ rate: 5_000 }) } })
  const missing = join(temporaryFolder(), 'missing', 'events.ndjson')
  rig.feed.attach(jsonLines({ to: missing, capacityBytes: 4_096 }), 'archive')
  await eventually(() => (rig.feed.status().counts.sinks['archive']?.dropped ?? 0) > 0)
})

it('stop() resolves when the sinks have dealt with what they were given', async () => {
  const file = join(temporaryFolder(), 'events.ndjson')
  const rig = await feedRig({ simulator: market(), timing: { ...shortTiming, stopTimeoutMs: 15_000 } })
  rig.feed.attach(jsonLines({ to: file }), 'archive')
  const handled: MarketEvent[] = []
  rig.feed.consume(async event => {
    await new Promise(setImmediate)
    if (event.type !== 'dropped') handled.push(event)
  })
  await eventually(() => rig.of('trade').length > 50)
  await rig.feed.stop()
  // A process may end here.
  const last = JSON.stringify(rig.events.at(-1))
  expect(readFileSync(file, 'utf8').trimEnd().split('\n').at(-1)).toBe(last)
  expect(JSON.stringify(handled.at(-1))).toBe(last)
})
