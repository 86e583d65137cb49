import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { VirtualTimeScheduler } from 'rxjs'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  expectFree,
  type FolderLockOptions,
  FolderInUseError,
  lockFolder,
} from '../../../app/persistence/folder-lock.ts'
import type { Logger } from '../../../app/observe/log.ts'
import { thisProcess } from '../../../workers/redis/process-identity.ts'
import { eventually, feedRig } from '../../support/rigs/feed.ts'

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'folder-lock-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'data')
}

function lock(folder: string, options: Partial<FolderLockOptions> = {}) {
  const scheduler = new VirtualTimeScheduler()
  const logged: string[] = []
  const note = (level: string) => (_: object, message: string) => void logged.push(`${level}: ${message}`)
  const log: Logger = { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') }
  const lost: string[] = []
  let passed = 0
  const taken = lockFolder({ folder, use: 'data', log, scheduler, onLost: why => lost.push(why), ...options })
  onTestFinished(() => taken.release())
  return {
    taken,
    logged,
    lost,
    /** So many milliseconds, and the renewals in them begun. */
    async pass(ms: number) {
      passed += ms
      scheduler.maxFrames = passed
      scheduler.flush()
      await new Promise(setImmediate)
    },
  }
}

const file = (folder: string) => join(folder, 'feed.lock')
const onHost = (host: string) => ({ here: { ...thisProcess(), host }, strangerMs: 60_000, neighbourMs: 15_000 })

function age(folder: string, ms: number): void {
  const then = (statSync(file(folder)).mtimeMs - ms) / 1_000
  utimesSync(file(folder), then, then)
}

describe('a folder that is in use', () => {
  it('is refused with a sentence that names the process and what to do', () => {
    const folder = temporaryFolder()
    lock(folder, { rules: onHost('feed-2') })
    expect(() => lock(folder)).toThrow(FolderInUseError)
    expect(() => lock(folder)).toThrow(
      new RegExp(
        `^The data folder ${folder} is in use by process ${process.pid} on feed-2, started 20.*\\+09:00\\. ` +
          'Stop that one, or use another folder \\(KIS_DATA_FOLDER, --data-folder\\)\\.$',
      ),
    )
    expect(() => expectFree(folder, 'data')).toThrow(FolderInUseError)
  })

  it('is free again once it was released, and keeps nothing of the lock', () => {
    const folder = temporaryFolder()
    const { taken } = lock(folder)
    expect(JSON.parse(readFileSync(file(folder), 'utf8'))).toMatchObject({ host: hostname(), pid: process.pid })
    expect(statSync(file(folder)).mode & 0o777).toBe(0o600)
    taken.release()
    expect(existsSync(file(folder))).toBe(false)
    lock(folder)
  })

  it('may hold a recording of the same feed', () => {
    const folder = temporaryFolder()
    lock(folder)
    lock(folder, { use: 'recording' })
    expect(() => lock(folder, { use: 'recording' })).toThrow(
      /The recording folder .* another feed of this process .*--record/,
    )
  })

  it('is renewed every 5 s, so that another host does not call it stale', async () => {
    const folder = temporaryFolder()
    const held = lock(folder)
    age(folder, 59_000)
    const before = statSync(file(folder)).mtimeMs
    await held.pass(4_999)
    expect(statSync(file(folder)).mtimeMs).toBe(before)
    await held.pass(1)
    await eventually(() => statSync(file(folder)).mtimeMs > before)
    expect(() => lock(folder, { rules: onHost('feed-2') })).toThrow(FolderInUseError)
  })

  it('is taken by another host after 60 s without a renewal, and the first process then leaves it alone', async () => {
    const folder = temporaryFolder()
    const asleep = lock(folder)
    age(folder, 60_000)
    const second = lock(folder, { rules: onHost('feed-2') })
    expect(asleep.taken.isOurs).toBe(true)
    await asleep.pass(5_000)
    await eventually(() => !asleep.taken.isOurs)
    expect(asleep.lost).toEqual([expect.stringContaining(`in use by process ${process.pid} on feed-2`)])
    expect(asleep.logged).toEqual([expect.stringMatching(/^error: .*feed-2.*writes nothing into it any more/)])
    asleep.taken.release()
    expect(JSON.parse(readFileSync(file(folder), 'utf8'))).toMatchObject({ host: 'feed-2' })
    await second.pass(5_000)
    expect(second.taken.isOurs).toBe(true)
  })

  it('that was removed is taken again', async () => {
    const folder = temporaryFolder()
    const held = lock(folder)
    rmSync(folder, { recursive: true })
    await held.pass(5_000)
    await eventually(() => existsSync(file(folder)))
    expect(held.taken.isOurs).toBe(true)
    expect(() => lock(folder)).toThrow(FolderInUseError)
  })
})

describe('a folder that cannot be written', () => {
  it('does not keep a feed from running; the lock is taken once it can be', async () => {
    const folder = temporaryFolder()
    writeFileSync(folder, 'a file in the way')
    const held = lock(folder)
    expect(held.logged).toEqual([expect.stringMatching(/^warn: the data folder cannot be locked.*trying on/)])
    await held.pass(5_000)
    expect(held.logged).toHaveLength(1)
    rmSync(folder)
    await held.pass(5_000)
    await eventually(() => existsSync(file(folder)))
    expect(held.taken.isOurs).toBe(true)
  })
})

describe('two feeds', () => {
  it('in one data folder: the second is refused, starts nothing, and may start when the first has stopped', async () => {
    const folder = temporaryFolder()
    const first = await feedRig({ dataFolder: folder })
    await first.feed.confirmed('KRX:005930')
    const second = await feedRig({ running: first.simulator, dataFolder: folder, isStarted: false })
    expect(() => second.feed.start()).toThrow(/The data folder .* is in use by another feed of this process/)
    expect(first.simulator.sessions()).toHaveLength(1)

    await first.feed.stop()
    second.feed.start()
    await second.feed.confirmed('KRX:005930')
  })

  it('in one recording folder: the second is refused, and does not keep its data folder either', async () => {
    const recordFolder = temporaryFolder()
    const first = await feedRig({ recordFolder })
    const own = temporaryFolder()
    const second = await feedRig({ running: first.simulator, recordFolder, dataFolder: own, isStarted: false })
    expect(() => second.feed.start()).toThrow(/The recording folder .* is in use/)
    expectFree(own, 'data')
  })
})
