// What is decoded and sent: captured records, dealt out to as many symbols as a benchmark asks for, as frames
// in one piece of memory the way a socket delivers them.
import { createRandom } from '../../simulator/tape/random.ts'
import { frame, indexOfColumn, linesOf, recordsOf } from '../../test/support/wire/frames.ts'

export { receivedTime } from '../../test/support/wire/frames.ts'

export const tradeTransaction = 'H0STCNT0'
export const bookTransaction = 'H0STASP0'

/** As many registrations as fit a session, almost. */
export const usualSymbols = 40

/** Where in its frame a trade tells the day's total, whose it is, and how much of it is the trade's own. */
export type Total = { readonly at: number; readonly symbol: number; readonly volume: number }

/** Frames of one kind, the records in them, and for each frame of trades the totals it tells. */
export type Load = {
  readonly frames: readonly Buffer[]
  readonly records: number
  readonly totals: readonly (readonly Total[])[]
}

export type LoadOptions = {
  /** About this much text. */
  readonly bytes?: number
  readonly frames?: number
  readonly symbols?: number
}

export type TradeOptions = LoadOptions & {
  readonly width?: 46 | 47
  /** As captured: 1 to 5 by default. */
  readonly recordsPerFrame?: number
}

const totalColumn = indexOfColumn(tradeTransaction, 'ACML_VOL', 46)
const volumeColumn = indexOfColumn(tradeTransaction, 'CNTG_VOL', 46)
/** As captured, and with room for the longest run. */
const totalDigits = 8
const firstTotal = 20_000_000
const mostSymbols = 4_000
const zero = 48

/** What a socket is read into at most, and so the memory that its frames share. */
const socketBytes = 64 * 1024

/** One recorder's minute of 2026-06-08: nine frames of 2 to 5 trades, six books of 62 values. */
const capturedTrades = linesOf(`${tradeTransaction}.txt`).slice(0, 9).map(recordsOf)
const capturedBooks = linesOf(`${bookTransaction}.txt`).slice(0, 6).flatMap(recordsOf)

/** Six digits, as Korean symbols are. */
export function symbolAt(index: number): string {
  return String(5930 + 10 * index).padStart(6, '0')
}

/**
 * Each frame trades another symbol, and records of a fixed number a frame are drawn at random: a processor
 * learns a pattern that is short enough, and then reads numbers faster than it would ever read a market's.
 */
export function trades(options: TradeOptions = {}): Load {
  const { width = 46, recordsPerFrame } = options
  const widened = capturedTrades.map(records => records.map(values => (width === 47 ? [...values, '2'] : values)))
  const single = widened.flat()
  const random = createRandom(2)
  const take = (count: number) => Array.from({ length: count }, () => single[random.below(single.length)] ?? [])
  const recordsAt = (index: number) =>
    recordsPerFrame === undefined ? (widened[index % widened.length] ?? []) : take(recordsPerFrame)
  return load(tradeTransaction, recordsAt, options)
}

/** Ten levels on either side, one book a frame. */
export function books(options: LoadOptions = {}): Load {
  return load(bookTransaction, index => [capturedBooks[index % capturedBooks.length] ?? []], options)
}

function load(transaction: string, recordsAt: (index: number) => string[][], options: LoadOptions): Load {
  const { bytes = socketBytes, frames = Number.POSITIVE_INFINITY, symbols = usualSymbols } = options
  const most = options.frames === undefined ? bytes : Number.POSITIVE_INFINITY
  const order = shuffled(symbols)
  const texts: string[] = []
  const totals: Total[][] = []
  let length = 0
  while (texts.length < frames) {
    const symbol = order[texts.length % symbols] ?? 0
    const records = recordsAt(texts.length).map(([, ...values]) => [symbolAt(symbol), ...values])
    const text = frame(transaction, ...records)
    if (length + text.length > most) break
    texts.push(text)
    totals.push(transaction === tradeTransaction ? totalsOf(text, records, symbol) : [])
    length += text.length
  }
  const count = texts.reduce((sum, text) => sum + Number(text.split('|')[2]), 0)
  return { frames: laidOut(texts), records: count, totals }
}

function shuffled(length: number): number[] {
  const random = createRandom(1)
  const order = Array.from({ length }, (_, index) => ({ index, place: random.next() }))
  return order.toSorted((a, b) => a.place - b.place).map(({ index }) => index)
}

function totalsOf(text: string, records: readonly (readonly string[])[], symbol: number): Total[] {
  let start = text.lastIndexOf('|') + 1
  return records.map(values => {
    const at = start + values.slice(0, totalColumn).join('^').length + 1
    if (values[totalColumn]?.length !== totalDigits) throw new Error(`a total of other than ${totalDigits} digits`)
    start += values.join('^').length + 1
    return { at, symbol, volume: Number(values[volumeColumn]) }
  })
}

export type Day = {
  /**
   * Writes totals that go on from those written before into `memory`, where the frame that tells them starts
   * at `start`.
   */
  goOn(memory: Uint8Array, start: number, totals: readonly Total[]): void
}

/**
 * The same frames over and over have the same totals, and a trade whose total came before is a repeat, which
 * a feed drops. So each time before they are sent their totals are made to go on, in place.
 */
export function beginDay(): Day {
  const volumes = new Int32Array(mostSymbols).fill(firstTotal)
  return {
    goOn(memory, start, totals) {
      for (const { at, symbol, volume } of totals) {
        let left = (volumes[symbol] as number) + volume
        volumes[symbol] = left
        for (let i = start + at + totalDigits - 1; i >= start + at; i--) {
          const rest = (left / 10) | 0
          memory[i] = zero + left - rest * 10
          left = rest
        }
      }
    },
  }
}

/** Views of one piece of memory. Every column of these transactions is ASCII, so a character is a byte. */
function laidOut(texts: readonly string[]): Buffer[] {
  const memory = Buffer.from(texts.join(''))
  let start = 0
  return texts.map(({ length }) => memory.subarray(start, (start += length)))
}

export type Piece = { readonly bytes: Buffer; readonly frames: number; readonly totals: readonly Total[] }

/** Some frames of a load as a server puts them on the wire: unmasked text frames, one behind the other. */
export function asWire({ frames, totals }: Load, from: number, to: number): Piece {
  const parts: Uint8Array[] = []
  const shifted: Total[] = []
  let length = 0
  for (let i = from; i < to; i++) {
    const payload = frames[i] as Buffer
    const head = wireHead(payload.length)
    length += head.length
    for (const total of totals[i] as Total[]) shifted.push({ ...total, at: total.at + length })
    length += payload.length
    parts.push(head, payload)
  }
  return { bytes: Buffer.concat(parts), frames: to - from, totals: shifted }
}

function wireHead(length: number): Buffer {
  const finalText = 0x81
  if (length < 126) return Buffer.from([finalText, length])
  if (length > 0xffff) throw new RangeError(`a frame of ${length} bytes; no KIS frame needs the long form`)
  return Buffer.from([finalText, 126, length >> 8, length & 0xff])
}
