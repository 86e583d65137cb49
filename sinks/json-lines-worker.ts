// The thread behind `jsonLines`: reads events from the ring, writes them as lines of JSON, and ends when the ring does. Whatever
// else ends it (a full disk, a reader of the pipe that went away) it throws, and its parent reports.
import { closeSync, openSync, writeSync } from 'node:fs'
import { workerData } from 'node:worker_threads'
import { type RingReader, ringReader } from './ring-reader.ts'

export type JsonLinesTask = { readonly buffer: SharedArrayBuffer; readonly to: number | string }

/** One write for this much text. Larger ones are no faster. */
const batchLength = 65_536

/** While events keep coming, look for more this often instead of being woken for each: waking costs the data path microseconds. */
const napMs = 1

/** After this many naps in vain, sleep until woken. */
const napsBeforeSleep = 50

/** The parent wakes a sleeper, so this only bounds what a lost wake-up could cost. */
const sleepMs = 1_000

/** A full pipe is tried again after this. Meanwhile the ring fills, which is where events are dropped and counted. */
const retryMs = 2

const bed = new Int32Array(new SharedArrayBuffer(4))

const { buffer, to } = workerData as JsonLinesTask // given by `jsonLines`
const fd = typeof to === 'number' ? to : openSync(to, 'a')
writeEvents(ringReader(buffer))
if (typeof to === 'string') closeSync(fd)

function writeEvents(ring: RingReader): void {
  let naps = 0
  while (!ring.hasEnded) {
    const lines = takeLines(ring)
    if (lines !== '') {
      writeAll(Buffer.from(lines))
      naps = 0
    }
    if (lines.length >= batchLength) continue
    if (naps < napsBeforeSleep) nap(napMs)
    else ring.sleep(sleepMs)
    naps++
  }
}

function takeLines(ring: RingReader): string {
  let lines = ''
  while (lines.length < batchLength) {
    const event = ring.read()
    if (event === undefined) break
    lines += `${JSON.stringify(event)}\n`
  }
  return lines
}

function writeAll(bytes: Uint8Array): void {
  let written = 0
  while (written < bytes.length) {
    try {
      written += writeSync(fd, bytes, written)
    } catch (error) {
      if (!isFull(error)) throw error
      nap(retryMs)
    }
  }
}

function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EAGAIN'
}

function nap(ms: number): void {
  Atomics.wait(bed, 0, 0, ms)
}
