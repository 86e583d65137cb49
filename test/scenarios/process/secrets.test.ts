// Planted secrets, and a search for them in everything a person could ever see.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { inspect } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import { healthOf } from '../../../app/observe/status/health.ts'
import { createMetrics } from '../../../app/observe/metrics/metrics.ts'
import { standardCalendar } from '../../../market/calendar/calendar.ts'
import { generatedTape } from '../../../simulator/tape/generated-tape.ts'
import { eventually, feedRig, planted } from '../../support/rigs/feed.ts'

it('no secret appears in a log line, an event, an error, a snapshot, an inspection or a file of the data folder', async () => {
  const seen: unknown[] = []
  const record = (...what: unknown[]) => void seen.push(...what)
  const simulatorLog: string[] = []
  const dataFolder = mkdtempSync(join(tmpdir(), 'kis-stream-'))
  onTestFinished(() => rmSync(dataFolder, { recursive: true, force: true }))
  const rig = await feedRig({
    dataFolder,
    htsId: 'planted-hts-id',
    log: { debug: record, info: record, warn: record, error: record },
    inspect: event => {
      record(event.type)
      if (event.type === '@xstate.event') record(event.event)
      if (event.type === '@xstate.snapshot') record(contextOf(event.snapshot))
    },
    simulator: { tape: generatedTape({ rate: 500 }), log: line => void simulatorLog.push(line) },
  })
  await rig.until('trade')
  // A server that throws our own words back at us, in every place that is shown.
  rig.simulator.send(`0|H0STCNT0|001|${planted.appKey}^${planted.appSecret}`)
  rig.simulator.send(`{"header":{"approval_key":"${planted.appKey}","key":"${'k'.repeat(32)}"`)
  rig.simulator.send(
    `{"header":{"tr_id":"(null)"},"body":{"rt_cd":"9","msg_cd":"OPSP7777","msg1":"no ${planted.appSecret}","output":{"iv":"${'v'.repeat(16)}","key":"${'k'.repeat(32)}"}}}`,
  )
  await rig.until('subscription', ({ code }) => code === 'OPSP7777')
  rig.simulator.cut()
  await rig.until('resume')
  record(rig.feed.subscriptions(), rig.feed.status(), rig.internals.recentFrames())
  const metrics = createMetrics({ feed: rig.feed, version: '0.0.0' })
  record((await metrics.page()).text)
  metrics.stop()
  const asked = { status: rig.feed.status(), subscriptions: rig.feed.subscriptions() }
  record(healthOf({ ...asked, calendar: standardCalendar, silenceMs: 120_000 }))
  await rig.feed.confirmed('KRX:999999').catch(record)
  const whileItRuns = contentOf(dataFolder)
  await rig.feed.stop()
  const files = { ...whileItRuns, ...contentOf(dataFolder) }
  expect(Object.keys(files)).toEqual(expect.arrayContaining(['feed.lock', 'last-seen.json', 'lines.json']))
  await eventually(() => rig.simulator.sessions().length === 0)

  const text = [
    inspect(seen, { depth: 6, maxArrayLength: null, maxStringLength: null }),
    JSON.stringify(rig.events),
    ...simulatorLog,
    ...Object.values(files),
  ].join('\n')
  const approvalKeys = text.match(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi)
  expect(approvalKeys).toBeNull()
  for (const secret of [planted.appKey, planted.appSecret, 'planted-hts-id', 'k'.repeat(32), 'v'.repeat(16)]) {
    expect(text).not.toContain(secret)
  }
  expect(text).toContain('[redacted]')
})

/** Every file in it, the folders below included, by its path. */
function contentOf(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
  const paths = files.map(({ name, parentPath }) => join(parentPath, name))
  return Object.fromEntries(paths.map(path => [relative(folder, path), readFileSync(path, 'utf8')]))
}

function contextOf(snapshot: unknown): unknown {
  return typeof snapshot === 'object' && snapshot !== null && 'context' in snapshot ? snapshot.context : undefined
}
