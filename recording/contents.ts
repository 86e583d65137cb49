// What is in some rows: how many of each kind, when, and of which instruments. Reads no more of a frame than that takes.
import { fromWire } from '../kis/channel.ts'
import { readEnvelope, transactionAt } from '../kis/frame.ts'
import { createInterner, type Interned } from '../kis/intern.ts'
import { longestFrame, scanFrame, startOf } from '../kis/scan.ts'
import type { MarketEvent } from '../market/events.ts'
import { eachRow, koreanFrame, lostRow, markerRow, noteRow, parse, type Row, usFrame } from './rows.ts'

export type Counts = {
  rows: number
  frames: number
  /** KIS records in the frames, as their heads announce them. */
  records: number
  markers: number
  /** Gaps the feed told while it recorded. A replay finds them again. */
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

/** Records of one name in the rows that are being read; kept from one reading to the next, because names come back. */
type Tally = { readonly name: string; records: number }

type Transaction = {
  /** Of records that name no instrument. */
  readonly own: Tally
  /** What of a record says whose it is. */
  readonly symbol: Interned<Tally>
}

export type ContentsReader = (rows: Uint8Array) => Contents

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

/** Remembers the symbols it met, so it is made once for many blocks. */
export function contentsReader(): ContentsReader {
  const transactions = createInterner(124, transactionOf)
  let touched: Tally[] = []

  function note(tally: Tally, records: number): void {
    if (tally.records === 0) touched.push(tally)
    tally.records += records
  }

  function addFrame(contents: Contents, frame: Uint8Array): void {
    contents.frames++
    const envelope = readEnvelope(frame)
    if (typeof envelope === 'string') {
      contents.concernsAll = true
      return
    }
    const { count: records, payload } = envelope
    contents.records += records
    const { own, symbol } = transactions(frame, transactionAt)
    if (envelope.encrypted) return note(own, records)
    if (records === 1) return note(symbol(frame, payload), 1)
    const width = frame.length > longestFrame ? Number.NaN : scanFrame(frame, payload) / records
    if (!Number.isInteger(width)) return note(symbol(frame, payload), records)
    for (let record = 0; record < records; record++) note(symbol(frame, startOf(record * width)), 1)
  }

  function add(contents: Contents, { kind, receivedTime, payload }: Row): void {
    contents.rows++
    contents.from = Math.min(contents.from, receivedTime)
    contents.to = Math.max(contents.to, receivedTime)
    switch (kind) {
      case koreanFrame:
      case usFrame:
        return addFrame(contents, payload)
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

  return rows => {
    const contents = emptyContents()
    eachRow(rows, row => add(contents, row))
    for (const tally of touched) {
      count(contents.names, tally.name, tally.records)
      tally.records = 0
    }
    touched = []
    return contents
  }
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
  const own = { name: tr, records: 0 }
  const tallyOf = (key: string) => {
    const name = fromWire({ tr, key })?.instrument
    return name === undefined ? own : { name, records: 0 }
  }
  return { own, symbol: createInterner(94, tallyOf) }
}
