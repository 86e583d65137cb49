import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { VirtualTimeScheduler } from 'rxjs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { silentLogger } from '../../../app/observe/log.ts'
import { keepSupportRecord, readSupportRecord, supportRecordFile } from '../../../app/operations/support-record.ts'
import { Secret } from '../../../kis/secret.ts'
import { eventually, feedRig, planted, whenCaptured } from '../../support/rigs/feed.ts'
import { lineOf } from '../../support/wire/frames.ts'

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kis-stream-support-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

describe('the record a feed leaves for support', () => {
  it('says where the feed was, what it counted and what came last, and is for the owner alone', async () => {
    const folder = newFolder()
    const rig = await feedRig({ clock: whenCaptured() })
    const recorder = keepSupportRecord({
      feed: rig.feed,
      internals: rig.internals,
      folder,
      version: '1.2.3',
      log: silentLogger,
      secrets: [],
    })
    await rig.feed.confirmed('KRX:005930')
    rig.simulator.send(lineOf('H0STCNT0.txt', 1))
    await rig.until('trade')
    await rig.feed.stop()
    recorder.stop()

    const read = readSupportRecord(folder)
    expect(read).toMatchObject({
      version: '1.2.3',
      moment: 'stopped',
      status: {
        sockets: { KR: { phase: 'stopped' } },
        lines: [{ line: '1', budgets: { connects: { left: 999, most: 1_000 } } }],
        counts: { frames: 1, events: { trade: 5 }, records: { H0STCNT0: 5 } },
      },
      frames: [{ market: 'KR', text: lineOf('H0STCNT0.txt', 1) }],
    })
    expect(statSync(join(folder, supportRecordFile)).mode & 0o777).toBe(0o600)
  })

  it('is written every minute', async () => {
    const folder = newFolder()
    const rig = await feedRig({ clock: whenCaptured() })
    const scheduler = new VirtualTimeScheduler(undefined, 60_000)
    const recorder = keepSupportRecord({
      feed: rig.feed,
      internals: rig.internals,
      folder,
      version: '0',
      log: silentLogger,
      secrets: [],
      scheduler,
    })
    expect(readSupportRecord(folder)).toBeUndefined()
    scheduler.flush()
    expect(readSupportRecord(folder)).toMatchObject({ moment: 'running' })
    recorder.stop()
  })

  it('of a crash holds its stack, without the secrets in it', async () => {
    const folder = newFolder()
    const rig = await feedRig({ clock: whenCaptured() })
    const secrets = [new Secret(planted.appSecret)]
    const recorder = keepSupportRecord({
      feed: rig.feed,
      internals: rig.internals,
      folder,
      version: '0',
      log: silentLogger,
      secrets,
    })
    recorder.crashed(new Error(`no ${planted.appSecret} and no a2585daf-8c09-4587-9fce-8ab893712345`))
    const text = readFileSync(join(folder, supportRecordFile), 'utf8')
    expect(readSupportRecord(folder)).toMatchObject({
      moment: 'crashed',
      crash: expect.stringContaining('at ') as string,
    })
    expect(text).not.toContain(planted.appSecret)
    expect(text).not.toContain('8ab893712345')
  })

  it('that cannot be written is a warning once, and nothing else', async () => {
    const folder = newFolder()
    writeFileSync(join(folder, 'file'), '')
    const warnings: string[] = []
    const log = { ...silentLogger, warn: (_facts: object, message: string) => void warnings.push(message) }
    const rig = await feedRig({ clock: whenCaptured() })
    const recorder = keepSupportRecord({
      feed: rig.feed,
      internals: rig.internals,
      folder: join(folder, 'file'),
      version: '0',
      log,
      secrets: [],
    })
    recorder.crashed(new Error('one'))
    recorder.stop()
    expect(warnings).toHaveLength(1)
    await eventually(() => rig.feed.status().sockets.KR.phase !== 'market-switch')
  })

  it.each([
    ['no JSON', '{"format":', /JSON|Unexpected/],
    ['another format', '{"format":2}', /format/],
  ])('that is %s is called so', (_, text, problem) => {
    const folder = newFolder()
    writeFileSync(join(folder, supportRecordFile), text)
    expect(readSupportRecord(folder)).toMatch(problem)
  })
})
