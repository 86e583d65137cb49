// The thread behind a recorder. More than ten times a second it writes what is in the ring, and once a second
// it waits until the disk has it. What the file system refuses is reported to the parent and tried again;
// what comes meanwhile is counted and dropped.
import { parentPort, workerData } from 'node:worker_threads'
import { systemClock } from '../../market/clock.ts'
import { type RowReader, rowReader } from './row-ring.ts'
import { beginRow, encodeRow, lostRow, noteRow } from '../format/rows.ts'
import { createSegmentWriter, type WriterLimits } from './segment-writer.ts'

export type RecorderTask = {
  readonly ring: SharedArrayBuffer
  readonly folder: string
  readonly limits: WriterLimits
}

/** Messages to the parent. `lost`: frames and markers since the trouble began. */
export type RecorderNews =
  /** From now on nothing waits in the ring for longer than `flushMs`. */
  | { readonly type: 'ready' }
  /** `failing`: sent with every attempt that failed. */
  | { readonly type: 'failing' | 'recovered'; readonly reason: string; readonly lost: number }

/**
 * A part of the 100 ms that a kill may cost; the rest is for packing and writing. Each time costs a third of
 * a millisecond.
 */
const flushMs = 80
/** What a loss of power may cost, besides the time that the disk takes. */
const syncMs = 1_000
/** How often a file system that refused is asked again. */
const retryMs = 1_000

const { ring, folder, limits } = workerData as RecorderTask // given by `createRecorder`
/** Ends the pause that is being made. */
let hurry = () => {}
parentPort?.on('message', () => hurry())
await work(rowReader(ring))
parentPort?.close()

type Trouble = { reason: string; lost: number; from: number; to: number; retryAt: number }

async function work(reader: RowReader): Promise<void> {
  const clock = systemClock
  const writer = createSegmentWriter(folder, limits)
  let trouble: Trouble | undefined
  let syncAt = clock.now() + syncMs
  /** Of the disk, which refuses at any time. */
  let refusal: { readonly error: unknown } | undefined

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
      send({ type: 'failing', reason: trouble.reason, lost: trouble.lost })
      return false
    }
  }

  function keep(now: number): void {
    attempt(() => {
      throwRefusal()
      writer.take(reader, now)
      writer.flush(now)
    })
  }

  function throwRefusal(): void {
    const refused = refusal
    refusal = undefined
    if (refused !== undefined) throw refused.error
  }

  function sync(): Promise<void> {
    return writer.sync().catch((error: unknown) => {
      refusal ??= { error }
    })
  }

  function letGo(lost: Trouble, now: number): void {
    for (let next = reader.peek(); next !== undefined && now < lost.retryAt; next = reader.peek()) {
      // Another run, maybe another date, and a folder that may be had.
      if (next.kind === beginRow) return tryAgain(lost, now)
      reader.release(next.words)
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
      else writer.prepare()
      writer.resume(lostRowOf(lost), now)
    })
    if (!isKept) return
    trouble = undefined
    refusal = undefined
    send({ type: 'recovered', reason: lost.reason, lost: lost.lost })
  }

  attempt(() => writer.prepare())
  send({ type: 'ready' })
  while (!reader.hasEnded()) {
    if (!reader.isClosed()) await pause()
    const now = clock.now()
    if (trouble === undefined) keep(now)
    else letGo(trouble, now)
    if (now < syncAt) continue
    syncAt = now + syncMs
    void sync()
  }
  if (trouble !== undefined) tryAgain(trouble, clock.now())
  if (trouble === undefined) await writer.close().catch((error: unknown) => attempt(() => rethrow(error)))
}

/** Ends after `flushMs`, or when the parent asks for it. */
function pause(): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, flushMs)
    hurry = () => {
      clearTimeout(timer)
      resolve()
    }
  })
}

function rethrow(error: unknown): never {
  throw error
}

function lostRowOf({ lost: count, reason, from, to }: Trouble): Uint8Array | undefined {
  if (count === 0) return undefined
  return encodeRow(lostRow, to, Buffer.from(JSON.stringify({ count, reason, from })))
}

function send(news: RecorderNews): void {
  parentPort?.postMessage(news)
}
