// Writes a recording of earlier frames, as fast as they come: without a thread, and without loss.
import { randomUUID } from 'node:crypto'
import type { RawFrame } from '../../kis/wire/frame.ts'
import type { MarketEvent } from '../../market/events.ts'
import type { Market } from '../../market/instrument.ts'
import { beginRow, frameKind, lineNumber, markerRow } from '../format/rows.ts'
import { rowReader, rowWriter } from './row-ring.ts'
import { createRing } from '../../system/ring.ts'
import { createSegmentWriter } from './segment-writer.ts'
import { filingDate } from '../format/trading-date.ts'

export type OfflineWriter = {
  frame(frame: RawFrame): void
  /** An event of a market that did not come from a frame. */
  marker(event: MarketEvent, market: Market): void
  /** Resolves when all of it is on the disk. */
  close(): Promise<void>
  /** Leaves the files as they are. */
  abandon(): void
}

/** Throws what the file system throws. */
export function createOfflineWriter(folder: string): OfflineWriter {
  const ring = createRing(4 * 1024 * 1024)
  const rows = rowWriter(ring)
  const reader = rowReader(ring)
  const segments = createSegmentWriter(folder)
  const dates = filingDate()
  const run = randomUUID()

  function write(kind: number, receivedTime: number, payload: Uint8Array, line = 0): void {
    if (rows.write(kind, line, receivedTime, payload)) return
    rows.publish()
    segments.take(reader, receivedTime)
    if (!rows.write(kind, line, receivedTime, payload)) throw new RangeError(`a frame of ${payload.length} bytes`)
  }

  function begin(market: Market, receivedTime: number): void {
    const date = dates.next(market, receivedTime)
    if (date === undefined) return
    write(beginRow, receivedTime, json({ run, date, columns: [], continuity: true }))
    dates.begin(date, receivedTime)
  }

  return {
    frame({ line, market, bytes, receivedTime }) {
      begin(market, receivedTime)
      write(frameKind[market], receivedTime, bytes, lineNumber(line))
    },
    marker(event, market) {
      begin(market, event.receivedTime)
      write(markerRow, event.receivedTime, json(event))
    },
    close() {
      rows.publish()
      segments.take(reader, 0)
      return segments.close()
    },
    abandon: () => void segments.abandon(),
  }
}

function json(content: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(content))
}
