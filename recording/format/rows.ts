// How entries lie in memory, in the ring and in a block alike: a row of 8-byte words, little-endian, that can
// be copied without being understood.
//
//   word 0      receivedTime, a double
//   word 1      kind | after << 8, a 32-bit integer; the payload's length in bytes, another. A frame has the
//               number of its line in place of `after`: 0 in recordings without lines
//   words 2 …   the payload, filled up with zeros: the frame as it came, or JSON
import { type Market, marketOf } from '../../market/instrument.ts'
import type { Disconnect, LineId, MarketEvent, Resume, SubscriptionChange } from '../../market/events.ts'
import type { Begin, Entry, Lost } from './entry.ts'

export const wordBytes = 8
export const headWords = 2

export const koreanFrame = 1
export const usFrame = 2
export const markerRow = 3
export const beginRow = 4
/** A gap, which the feed found and a replay finds again: kept to be counted, not to be emitted. */
export const noteRow = 5
export const lostRow = 6

export const frameKind: Readonly<Record<Market, number>> = { KR: koreanFrame, US: usFrame }

/** The number of a line in its frames' rows: 0 for one that has only its market as a name. */
export function lineNumber(line: LineId): number {
  return Number(line) | 0
}

function lineOf(number: number, market: Market): LineId {
  return number === 0 ? market : String(number)
}

/** `after` has 24 bits. No frame has as many events. */
export const mostAfter = 2 ** 24 - 1

export function wordsOf(payloadBytes: number): number {
  return headWords + ((payloadBytes + wordBytes - 1) >> 3)
}

export type Row = {
  readonly kind: number
  readonly after: number
  readonly receivedTime: number
  /** A view of the memory the row lies in. */
  readonly payload: Uint8Array
}

/**
 * Calls `visit` for each row. `bytes` starts at a word and holds whole rows: the checksum of a block is
 * checked before.
 */
export function eachRow(bytes: Uint8Array, visit: (row: Row) => void): void {
  const words = bytes.byteLength / wordBytes
  const times = new Float64Array(bytes.buffer, bytes.byteOffset, words)
  const codes = new Int32Array(bytes.buffer, bytes.byteOffset, words * 2)
  for (let word = 0; word < words; ) {
    const code = codes[word * 2 + 2] as number
    const length = codes[word * 2 + 3] as number
    const start = (word + headWords) * wordBytes
    if (length < 0 || start + length > bytes.byteLength) throw new Error(`a row of ${length} bytes at word ${word}`)
    visit({
      kind: code & 0xff,
      after: code >>> 8,
      receivedTime: times[word] as number,
      payload: bytes.subarray(start, start + length),
    })
    word += wordsOf(length)
  }
}

/** The entry in a row; undefined for a note. */
export function entryOf({ kind, after, receivedTime, payload }: Row): Entry | undefined {
  switch (kind) {
    case koreanFrame:
      return { kind: 'frame', line: lineOf(after, 'KR'), market: 'KR', bytes: payload, receivedTime }
    case usFrame:
      return { kind: 'frame', line: lineOf(after, 'US'), market: 'US', bytes: payload, receivedTime }
    case markerRow:
      return { kind: 'marker', event: withLine(parse(payload) as Recorded), after, receivedTime } // what a recorder wrote
    case beginRow:
      return { kind: 'begin', ...(parse(payload) as Omit<Begin, 'kind' | 'receivedTime'>), receivedTime }
    case lostRow:
      return {
        kind: 'lost',
        ...(parse(payload) as Pick<Lost, 'count' | 'reason' | 'from'>),
        isDamage: false,
        receivedTime,
      }
    default:
      return undefined
  }
}

type OfLine = Disconnect | Resume | SubscriptionChange
type WithoutLine<T> = T extends OfLine ? Omit<T, 'line'> & Partial<Pick<T, 'line'>> : T
type Recorded = WithoutLine<MarketEvent>

/** Markers of recordings without lines have the line of their market. */
function withLine(event: Recorded): MarketEvent {
  if (!isOfLine(event) || event.line !== undefined) return event as MarketEvent
  const { type, ...facts } = event
  const line = 'market' in event ? event.market : event.instrument && marketOf(event.instrument)
  return { type, line, ...facts } as MarketEvent
}

function isOfLine(event: Recorded): event is WithoutLine<OfLine> {
  return event.type === 'disconnect' || event.type === 'resume' || event.type === 'subscription'
}

export function parse(payload: Uint8Array): unknown {
  return JSON.parse(Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString())
}

/** A row by itself, without a ring. */
export function encodeRow(kind: number, receivedTime: number, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(wordsOf(payload.length) * wordBytes)
  new Float64Array(bytes.buffer)[0] = receivedTime
  const codes = new Int32Array(bytes.buffer)
  codes[2] = kind
  codes[3] = payload.length
  bytes.set(payload, headWords * wordBytes)
  return bytes
}
