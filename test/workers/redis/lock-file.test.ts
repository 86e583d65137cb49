import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  linkSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  type FoundLock,
  isStale,
  isTaken,
  type LockHolder,
  type LockRules,
  lookAt,
  removeLockFile,
  type Taken,
  takeLockFile,
  takingLock,
} from '../../../workers/redis/lock-file.ts'
import { startOf, thisProcess } from '../../../workers/redis/process-identity.ts'
import { tries } from '../../support/property.ts'

const here = { host: 'feed-1', pid: 1, start: 'boot 100', pidSpace: 'pid:[1]' }
const waits = { strangerMs: 60_000, neighbourMs: 15_000 }

function holderOf(changes: Partial<LockHolder> = {}): LockHolder {
  return { format: 1, ...here, startedAt: '2026-09-14T10:00:00.000+09:00', nonce: 'n', ...changes }
}

/** Rules of a process of this host, on which these processes live. */
function rulesOf(alive: ReadonlyMap<number, string>, changes: Partial<LockRules> = {}): LockRules {
  return { here, ...waits, startOf: pid => alive.get(pid), ...changes }
}

function temporaryFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lock-file-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'feed.lock')
}

/** Its last renewal lies this far back, by the clock of the folder. */
function age(file: string, ms: number): void {
  const then = Number(lookAt(file)?.modifiedMs) - ms
  utimesSync(file, then / 1_000, then / 1_000)
}

describe('a lock is stale', () => {
  const rules = rulesOf(new Map([[7, 'boot 500']]))
  const cases: [string, LockHolder | undefined, number, boolean][] = [
    ['never while its process lives, however long it was stopped', holderOf({ pid: 7, start: 'boot 500' }), 1e9, false],
    ['when its process is gone', holderOf({ pid: 8, start: 'boot 500' }), 0, true],
    ['when its pid was given to another process', holderOf({ pid: 7, start: 'boot 499' }), 0, true],
    ['when the machine was started again since', holderOf({ pid: 7, start: 'before 500' }), 0, true],
    ['not when the start of its process was not to be had', holderOf({ pid: 7, start: '' }), 1e9, false],
    ['not before 60 s on another host, whatever its pid', holderOf({ host: 'feed-2', pid: 8 }), 59_999, false],
    ['after 60 s on another host, though there is such a pid here', holderOf({ host: 'feed-2', pid: 7 }), 60_000, true],
    ['not before 15 s in another container of this name', holderOf({ pid: 8, pidSpace: 'pid:[2]' }), 14_999, false],
    ['after 15 s in another container of this name', holderOf({ pid: 7, pidSpace: 'pid:[2]' }), 15_000, true],
    ['not before 60 s when it cannot be read', undefined, 59_999, false],
    ['after 60 s when it cannot be read', undefined, 60_000, true],
  ]
  it.each(cases)('%s', (_, holder, ageMs, stale) => {
    expect(isStale(holder, ageMs, rules)).toBe(stale)
  })

  it('though our own pid is the one in it, as after a container was started again', () => {
    const alive = new Map([[1, here.start]])
    expect(isStale(holderOf({ start: 'boot 50' }), 0, rulesOf(alive))).toBe(true)
    expect(isStale(holderOf(), 0, rulesOf(alive))).toBe(false)
  })
})

describe('a lock file', () => {
  it('names its holder, is private, and leaves nothing else in the folder', () => {
    const file = temporaryFile()
    const taken = takeLockFile(file, holderOf(), rulesOf(new Map([[1, here.start]])))
    expect(isTaken(taken)).toBe(true)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(holderOf())
    expect(readdirSync(join(file, '..'))).toEqual(['feed.lock'])
    removeLockFile(file, taken as Taken)
    expect(existsSync(file)).toBe(false)
  })

  it('is not removed by a process that lost it', () => {
    const file = temporaryFile()
    const first = takeLockFile(file, holderOf({ pid: 2, nonce: 'a' }), rulesOf(new Map()))
    const second = takeLockFile(file, holderOf({ pid: 3, nonce: 'b' }), rulesOf(new Map([[3, here.start]])))
    expect([isTaken(first), isTaken(second)]).toEqual([true, true])
    removeLockFile(file, first as Taken)
    expect(lookAt(file)?.holder?.nonce).toBe('b')
  })

  it.each(['', 'garbled', '4242', '{"format":2}', '[]', '{"format":1,"host":7}'])(
    'with the content %j is held until it is old',
    content => {
      const file = temporaryFile()
      writeFileSync(file, content)
      const rules = rulesOf(new Map([[1, here.start]]))
      expect(takeLockFile(file, holderOf(), rules)).toMatchObject({ holder: undefined })
      age(file, 60_000)
      expect(isTaken(takeLockFile(file, holderOf(), rules))).toBe(true)
    },
  )

  it('is taken on a file system without links too', () => {
    const file = temporaryFile()
    const link = () => {
      throw Object.assign(new Error('operation not supported'), { code: 'ENOTSUP' })
    }
    const alive = new Map([
      [1, here.start],
      [2, here.start],
    ])
    expect(isTaken(takeLockFile(file, holderOf(), rulesOf(alive, { link })))).toBe(true)
    const second = takeLockFile(file, holderOf({ pid: 2, nonce: 'b' }), rulesOf(alive, { link }))
    expect(second).toMatchObject({ holder: { pid: 1 } })
    expect(readdirSync(join(file, '..'))).toEqual(['feed.lock'])
  })

  it('of a real process is held while it lives, and free when it was killed', async () => {
    const file = temporaryFile()
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'ignore' })
    const me = thisProcess()
    const pid = child.pid as number
    const start = startOf(pid)
    expect(start).toEqual(expect.any(String))
    writeFileSync(file, JSON.stringify(holderOf({ ...me, pid, start: start as string })))
    const rules = { here: me, ...waits }
    expect(takeLockFile(file, holderOf({ ...me, nonce: 'b' }), rules)).toMatchObject({ holder: { pid } })

    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(startOf(pid)).toBeUndefined()
    expect(isTaken(takeLockFile(file, holderOf({ ...me, nonce: 'b' }), rules))).toBe(true)
  })
})

