import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { VirtualTimeScheduler } from 'rxjs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createLineOwner } from '../../../app/persistence/line-owner.ts'
import { lineMemoryFile, openLineMemory } from '../../../app/persistence/line-memory.ts'
import { type Logger, silentLogger } from '../../../app/observe/log.ts'
import { createFeed } from '../../../app/feed/feed.ts'
import type { FormerOwner } from '../../../workers/redis/connect-budget.ts'
import { startSimulator } from '../../../simulator/server.ts'
import { eventually, feedRig, planted, shortTiming, silentMarket } from '../../support/rigs/feed.ts'
import { tries } from '../../support/property.ts'

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'line-memory-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

function logged() {
  const lines: string[] = []
  const log: Logger = { ...silentLogger, warn: (_, message) => void lines.push(message) }
  return { lines, log }
}

describe('what is kept of a line', () => {
  it('is there for the next process: the installation, the connections, whether it had the line', () => {
    const folder = temporaryFolder()
    const first = openLineMemory(folder, silentLogger)
    first.of('{kis-1}').connects.write([1, 2])
    first.of('{kis-2}').noteLine(true)
    const second = openLineMemory(folder, silentLogger)
    expect(second.installation).toMatch(/^[0-9a-f]{32}$/)
    expect(second.installation).toBe(first.installation)
    expect(second.of('{kis-1}').connects.read()).toEqual([1, 2])
    expect([second.of('{kis-1}').hasLine(), second.of('{kis-2}').hasLine()]).toEqual([false, true])
    expect(statSync(join(folder, lineMemoryFile)).mode & 0o777).toBe(0o600)
  })

  it('is not written by a process that only reads', () => {
    const folder = temporaryFolder()
    expect(openLineMemory(folder, silentLogger).of('{kis-1}').connects.read()).toEqual([])
    expect(() => readFileSync(join(folder, lineMemoryFile))).toThrow('ENOENT')
  })

  it('ends with the process without a folder', () => {
    const memory = openLineMemory(undefined, silentLogger)
    memory.of('{kis-1}').connects.write([1])
    expect(memory.of('{kis-1}').connects.read()).toEqual([1])
    expect(openLineMemory(undefined, silentLogger).installation).not.toBe(memory.installation)
  })

  it('of many app keys is bounded: those that connected last stay', () => {
    const folder = temporaryFolder()
    const memory = openLineMemory(folder, silentLogger)
    for (let key = 0; key < 40; key++) memory.of(`{kis-${key}}`).connects.write([key])
    const { keys } = JSON.parse(readFileSync(join(folder, lineMemoryFile), 'utf8')) as { keys: object }
    expect(Object.keys(keys)).toHaveLength(16)
    expect(memory.of('{kis-39}').connects.read()).toEqual([39])
  })

  it('is begun anew, in a sentence, whatever is in its file', () => {
    const garbled = fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.json(),
      fc.record({ format: fc.constant(1), installation: fc.anything(), keys: fc.anything() }).map(value => {
        return JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? String(one) : one)) ?? ''
      }),
    )
    const folder = temporaryFolder()
    fc.assert(
      fc.property(garbled, text => {
        writeFileSync(join(folder, lineMemoryFile), text)
        const { log, lines } = logged()
        const memory = openLineMemory(folder, log)
        expect(memory.of('{kis-1}').connects.read()).toEqual([])
        expect(lines).toEqual(['earlier connections cannot be read: the file is damaged; counting afresh'])
        memory.of('{kis-1}').connects.write([7])
        expect(openLineMemory(folder, silentLogger).of('{kis-1}').connects.read()).toEqual([7])
      }),
      tries(100),
    )
  })

  it('that cannot be written is counted by the process itself, and said once', () => {
    const { log, lines } = logged()
    const file = join(temporaryFolder(), 'file')
    writeFileSync(file, '')
    const { connects } = openLineMemory(file, log).of('{kis-1}')
    connects.write([1])
    connects.write([1, 2])
    expect(lines.filter(line => line.includes('cannot be written down'))).toHaveLength(1)
  })
})

