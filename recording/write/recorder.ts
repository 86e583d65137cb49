// Records the frames and lifecycle markers of a feed, in the order in which they came. The feed's thread pays
// for one copy into a ring; another thread packs, writes and waits for the disk. Recording never holds up the
// feed: what cannot be kept is counted and reported.
import { randomBytes } from 'node:crypto'
import type { RawFrame } from '../../kis/wire/frame.ts'
import type { Gap, MarketEvent } from '../../market/events.ts'
import type { Market } from '../../market/instrument.ts'
import type { Begin } from '../format/entry.ts'
import type { RecorderNews, RecorderTask } from './recorder-thread.ts'
import { beginRow, frameKind, lineNumber, lostRow, markerRow, mostAfter, noteRow, wordsOf } from '../format/rows.ts'
import { rowWriter } from './row-ring.ts'
import { createRing } from '../../system/ring.ts'
import { recorderThread } from './recorder-place.ts'
import { startThread } from '../../system/thread.ts'
import { defaultLimits, type WriterLimits } from './segment-writer.ts'
import { filingDate } from '../format/trading-date.ts'

/** What a run, or a new trading date of it, begins with. */
export type BeginFacts = Pick<Begin, 'columns' | 'continuity' | 'checksDates' | 'state'>

export type RecorderOptions = {
  /** Created if needed, with a folder for each trading date. Belongs to one recorder at a time. */
  readonly folder: string
  /** Called for the first entry, and for the first one of each later date. */
  readonly describe: () => BeginFacts
  /** The market whose turn it is, which decides the date of a marker between frames. */
  readonly turnAt: (time: number) => Market
  /** Room for what is not written yet. 16 MiB: two seconds of 20,000 records each. */
  readonly capacityBytes?: number
  readonly limits?: Partial<WriterLimits>
  readonly onTrouble?: (trouble: RecorderTrouble) => void
}

/** Reported when something cannot be kept, and once more when it can again. */
export type RecorderTrouble = {
  /** As `ENOSPC: no space left on device, write`. */
  readonly reason: string
  /** Frames and markers since it began. */
  readonly lost: number
  readonly isOver: boolean
}

export type Recorder = {
  /** Called before the events of a frame are emitted: `describe` must not know them yet. */
  expect(market: Market, receivedTime: number): void
  frame(frame: RawFrame): void
  /** Publishes rows to the writing thread. Once for many frames: each call stalls this thread on memory. */
  settled(): void
  /** `after`: how many events of the frame that is recorded next came before it; 0 between frames. */
  marker(event: MarketEvent, after?: number): void
  /** A gap that the feed found. A replay finds it again; here it is only counted. */
  note(gap: Gap): void
  /**
   * Resolves when the thread that writes is at work, or never will be. What is given before waits in memory
   * until then, and a process that is killed takes it along.
   */
  readonly ready: Promise<void>
  /** Frames and markers that could not be kept so far. */
  readonly lost: number
  /** Resolves when everything given before is written, or can no longer be. */
  stop(): Promise<void>
}

const defaultCapacityBytes = 16 * 1024 * 1024
/** More than the row of a loss takes. */
const lostWords = 64
const nothing = new Uint8Array(0)
const tooSlow = 'the thread that writes is too slow'