type Before = 'nothing' | 'gone' | 'garbled' | 'garbled just now' | 'alive' | 'asleep elsewhere' | 'busy elsewhere'

/** What lies in the folder when everybody starts. */
function leave(file: string, before: Before): void {
  if (before === 'nothing') return
  const host = before.endsWith('elsewhere') ? 'feed-2' : here.host
  const holder = holderOf({ host, pid: before === 'alive' ? 50 : 51, nonce: 'before' })
  writeFileSync(file, before.startsWith('garbled') ? 'garbled' : JSON.stringify(holder))
  if (before === 'garbled' || before === 'asleep elsewhere') age(file, 60_000)
}

const isFree: Readonly<Record<Before, boolean>> = {
  nothing: true,
  gone: true,
  garbled: true,
  'garbled just now': false,
  alive: false,
  'asleep elsewhere': true,
  'busy elsewhere': false,
}

describe('processes that start together', () => {
  const befores = Object.keys(isFree) as Before[]
  const race = fc.record({
    before: fc.constantFrom(...befores),
    processes: fc.integer({ min: 2, max: 5 }),
    order: fc.array(fc.nat({ max: 4 }), { maxLength: 80 }),
    /** The step at which a process is killed, if it comes that far. */
    killed: fc.dictionary(fc.constantFrom('0', '1', '2'), fc.nat({ max: 9 }), { maxKeys: 2 }),
    hasLinks: fc.boolean(),
  })

  function run({ before, processes, order, killed, hasLinks }: typeof race extends fc.Arbitrary<infer T> ? T : never) {
    const folder = mkdtempSync(join(tmpdir(), 'lock-race-'))
    try {
      const file = join(folder, 'feed.lock')
      leave(file, before)
      const alive = new Map([[50, here.start]])
      const link = (from: string, to: string) => {
        if (hasLinks) return linkSync(from, to)
        throw Object.assign(new Error('operation not supported'), { code: 'EPERM' })
      }
      const runs = Array.from({ length: processes }, (_, index) => {
        const pid = 100 + index
        alive.set(pid, here.start)
        const rules = rulesOf(alive, { here: { ...here, pid }, link })
        const holder = holderOf({ pid, nonce: `p${index}` })
        return {
          pid,
          steps: takingLock(file, holder, rules),
          done: 0,
          result: undefined as undefined | Taken | FoundLock,
        }
      })
      const step = (index: number) => {
        const one = runs[index % processes]
        if (one === undefined || one.result !== undefined || !alive.has(one.pid)) return
        if (one.done++ === killed[String(index % processes)]) {
          alive.delete(one.pid)
          return
        }
        const next = one.steps.next()
        if (next.done === true) one.result = next.value
      }
      for (const index of order) step(index)
      for (let turn = 0; turn < 400; turn++) for (let index = 0; index < processes; index++) step(index)
      return check(file, runs, alive, before)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }

  function check(
    file: string,
    runs: { pid: number; result: undefined | Taken | FoundLock }[],
    alive: Map<number, string>,
    before: Before,
  ): void {
    const holders = runs.filter(({ result }) => result !== undefined && isTaken(result))
    expect(holders.length).toBeLessThanOrEqual(isFree[before] ? 1 : 0)
    if (holders[0] !== undefined) expect(lookAt(file)?.holder?.pid).toBe(holders[0].pid)
    for (const { result } of runs) {
      if (result === undefined || isTaken(result)) continue
      // A process that is refused learns who has it, or who had it and is being replaced.
      expect(result.holder === undefined || alive.has(result.holder.pid) || result.holder.pid < 100).toBe(true)
    }
    const areAllAlive = runs.every(({ pid }) => alive.has(pid))
    if (areAllAlive) expect(holders).toHaveLength(isFree[before] ? 1 : 0)
    // What a killed process left on the way holds no other one up for good.
    if (!isFree[before] || holders.length > 0) return
    if (existsSync(`${file}.breaking`)) age(`${file}.breaking`, 10_000)
    alive.set(999, here.start)
    const late = takeLockFile(file, holderOf({ pid: 999, nonce: 'late' }), rulesOf(alive))
    // Between a file without links and its content lies an instant.
    if (!isTaken(late)) expect(late.holder).toBeUndefined()
  }

  it('agree on one holder in whatever order they come, killed ones included', () => {
    fc.assert(fc.property(race, run), tries(100))
  })
})
