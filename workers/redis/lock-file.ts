// A lock as a file, for processes that share only a folder. The file appears complete, names its holder, and
// is taken over from a dead holder by one process only. Ages are differences between two files of the same
// folder, so the clocks of two hosts need not agree.
import { randomBytes } from 'node:crypto'
import {
  type BigIntStats,
  closeSync,
  fstatSync,
  linkSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { z } from 'zod'
import type { Clock } from '../../market/clock.ts'
import { isoKst } from '../../market/calendar/korea-time.ts'
import { type ProcessIdentity, startOf as startOfProcess } from './process-identity.ts'

const shape = z.object({
  format: z.literal(1),
  host: z.string(),
  pid: z.int(),
  start: z.string(),
  pidSpace: z.string(),
  /** Of the process, for people. */
  startedAt: z.string(),
  /** Distinguishes two locks of one process. */
  nonce: z.string(),
})

export type LockHolder = {
  readonly format: 1
  readonly host: string
  readonly pid: number
  readonly start: string
  readonly pidSpace: string
  readonly startedAt: string
  readonly nonce: string
}

/** What this process writes into a lock of its own. */
export function newHolder({ host, pid, start, pidSpace }: ProcessIdentity, clock: Clock): LockHolder {
  const startedAt = isoKst(clock.now() - Math.round(process.uptime() * 1_000))
  return { format: 1, host, pid, start, pidSpace, startedAt, nonce: randomBytes(8).toString('hex') }
}

/** A lock file as it was found. */
export type FoundLock = {
  /** Undefined when its content cannot be read. */
  readonly holder: LockHolder | undefined
  readonly device: bigint
  readonly inode: bigint
  readonly modifiedMs: number
}

/**
 * `descriptor`: open on the lock file; the holder renews its lock through it, and so never renews another
 * one.
 */
export type Taken = { readonly descriptor: number }

export type LockRules = {
  readonly here: ProcessIdentity
  /** The lock of another host, or one that cannot be read, is stale after this long without a renewal. */
  readonly strangerMs: number
  /** The same for another container that has the name of this host. */
  readonly neighbourMs: number
  readonly startOf?: (pid: number) => string | undefined
  readonly link?: (from: string, to: string) => void
}

/** Whether a lock that was renewed `ageMs` ago is stale. */
export function isStale(holder: LockHolder | undefined, ageMs: number, rules: LockRules): boolean {
  const { here, startOf = startOfProcess } = rules
  if (holder === undefined || holder.host !== here.host) return ageMs >= rules.strangerMs
  // Its pid cannot be checked here: it is of a container with the same host name, or of this one before a
  // restart.
  if (holder.pidSpace !== here.pidSpace) return ageMs >= rules.neighbourMs
  const start = startOf(holder.pid)
  if (start === undefined) return true
  return start !== '' && holder.start !== '' && start !== holder.start
}

/** How long another process has to take over a stale lock. */
const mostTakingMs = 10_000
/** Retries until the other one has it, which takes a few milliseconds. */
const mostTries = 50

/**
 * Takes the lock, or returns its holder. Yields before each look at the folder and each change of it
 * (`step`), and waits for another process that is at work (`wait`). Throws the errors of the file system.
 */
export function* takingLock(
  file: string,
  holder: LockHolder,
  rules: LockRules,
): Generator<'step' | 'wait', Taken | FoundLock> {
  const { link = linkSync } = rules
  const draft = `${file}.${holder.nonce}`
  const descriptor = openSync(draft, 'wx', 0o600)
  let taken: Taken | undefined
  try {
    writeSync(descriptor, JSON.stringify(holder), 0)
    let found: FoundLock | undefined
    for (let tries = 0; tries < mostTries; tries++) {
      yield 'step'
      taken = put(draft, file, holder, descriptor, link)
      if (taken !== undefined) return taken
      yield 'step'
      const there = lookAt(file)
      if (there === undefined) continue
      found = there
      // Now, by the clock of the folder.
      writeSync(descriptor, JSON.stringify(holder), 0)
      const now = Number(fstatSync(descriptor).mtimeMs)
      if (!isStale(found.holder, now - found.modifiedMs, rules)) return found
      yield 'step'
      if (!mayBreak(`${file}.breaking`, now)) {
        yield 'wait'
        continue
      }
      try {
        yield 'step'
        const still = lookAt(file)
        yield 'step'
        if (still !== undefined && isSameLock(still, found)) rmSync(file, { force: true })
        yield 'step'
      } finally {
        rmSync(`${file}.breaking`, { force: true })
      }
    }
    if (found === undefined) throw new Error(`${file} is taken and released all the time; it cannot be taken`)
    return found
  } finally {
    rmSync(draft, { force: true })
    if (taken?.descriptor !== descriptor) closeSync(descriptor)
  }
}

/**
 * Takes the lock, or returns its holder. A few milliseconds; at most half a second when others try at the
 * same time.
 */
export function takeLockFile(file: string, holder: LockHolder, rules: LockRules): Taken | FoundLock {
  const taking = takingLock(file, holder, rules)
  const pause = new Int32Array(new SharedArrayBuffer(4))
  for (;;) {
    const step = taking.next()
    if (step.done === true) return step.value
    if (step.value === 'wait') Atomics.wait(pause, 0, 0, 10)
  }
}

/** The lock file as it is, undefined when there is none. */
export function lookAt(file: string): FoundLock | undefined {
  let stats: BigIntStats
  let text: string
  try {
    stats = statSync(file, { bigint: true })
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  return { holder: readHolder(text), device: stats.dev, inode: stats.ino, modifiedMs: Number(stats.mtimeMs) }
}

/** Removes the lock if it is still the open one, which stays open. */
export function removeLockFile(file: string, { descriptor }: Taken): void {
  const found = lookAt(file)
  const ours = fstatSync(descriptor, { bigint: true })
  if (found?.inode === ours.ino && found.device === ours.dev) rmSync(file, { force: true })
}

export function releaseLockFile(file: string, taken: Taken): void {
  try {
    removeLockFile(file, taken)
  } finally {
    closeSync(taken.descriptor)
  }
}

export function isTaken(result: Taken | FoundLock): result is Taken {
  return 'descriptor' in result
}

/** Some file systems have no links: there the file appears empty, and is unreadable until it is written. */
const withoutLinks = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'])

function put(
  draft: string,
  file: string,
  holder: LockHolder,
  descriptor: number,
  link: NonNullable<LockRules['link']>,
): Taken | undefined {
  try {
    link(draft, file)
    return { descriptor }
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return undefined
    if (!withoutLinks.has(code)) throw error
  }
  try {
    const own = openSync(file, 'wx', 0o600)
    writeSync(own, JSON.stringify(holder), 0)
    return { descriptor: own }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined
    throw error
  }
}

/** One process at a time removes a stale lock; if that process is killed, its mark becomes stale too. */
function mayBreak(mark: string, now: number): boolean {
  try {
    closeSync(openSync(mark, 'wx', 0o600))
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const found = lookAt(mark)
  if (found !== undefined && now - found.modifiedMs >= mostTakingMs) rmSync(mark, { force: true })
  return false
}

function isSameLock(one: FoundLock, other: FoundLock): boolean {
  return one.inode === other.inode && one.device === other.device && one.holder?.nonce === other.holder?.nonce
}

function readHolder(text: string): LockHolder | undefined {
  try {
    return shape.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
