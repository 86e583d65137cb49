// The thread behind a recorder: twenty times a second it takes what is in the ring and hands it to the operating system.
// What the file system refuses is told to the parent and tried again; meanwhile what comes is counted and let go of.
import { parentPort, workerData } from 'node:worker_threads'
import { systemClock } from '../market/clock.ts'
import { type RowReader, rowReader } from './row-ring.ts'
import { beginRow, encodeRow, lostRow, noteRow } from './rows.ts'
import { createSegmentWriter, type WriterLimits } from './segment-writer.ts'

export type RecorderTask = {
  readonly ring: SharedArrayBuffer
  readonly folder: string
  readonly limits: WriterLimits
}

/** What the parent is told. `lost`: frames and markers since the trouble began. */
export type RecorderNews = {
  /** `failing`: said with every attempt that failed. */
  readonly type: 'failing' | 'recovered'
  readonly reason: string
  readonly lost: number
}

/** Half of what a kill may cost: the other half is for the writing itself. */
const flushMs = 50
/** How often a file system that refused is asked again. */
const retryMs = 1_000

const { ring, folder, limits } = workerData as RecorderTask // given by `createRecorder`
work(rowReader(ring))

type Trouble = { reason: string; lost: number; from: number; to: number; retryAt: number }

function work(reader: RowReader): void {
  const clock = systemClock
  const writer = createSegmentWriter(folder, limits)
  let trouble: Trouble | undefined

  /** True when nothing was refused. */
  function attempt(act: () => void): boolean {
    try {
      act()
      return true
    } catch (error) {
      const { count, from, to } = writer.abandon()
      trouble ??= { reason: '', lost: 0, from: Infinity, to: -Infinity, retryAt: 0 }
      trouble.reason = error instanceof Error ? error.message : String(error)
      trouble.lost += count
      trouble.from = Math.min(trouble.from, from)
      trouble.to = Math.max(trouble.to, to)
      trouble.retryAt = clock.now() + retryMs
      tell('failing', trouble)
      return false
    }
  }

  function keep(now: number): void {
    attempt(() => {
      writer.take(reader, now)
      writer.flush(now)
    })
  }

  function letGo(lost: Trouble, now: number): void {
    for (let next = reader.peek(); next !== undefined && now < lost.retryAt; next = reader.peek()) {
      // Another run, maybe another date, and a folder that may be had.
      if (next.kind === beginRow) return tryAgain(lost, now)
      reader.take(next.words, undefined)
      if (next.kind === noteRow) continue
      lost.lost++
      lost.from = Math.min(lost.from, next.receivedTime)
      lost.to = Math.max(lost.to, next.receivedTime)
    }
    if (now >= lost.retryAt) tryAgain(lost, now)
  }

  function tryAgain(lost: Trouble, now: number): void {
    const isKept = attempt(() => {
      if (reader.peek()?.kind === beginRow) writer.take(reader, now)
      writer.resume(lostRowOf(lost), now)
    })
    if (!isKept) return
    trouble = undefined
    tell('recovered', lost)
  }

  while (!reader.hasEnded()) {
    reader.sleep(flushMs)
    const now = clock.now()
    if (trouble === undefined) keep(now)
    else letGo(trouble, now)
  }
  if (trouble !== undefined) tryAgain(trouble, clock.now())
  if (trouble === undefined) attempt(() => writer.close())
}

function lostRowOf({ lost: count, reason, from, to }: Trouble): Uint8Array | undefined {
  if (count === 0) return undefined
  return encodeRow(lostRow, to, Buffer.from(JSON.stringify({ count, reason, from })))
}

function tell(type: RecorderNews['type'], { reason, lost }: Trouble): void {
  parentPort?.postMessage({ type, reason, lost } satisfies RecorderNews)
}
