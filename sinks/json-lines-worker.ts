// The thread behind `jsonLines`: reads events from the ring, writes them as lines of JSON, and ends when the ring does. Whatever
// else ends it (a full disk, a reader of the pipe that went away) it throws, and its parent reports.
import { parentPort, workerData } from 'node:worker_threads'
import { eventLine } from '../market/event-line.ts'
import type { Dropped, MarketEvent } from '../market/events.ts'
import type { RingTask } from './event-thread.ts'
import { type FileTurns, type LineFile, nap, openLineFile } from './line-file.ts'
import { type RingReader, ringReader } from './ring-reader.ts'

export type JsonLinesTask = RingTask & { readonly to: number | string | FileTurns }

/** One write for this much text. Larger ones are no faster. */
const batchLength = 65_536

/** While events keep coming, look for more this often instead of being woken for each: waking costs the data path microseconds. */
const napMs = 1

/** After this many naps in vain, sleep until woken. */
const napsBeforeSleep = 50

/** The parent wakes a sleeper, so this only bounds what a lost wake-up could cost. */
const sleepMs = 1_000

const { buffer, to } = workerData as JsonLinesTask // given by `jsonLines`
const file = openLineFile(to, finished => parentPort?.postMessage(finished))
writeEvents(ringReader(buffer), file)
file.close()

function writeEvents(ring: RingReader, file: LineFile): void {
  let naps = 0
  while (!ring.hasEnded) {
    const length = writeBatch(ring, file)
    if (length > 0) naps = 0
    if (length >= batchLength) continue
    if (naps < napsBeforeSleep) nap(napMs)
    else ring.sleep(sleepMs)
    naps++
  }
}

/** Writes what there is at the moment, up to a batch; the length of its text. */
function writeBatch(ring: RingReader, file: LineFile): number {
  let lines = ''
  let time = 0
  while (lines.length < batchLength) {
    const event = ring.read()
    if (event === undefined) break
    const before = time
    time = timeOf(event)
    if (lines !== '' && !file.isSame(before, time)) {
      file.write(Buffer.from(lines), before)
      lines = ''
    }
    lines += `${eventLine(event)}\n`
  }
  if (lines !== '') file.write(Buffer.from(lines), time)
  return lines.length
}

function timeOf(event: MarketEvent | Dropped): number {
  return event.type === 'dropped' ? event.to : event.receivedTime
}
