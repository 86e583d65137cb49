// The thread behind `jsonLines`: reads events from the ring, writes them as lines of JSON, and ends when the
// ring does. What the file system refuses is reported and tried again, meanwhile events wait in the ring; a
// reader of the pipe that went away is the end.
import { parentPort, workerData } from 'node:worker_threads'
import { eventLine } from '../../market/event-line.ts'
import type { Dropped, MarketEvent } from '../../market/events.ts'
import type { RingTask, ThreadNews } from '../ring/event-thread.ts'
import { type FileTurns, isOver, type LineFile, nap, openLineFile, WriteFailure } from './line-file.ts'
import { ringReader } from '../ring/reader.ts'

export type JsonLinesTask = RingTask & { readonly to: number | string | FileTurns }

/** One write for this much text. Larger ones are no faster. */
const batchLength = 65_536

/**
 * While events keep coming, look for more this often instead of being woken for each: waking costs the data
 * path microseconds.
 */
const napMs = 1

/** After this many naps without work, sleep until woken. */
const napsBeforeSleep = 50

/** The parent wakes a sleeper, so this only bounds what a lost wake-up could cost. */
const sleepMs = 1_000

/**
 * A file system that refused is asked again after this many looks at whether the ring was closed: a second,
 * as for a recording.
 */
const looksBeforeRetry = 50
const lookMs = 20

const { buffer, names, to } = workerData as JsonLinesTask // given by `jsonLines`
const ring = ringReader(buffer, names)
const say = (news: ThreadNews) => parentPort?.postMessage(news)
let isAway = false

try {
  const file = persist(() => openLineFile(to, finished => parentPort?.postMessage(finished)))
  say({ is: 'back' })
  writeEvents(file)
  file.close()
} catch (error) {
  if (!ring.isClosed && !isOver(error)) throw error
  say({ is: 'over', reason: reasonIn(error), isReaderGone: isOver(error) })
}

function writeEvents(file: LineFile): void {
  let naps = 0
  while (!ring.hasEnded) {
    const length = writeBatch(file)
    if (length > 0) naps = 0
    if (length >= batchLength) continue
    if (naps < napsBeforeSleep) nap(napMs)
    else ring.sleep(sleepMs)
    naps++
  }
}

/** Writes what there is at the moment, up to a batch; the length of its text. */
function writeBatch(file: LineFile): number {
  let lines = ''
  let time = 0
  while (lines.length < batchLength) {
    const event = ring.read()
    if (event === undefined) break
    const before = time
    time = timeOf(event)
    if (lines !== '' && !file.isSame(before, time)) {
      write(file, lines, before)
      lines = ''
    }
    lines += `${eventLine(event)}\n`
  }
  if (lines !== '') write(file, lines, time)
  ring.settle()
  return lines.length
}

function write(file: LineFile, lines: string, time: number): void {
  let rest = Buffer.from(lines)
  persist(() => {
    try {
      file.write(rest, time)
    } catch (error) {
      if (error instanceof WriteFailure) rest = rest.subarray(error.written)
      throw error
    }
  })
}

/** Tries until it works; only once more when the ring is closed, because its owner waits. */
function persist<T>(act: () => T): T {
  for (;;) {
    const isLast = ring.isClosed
    try {
      const result = act()
      if (isAway) say({ is: 'back' })
      isAway = false
      return result
    } catch (error) {
      if (isLast || isOver(error)) throw error
      if (!isAway) say({ is: 'away', reason: reasonIn(error) })
      isAway = true
      for (let looks = 0; looks < looksBeforeRetry && !ring.isClosed; looks++) nap(lookMs)
    }
  }
}

function reasonIn(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function timeOf(event: MarketEvent | Dropped): number {
  return event.type === 'dropped' ? event.to : event.receivedTime
}