export function createRecorder(options: RecorderOptions): Recorder {
  const { folder, describe, turnAt, onTrouble } = options
  const buffer = createRing(options.capacityBytes ?? defaultCapacityBytes)
  const rows = rowWriter(buffer)
  const dates = filingDate()
  const run = randomBytes(8).toString('hex')
  const task: RecorderTask = { ring: buffer, folder, limits: { ...defaultLimits, ...options.limits } }
  const worker = startThread(recorderThread, 'recorder', task)
  /** Refused by the file system, in troubles that are over and in the one that is not. */
  let refusedBefore = 0
  let refused = 0
  let isFailing = false
  let failure: string | undefined
  let isStopping = false
  /** Found no room in the ring: all of them, and those in no row of a loss yet. */
  let dropped = 0
  let unreported: { count: number; from: number; to: number } | undefined

  let isReady = () => {}
  const ready = new Promise<void>(resolve => {
    isReady = resolve
  })
  worker.on('message', (news: RecorderNews) => {
    if (news.type === 'ready') {
      // Waiting for frames is no reason to keep the process; having some to write is, so its end waits for
      // them.
      worker.unref()
      return isReady()
    }
    if (news.type === 'recovered') {
      refusedBefore += news.lost
      refused = 0
    } else {
      refused = news.lost
    }
    const isNews = news.type === 'recovered' || !isFailing
    isFailing = news.type === 'failing'
    if (isNews) onTrouble?.({ reason: news.reason, lost: news.lost, isOver: !isFailing })
  })
  worker.on('error', error => {
    failure = error instanceof Error ? error.message : String(error)
  })
  const exited = new Promise<void>(resolve => {
    worker.once('exit', code => {
      process.off('beforeExit', stop)
      if (!isStopping || failure !== undefined) {
        const reason = failure ?? `the thread that writes ended with code ${code}`
        isStopping = true
        onTrouble?.({ reason, lost: refusedBefore + refused + dropped, isOver: false })
      }
      isReady()
      resolve()
    })
  })
  process.once('beforeExit', stop)

  function write(kind: number, after: number, receivedTime: number, payload: Uint8Array): boolean {
    if (isStopping) return false
    const over = unreported === undefined ? undefined : writeLoss(wordsOf(payload.length))
    const isKept = unreported === undefined && rows.write(kind, after, receivedTime, payload)
    // Last, because `onTrouble` may cause an event, which belongs behind this one.
    if (over !== undefined) onTrouble?.(over)
    if (isKept) return true
    if (kind !== noteRow && kind !== beginRow) drop(receivedTime)
    return false
  }

  /**
   * A ring that was full takes nothing until half of it is free, or a recording would be one frame, one loss,
   * one frame.
   */
  function writeLoss(needed: number): RecorderTrouble | undefined {
    if (unreported === undefined || rows.room() < Math.max(rows.words / 2, needed + lostWords)) return undefined
    const { count: lost, from, to } = unreported
    if (!rows.write(lostRow, 0, to, json({ count: lost, reason: tooSlow, from }))) return undefined
    unreported = undefined
    return { reason: tooSlow, lost, isOver: true }
  }

  function drop(receivedTime: number): void {
    dropped++
    if (unreported === undefined) {
      unreported = { count: 0, from: receivedTime, to: receivedTime }
      hurry()
      onTrouble?.({ reason: tooSlow, lost: 1, isOver: false })
    }
    unreported.count++
    unreported.to = receivedTime
  }

  function hurry(): void {
    worker.postMessage('hurry')
  }

  function expect(market: Market, receivedTime: number): void {
    const date = dates.next(market, receivedTime)
    if (date !== undefined && write(beginRow, 0, receivedTime, json({ run, date, ...describe() })))
      dates.begin(date, receivedTime)
  }

  function stop(): Promise<void> {
    if (isStopping) return exited
    isStopping = true
    worker.ref()
    if (unreported !== undefined)
      rows.write(lostRow, 0, unreported.to, json({ ...unreported, reason: tooSlow, to: undefined }))
    rows.close()
    hurry()
    return exited
  }

  return {
    expect,
    frame: ({ line, market, bytes, receivedTime }) =>
      void write(frameKind[market], lineNumber(line), receivedTime, bytes),
    settled: rows.publish,
    marker(event, after = 0) {
      if (after === 0) expect(turnAt(event.receivedTime), event.receivedTime)
      write(markerRow, Math.min(after, mostAfter), event.receivedTime, json(event))
      rows.publish()
    },
    note: gap => void write(noteRow, 0, gap.receivedTime, nothing),
    ready,
    get lost() {
      return refusedBefore + refused + dropped
    },
    stop,
  }
}

function json(content: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(content))
}
