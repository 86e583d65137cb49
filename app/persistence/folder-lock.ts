// One process to a folder: two feeds in one data folder overwrite each other's files, and two recorders in
// one folder play everything twice. Readers, workers and jobs take no lock: they may use the folder of a feed
// that runs.
import { type BigIntStats, closeSync, fstat as fstatOf, mkdirSync, write as writeTo } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { privateFolder } from '../../system/kept-file.ts'
import { createOutage } from '../../market/basics/outage.ts'
import { asyncScheduler, exhaustMap, interval, type SchedulerLike } from 'rxjs'
import { minuteMs } from '../../market/basics/durations.ts'
import { type Clock, systemClock } from '../../market/clock.ts'
import {
  type FoundLock,
  isTaken,
  type LockHolder,
  type LockRules,
  newHolder,
  removeLockFile,
  type Taken,
  takeLockFile,
} from '../../workers/redis/lock-file.ts'
import { thisProcess } from '../../workers/redis/process-identity.ts'
import { type Logger, silentLogger } from '../observe/log.ts'

const fstat = promisify(fstatOf) as (descriptor: number, options: { bigint: true }) => Promise<BigIntStats>
const write = promisify(writeTo)

/** A lock for each use: a recording may lie in a data folder. */
const uses = {
  data: { file: 'feed.lock', called: 'data folder', instead: 'KIS_DATA_FOLDER, --data-folder' },
  recording: { file: 'recorder.lock', called: 'recording folder', instead: 'KIS_RECORD, --record' },
} as const

export type FolderUse = keyof typeof uses

export type FolderLockOptions = {
  /** Made when it is not there. */
  readonly folder: string
  readonly use: FolderUse
  readonly clock?: Clock
  readonly log?: Logger
  /** Another process took the folder, because this one did not renew its lock in time. Says which. */
  readonly onLost?: (sentence: string) => void
  readonly scheduler?: SchedulerLike
  readonly rules?: LockRules
}

export type FolderLock = {
  /** False once another process took the folder: nothing may be written into it any more. */
  readonly isOurs: boolean
  release(): void
}

/** Another process uses the folder. The message names it. */
export class FolderInUseError extends Error {
  override readonly name = 'FolderInUseError'
  readonly folder: string

  constructor(folder: string, message: string) {
    super(message)
    this.folder = folder
  }
}

const renewMs = 5_000
/** Three renewals that did not come: enough between containers of one machine. */
const neighbourMs = 3 * renewMs
/** A host may be asleep, or cut off from a shared disk, for a while. */
const strangerMs = minuteMs

/**
 * Throws a FolderInUseError when another process has it. A folder that cannot be written is no reason to stop
 * a feed: that is logged, and the lock is tried again with every renewal.
 */
export function lockFolder(options: FolderLockOptions): FolderLock {
  const { use, clock = systemClock, log = silentLogger, onLost, scheduler = asyncScheduler } = options
  const { rules = { here: thisProcess(), neighbourMs, strangerMs } } = options
  const folder = resolve(options.folder)
  const file = join(folder, uses[use].file)
  const holder = newHolder(rules.here, clock)
  let taken: Taken | undefined
  const outage = createOutage()
  let isOurs = true
  let isReleased = false
  let inFlight: Promise<void> = Promise.resolve()

  /** The lock of another process, if there is one. */
  function take(): FoundLock | undefined {
    mkdirSync(folder, privateFolder)
    const result = takeLockFile(file, holder, rules)
    if (!isTaken(result)) return result
    taken = result
    return undefined
  }

  function failed(error: unknown): void {
    const facts = { folder, problem: String(error) }
    const { called } = uses[use]
    outage.failed(() =>
      log.warn(facts, `the ${called} cannot be locked, and another process in it is not noticed; trying on`),
    )
  }

  /** Leaves what is at our place to the process that put it there. */
  function letGo(): void {
    const lock = taken
    taken = undefined
    if (lock === undefined) return
    try {
      removeLockFile(file, lock)
    } catch (error) {
      log.debug({ folder, problem: String(error) }, 'a lock file is left behind; it is taken for what it is')
    }
    // Not before a renewal under way has ended: the number of the descriptor may be given to another file.
    void inFlight.then(() => closeSync(lock.descriptor))
  }

  function lose(other: FoundLock | undefined): void {
    isOurs = false
    renewing.unsubscribe()
    letGo()
    const sentence = sentenceOf(folder, use, other?.holder, rules)
    log.error({ folder }, `${sentence} This process writes nothing into it any more.`)
    onLost?.(sentence)
  }

  async function renew(): Promise<void> {
    try {
      if (taken === undefined) {
        const other = take()
        if (other !== undefined) lose(other)
      } else {
        await renewTaken(taken)
      }
      outage.over()
    } catch (error) {
      failed(error)
    }
  }

  async function renewTaken(lock: Taken): Promise<void> {
    const [ours, there] = await Promise.all([fstat(lock.descriptor, { bigint: true }), statOf(file)])
    if (isReleased) return
    if (there?.ino === ours.ino && there.dev === ours.dev) {
      await write(lock.descriptor, JSON.stringify(holder), 0)
      return
    }
    // Removed, maybe with the whole folder: it is taken again, unless another process was faster.
    letGo()
    const other = take()
    if (other !== undefined) lose(other)
  }

  try {
    const other = take()
    if (other !== undefined) throw new FolderInUseError(folder, sentenceOf(folder, use, other.holder, rules))
  } catch (error) {
    if (error instanceof FolderInUseError) throw error
    failed(error)
  }
  const renewing = interval(renewMs, scheduler)
    .pipe(exhaustMap(() => (inFlight = renew())))
    .subscribe()

  return {
    get isOurs() {
      return isOurs
    },
    release() {
      isReleased = true
      renewing.unsubscribe()
      letGo()
    },
  }
}

/** Throws a FolderInUseError when another process has the folder, before anything else is begun. */
export function expectFree(folder: string, use: FolderUse): void {
  lockFolder({ folder, use }).release()
}

function sentenceOf(folder: string, use: FolderUse, holder: LockHolder | undefined, { here }: LockRules): string {
  const { called, instead } = uses[use]
  const isThisOne = holder !== undefined && holder.host === here.host && holder.pid === here.pid
  const by =
    holder === undefined
      ? 'another process, whose lock file cannot be read'
      : isThisOne && holder.start === here.start
        ? `another feed of this process (${here.pid})`
        : `process ${holder.pid} on ${holder.host}, started ${holder.startedAt}`
  return `The ${called} ${folder} is in use by ${by}. Stop that one, or use another folder (${instead}).`
}

async function statOf(file: string): Promise<BigIntStats | undefined> {
  try {
    return await stat(file, { bigint: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
