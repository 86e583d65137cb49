// What is in some rows: how many of each kind, when, and of which instruments. Reads no more of a frame than
// that takes.
import { fromWire, typedTransaction } from '../../kis/channel.ts'
import { byTransaction, createFrameSymbols, type FrameSymbols } from '../../kis/wire/frame-symbols.ts'
import { readEnvelope } from '../../kis/wire/frame.ts'
import { layoutOf } from '../../kis/wire/layout.ts'
import type { MarketEvent } from '../../market/events.ts'
import { isStock } from '../../market/symbol-shapes.ts'
import { headWords, koreanFrame, lostRow, markerRow, noteRow, parse, usFrame, wordBytes, wordsOf } from './rows.ts'
import { createUsualFrames } from './usual-frames.ts'

export type Counts = {
  rows: number
  frames: number
  /**
   * KIS records in the frames. A frame of several whose values do not divide into as many as it announces has
   * none.
   */
  records: number
  markers: number
  /** Gaps that the feed emitted while it recorded. A replay finds them again. */
  gaps: number
  /** Frames and markers that could not be kept. */
  lost: number
}

export type Contents = Counts & {
  from: number
  to: number
  /** Records by instrument, or by KIS's transaction id where a record names none. */
  readonly names: Map<string, number>
  /** Holds what concerns every instrument: a disconnect, or something lost. */
  concernsAll: boolean
}

/**
 * Records of one name in the rows that are being read; kept from one reading to the next, because names come
 * back.
 */
type Tally = { readonly name: string; records: number }

/** For records that are counted without a name: they have none, or a damaged one. */
const nameless = ''

type Transaction = {
  /** Of records that name no instrument. */
  readonly own: Tally
  readonly symbols: FrameSymbols<Tally>
  /** The least number of values in a record. */
  readonly minWidth: number
}

export type ContentsReader = {
  /**
   * Adds whole rows, up to one of the kind `until`, and says how many bytes they are: what is left begins
   * with such a row, or with one that is not whole.
   */
  add(contents: Contents, rows: Uint8Array, until?: number): number
}

export function emptyContents(): Contents {
  const counts = { rows: 0, frames: 0, records: 0, markers: 0, gaps: 0, lost: 0 }
  return { ...counts, from: Infinity, to: -Infinity, names: new Map(), concernsAll: false }
}

export function addContents(sum: Contents, part: Contents): void {
  sum.rows += part.rows
  sum.frames += part.frames
  sum.records += part.records
  sum.markers += part.markers
  sum.gaps += part.gaps
  sum.lost += part.lost
  sum.from = Math.min(sum.from, part.from)
  sum.to = Math.max(sum.to, part.to)
  sum.concernsAll ||= part.concernsAll
  for (const [name, records] of part.names) count(sum.names, name, records)
}

/** Remembers symbols, so one reader serves many blocks. */
export function contentsReader(): ContentsReader {
  const transactionIn = byTransaction(transactionOf)
  const usual = createUsualFrames<Tally>()
  let touched: Tally[] = []

  function note(tally: Tally, records: number): void {
    if (tally.records === 0) touched.push(tally)
    tally.records += records
  }

  const noteOne = (tally: Tally) => note(tally, 1)

  /** For a frame of one record, returns its tally, in which the record is not counted yet. */
  function readFrame(contents: Contents, frame: Uint8Array): Tally | undefined {
    const envelope = readEnvelope(frame)
    if (typeof envelope === 'string') {
      contents.concernsAll = true
      return undefined
    }
    const { count: records, payload, encrypted } = envelope
    const { own, symbols, minWidth } = transactionIn(frame)
    if (!encrypted && records === 1) {
      contents.records++
      return symbols.first(frame, payload)
    }
    const isWhole = encrypted
      ? mostEncrypted(frame.length - payload) / records >= minWidth
      : symbols.each(frame, payload, records, noteOne)
    // The records that the head announces are not there: a replay emits such a frame whole, as `malformed`.
    if (!isWhole) {
      contents.concernsAll = true
      return undefined
    }
    contents.records += records
    if (encrypted) note(own, records)
    return undefined
  }

  function addOther(contents: Contents, kind: number, rows: Uint8Array, start: number, length: number): void {
    const payload = rows.subarray(start, start + length)
    switch (kind) {
      case markerRow:
        return addMarker(contents, parse(payload) as MarketEvent) // what a recorder wrote
      case noteRow:
        contents.gaps++
        return
      case lostRow:
        contents.lost += (parse(payload) as { count: number }).count // what a recorder wrote
        contents.concernsAll = true
    }
  }

  function addFrame(contents: Contents, rows: Uint8Array, ints: Int32Array, start: number, length: number): void {
    const frame = rows.subarray(start, start + length)
    const tally = readFrame(contents, frame)
    if (tally === undefined) return
    note(tally, 1)
    usual.remember(ints, start >> 2, length, tally)
  }

  return {
    add(contents, rows, until) {
      const words = rows.byteLength / wordBytes
      const times = new Float64Array(rows.buffer, rows.byteOffset, words)
      const ints = new Int32Array(rows.buffer, rows.byteOffset, words * 2)
      let { rows: rowCount, frames, from, to } = contents
      let word = 0
      while (word + headWords <= words) {
        const kind = (ints[word * 2 + 2] as number) & 0xff
        const length = ints[word * 2 + 3] as number
        const next = word + wordsOf(length)
        if (length < 0 || next > words || kind === until) break
        const receivedTime = times[word] as number
        const start = (word + headWords) * wordBytes
        word = next
        rowCount++
        if (receivedTime < from) from = receivedTime
        if (receivedTime > to) to = receivedTime
        if (kind !== koreanFrame && kind !== usFrame) {
          addOther(contents, kind, rows, start, length)
          continue
        }
        frames++
        const known = usual.find(ints, start >> 2, length)
        if (known === undefined) {
          addFrame(contents, rows, ints, start, length)
          continue
        }
        contents.records++
        note(known, 1)
      }
      contents.rows = rowCount
      contents.frames = frames
      contents.from = from
      contents.to = to
      for (const tally of touched) {
        if (tally.name !== nameless) count(contents.names, tally.name, tally.records)
        tally.records = 0
      }
      touched = []
      return word * wordBytes
    },
  }
}

/** Values in so many bytes of base64, if each were empty. */
function mostEncrypted(bytes: number): number {
  return (bytes * 3) / 4
}

function addMarker(contents: Contents, event: MarketEvent): void {
  contents.markers++
  const instrument = 'instrument' in event ? event.instrument : null
  if (instrument === null) contents.concernsAll = true
  else count(contents.names, instrument, 0)
}

function count(names: Map<string, number>, name: string, records: number): void {
  names.set(name, (names.get(name) ?? 0) + records)
}

function transactionOf(tr: string): Transaction {
  const layout = layoutOf(tr)
  const isTyped = typedTransaction(tr) !== undefined
  const none = { name: nameless, records: 0 }
  const own = layout === undefined || isTyped ? none : { name: tr, records: 0 }
  const tallyOf = (key: string) => {
    const instrument = fromWire({ tr, key })?.instrument
    if (instrument === undefined || (isTyped && !isStock(instrument))) return own
    return { name: instrument, records: 0 }
  }
  const minWidth = layout?.minWidth ?? 1
  return { own, symbols: createFrameSymbols(minWidth, tallyOf), minWidth }
}
