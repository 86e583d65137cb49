// The ways to read frames that `decode` and `heap` compare, and the proof that they say the same.
import assert from 'node:assert/strict'
import { createDecoder } from '../../../kis/wire/decoder.ts'
import { obviousBooks, obviousTrades, type Read, usualTrades } from '../pipelines/baselines.ts'
import { type Load, receivedTime } from '../frames.ts'
import type { Pass } from '../measure.ts'

export type ReaderName = 'kis-stream' | 'with a column' | 'the obvious way' | 'the usual one'

export type Readers = Readonly<Partial<Record<ReaderName, Read<object>>>>

/** A column that is not read otherwise, near the end of a record, and how a user asks for it. */
const tradeColumn = 'VI_STND_PRC'
const bookColumn = 'MID_PRC'

export function tradeReaders(): Readers {
  return {
    'kis-stream': createDecoder().decode,
    'with a column': createDecoder({ columns: [tradeColumn] }).decode,
    'the obvious way': obviousTrades,
    'the usual one': usualTrades,
  }
}

export function bookReaders(): Readers {
  return {
    'kis-stream': createDecoder().decode,
    'with a column': createDecoder({ columns: [bookColumn] }).decode,
    'the obvious way': obviousBooks,
  }
}

/** Throws unless all of them make the same of every record. */
export function assertAlike(readers: Readers, { frames, records }: Load): void {
  const [expected, ...others] = Object.entries(readers).map(([name, read]) => ({ name, events: readAll(read, frames) }))
  assert.equal(expected?.events.length, records, 'every record makes one event')
  for (const { name, events } of others) assert.deepEqual(events, expected?.events, `${name} reads something else`)
}

/** Without the columns, which only one of them adds. */
function readAll(read: Read<object>, frames: readonly Buffer[]): object[] {
  const events: object[] = []
  for (const frame of frames) {
    read(frame, receivedTime, event => {
      const { columns: _, ...fields } = event as { readonly columns?: object }
      events.push(fields)
    })
  }
  return events
}

/** Where events go: an object that leaves the function cannot be optimised away. */
export const last: { event: object | undefined } = { event: undefined }

export function reading(read: Read<object>, { frames, records }: Load): Pass {
  const keep = (event: object) => {
    last.event = event
  }
  return () => {
    for (const frame of frames) read(frame, receivedTime, keep)
    return records
  }
}