describe('the owner of a line', () => {
  function rig(answers: { renew?: () => Promise<boolean>; claim?: () => Promise<void> } = {}) {
    const scheduler = new VirtualTimeScheduler()
    scheduler.maxFrames = 0
    const calls: string[] = []
    const shared = {
      claim: () => (calls.push('claim'), answers.claim?.() ?? Promise.resolve()),
      renew: () => (calls.push('renew'), answers.renew?.() ?? Promise.resolve(true)),
      release: async () => void calls.push('release'),
    }
    const kept = openLineMemory(undefined, silentLogger).of('{kis-1}')
    const owner = createLineOwner({ kept, shared, scheduler })
    return {
      owner,
      kept,
      calls,
      async pass(times: number) {
        for (let time = 0; time < times; time++) {
          await new Promise(setImmediate)
          scheduler.maxFrames += 5_000
          scheduler.flush()
        }
        await new Promise(setImmediate)
      },
    }
  }

  it('claims it when KIS accepted it, renews the claim every 5 s, and ends it when it stops', async () => {
    const one = rig()
    one.owner.accepted()
    await one.pass(2)
    await one.owner.release()
    await one.pass(2)
    expect(one.calls).toEqual(['claim', 'renew', 'renew', 'release'])
  })

  it('tries again while Redis is away', async () => {
    let isAway = true
    const one = rig({ claim: () => (isAway ? Promise.reject(new Error('away')) : Promise.resolve()) })
    one.owner.accepted()
    await one.pass(1)
    isAway = false
    await one.pass(2)
    expect(one.calls).toEqual(['claim', 'claim', 'claim', 'renew'])
  })

  it('is owner no longer when KIS accepted another process, until KIS accepts it again', async () => {
    const one = rig({ renew: () => Promise.resolve(false) })
    one.owner.accepted()
    await one.pass(3)
    expect(one.calls).toEqual(['claim', 'renew'])
    one.owner.accepted()
    await one.pass(1)
    expect(one.calls).toEqual(['claim', 'renew', 'claim', 'renew'])
  })

  it.each<[FormerOwner | undefined, boolean, boolean]>([
    ['ours', false, true],
    ['gone', false, true],
    ['alive', false, false],
    ['alive', true, false],
    ['unknown', false, false],
    ['unknown', true, true],
    [undefined, false, false],
    [undefined, true, true],
  ])('that Redis calls %s, after a crash of this installation: %s, is gone: %s', (known, hadLine, isGone) => {
    const { owner, kept } = rig()
    kept.noteLine(hadLine)
    owner.learn(known)
    expect(owner.isGone()).toBe(isGone)
  })
})

describe('a feed without Redis', () => {
  const timing = { ...shortTiming, mostConnects: 4 }

  it('that is started again and again connects four times in ten minutes, and says when the next one comes', async () => {
    const simulator = await startSimulator({ tape: silentMarket() })
    onTestFinished(() => simulator.stop())
    const dataFolder = temporaryFolder()
    for (let start = 0; start < 6; start++) {
      const { feed } = await feedRig({ running: simulator, dataFolder, timing })
      const phase = () => feed.status().sockets.KR.phase
      await eventually(() => phase() === (start < 4 ? 'subscribed.settled' : 'reconnecting'))
      if (start >= 4) {
        expect(feed.status().sockets.KR.cause).toBe('connect budget spent: 4 in 10 minutes')
        expect(feed.status().lines[0]?.budgets.connects.left).toBe(0)
      }
      await feed.stop()
    }
    expect(simulator.stats().socketsOpened).toBe(4)
  })

  it('counts for itself without a data folder, and says so', async () => {
    const { log, lines } = logged()
    const { feed } = await feedRig({ log })
    await feed.confirmed('KRX:005930')
    expect(lines).toEqual([expect.stringMatching(/no data folder.*restart loop/)])
    const { log: other, lines: none } = logged()
    createFeed({ ...planted, dataFolder: temporaryFolder(), log: other })
    expect(none).toEqual([])
  })

  it('that crashed waits for its own session as one whose owner is gone', async () => {
    const simulator = await startSimulator({ tape: silentMarket() })
    onTestFinished(() => simulator.stop())
    const dataFolder = temporaryFolder()
    const before = await feedRig({ running: simulator })
    await before.feed.confirmed('KRX:005930')
    const waits = async (rig: Awaited<ReturnType<typeof feedRig>>) => {
      await rig.until('subscription', ({ code }) => code === 'OPSP8996')
      const { triesAgainAt = 0, since } = rig.feed.status().sockets.KR
      return triesAgainAt - since
    }
    const stranger = await feedRig({ running: simulator, dataFolder: temporaryFolder() })
    expect(await waits(stranger)).toBe(timing.occupiedMs)

    // What a crash leaves behind.
    const { feed } = await feedRig({ dataFolder })
    await feed.confirmed('KRX:005930')
    const left = readFileSync(join(dataFolder, lineMemoryFile), 'utf8')
    await feed.stop()
    const [prefix = ''] = Object.keys((JSON.parse(left) as { keys: object }).keys)
    const { prefixOf } = await import('../../../workers/redis/scope.ts')
    const { Secret } = await import('../../../kis/secret.ts')
    const keys = { appKey: new Secret(planted.appKey), appSecret: new Secret(planted.appSecret) }
    const here = prefixOf({ ...keys, restUrl: simulator.restUrl })
    writeFileSync(join(dataFolder, lineMemoryFile), left.replace(prefix, here))
    expect(await waits(await feedRig({ running: simulator, dataFolder }))).toBe(timing.lingerMs)
  })
})
