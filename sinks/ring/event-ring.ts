// Market events from one thread to another through shared memory, one writer and one reader. Trades and books travel as rows of
// numbers, because making text of them is what the writer's thread has no time for; the rare rest travels as JSON.
import type { Level, MarketEvent, OrderBook, Trade } from '../../market/events.ts'
import type { Instrument } from '../../market/instrument.ts'
import {
  wordBytes,
  tailAt,
  signalAt,
  closedAt,
  headAt,
  sleepingAt,
  lastDroppedAt,
  tradeRow,
  bookRow,
  nameRow,
  textRow,
  droppedRow,
  tradeWords,
  bookWords,
  levelWords,
  droppedWords,
  mostLevels,
  mostNames,
  viewsOf,
  wordsFor,
} from './layout.ts'

export type RingWriter = {
  /**
   * Copies the event into the ring. False when there is no room: it is dropped, and the reader will be told. A ring that was full
   * takes nothing until half of it is free, or a slow reader would be given one event, one gap, one event. Never blocks.
   */
  write(event: MarketEvent): boolean
  /** Says that nothing more will come. What is written after this goes nowhere. */
  close(): void
  /** Says what was dropped, if there is room to: for when no event follows for now. */
  sayDropped(): void
  /** Events dropped so far. */
  readonly dropped: number
  /** The reader dealt with all there is to say. */
  readonly isSettled: boolean
  /** By their numbers in the rows, for a reader that takes over from another one. */
  names(): Instrument[]
}

export function ringWriter(ring: SharedArrayBuffer): RingWriter {
  const { control, figures, numbers, codes, bytes, words, mask } = viewsOf(ring)
  const ids = new Map<Instrument, number>()
  let nextId = 0
  let tail = 0
  let head = 0 // where the reader was when last asked
  let total = 0
  let untold = 0 // dropped since the last row
  let untoldFrom = 0
  let untoldTo = 0

  function write(event: MarketEvent): boolean {
    if (event.type === 'trade' && event.columns === undefined) return writeTrade(event)
    if (event.type === 'order-book' && event.columns === undefined && isSmall(event)) return writeBook(event)
    return writeText(event)
  }

  function writeTrade(trade: Trade): boolean {
    const id = prepare(tradeWords, trade.instrument, trade.receivedTime)
    if (id < 0) return false
    const at = tail
    putCodes(at, tradeRow | ((trade.side === null ? 0 : trade.side === 'buy' ? 1 : 2) << 8), id)
    put(at + 1, trade.price)
    put(at + 2, trade.volume)
    put(at + 3, trade.cumulativeVolume)
    put(at + 4, trade.cumulativeValue)
    put(at + 5, trade.open)
    put(at + 6, trade.high)
    put(at + 7, trade.low)
    put(at + 8, trade.bidPrice)
    put(at + 9, trade.askPrice)
    put(at + 10, trade.bidVolume)
    put(at + 11, trade.askVolume)
    put(at + 12, trade.businessDate)
    put(at + 13, trade.eventTime)
    put(at + 14, trade.receivedTime)
    publish(at + tradeWords)
    return true
  }

  function writeBook(book: OrderBook): boolean {
    const { bids, asks } = book
    const rowWords = bookWords + (bids.length + asks.length) * levelWords
    const id = prepare(rowWords, book.instrument, book.receivedTime)
    if (id < 0) return false
    const at = tail
    putCodes(at, bookRow | (bids.length << 8) | (asks.length << 16), id)
    put(at + 1, book.totalBidVolume)
    put(at + 2, book.totalAskVolume)
    put(at + 3, book.eventTime)
    put(at + 4, book.receivedTime)
    putLevels(asks, putLevels(bids, at + bookWords))
    publish(at + rowWords)
    return true
  }

  function writeText(event: MarketEvent): boolean {
    const text = Buffer.from(JSON.stringify(event))
    const rowWords = 1 + wordsFor(text.length)
    if (prepare(rowWords, undefined, event.receivedTime) < 0) return false
    putCodes(tail, textRow, text.length)
    putBytes(tail + 1, text)
    publish(tail + rowWords)
    return true
  }

  /** Makes sure of the room for a row and for what must come before it. The id of the instrument, or -1 when there is no room. */
  function prepare(rowWords: number, instrument: Instrument | undefined, receivedTime: number): number {
    const id = instrument === undefined ? 0 : ids.get(instrument)
    if (id !== undefined && untold === 0) return hasRoom(rowWords) ? id : drop(receivedTime)
    const name = id === undefined ? Buffer.from(String(instrument)) : undefined
    const nameWords = name === undefined ? 0 : 1 + wordsFor(name.length)
    const needed = rowWords + nameWords + (untold === 0 ? 0 : droppedWords)
    if (!hasRoom(untold === 0 ? needed : Math.max(needed, words / 2))) return drop(receivedTime)
    if (untold > 0) tellDropped()
    return id ?? announce(instrument as Instrument, name as Buffer) // both are there when there is no id
  }

  function hasRoom(needed: number): boolean {
    if (words - ((tail - head) | 0) >= needed) return true
    head = Atomics.load(control, headAt)
    return words - ((tail - head) | 0) >= needed
  }

  function drop(receivedTime: number): number {
    if (untold === 0) untoldFrom = receivedTime
    untoldTo = receivedTime
    untold++
    total++
    return -1
  }

  function tellDropped(): void {
    putCodes(tail, droppedRow, 0)
    put(tail + 1, untold)
    put(tail + 2, untoldFrom)
    put(tail + 3, untoldTo)
    tail = (tail + droppedWords) | 0
    untold = 0
  }

  function announce(instrument: Instrument, name: Buffer): number {
    const id = nextId
    nextId = (id + 1) % mostNames
    if (id === 0) ids.clear()
    ids.set(instrument, id)
    putCodes(tail, nameRow | (id << 8), name.length)
    putBytes(tail + 1, name)
    tail = (tail + 1 + wordsFor(name.length)) | 0
    return id
  }

  function putCodes(at: number, first: number, second: number): void {
    const place = (at & mask) * 2
    codes[place] = first
    codes[place + 1] = second
  }

  function put(at: number, value: number | null): void {
    numbers[at & mask] = value === null ? Number.NaN : value
  }

  function putLevels(levels: readonly Level[], at: number): number {
    for (let i = 0; i < levels.length; i++) {
      const level = levels[i] as Level
      put(at + 2 * i, level.price)
      put(at + 2 * i + 1, level.volume)
    }
    return at + 2 * levels.length
  }

  function putBytes(at: number, source: Uint8Array): void {
    const place = (at & mask) * wordBytes
    const untilEnd = bytes.length - place
    if (source.length <= untilEnd) return bytes.set(source, place)
    bytes.set(source.subarray(0, untilEnd), place)
    bytes.set(source.subarray(untilEnd), 0)
  }

  function publish(position: number): void {
    tail = position | 0
    Atomics.store(control, tailAt, tail)
    wake()
  }

  /** Waking costs microseconds, looking whether there is somebody to wake costs next to nothing. */
  function wake(): void {
    if (Atomics.load(control, sleepingAt) === 0 || Atomics.exchange(control, sleepingAt, 0) === 0) return
    Atomics.add(control, signalAt, 1)
    Atomics.notify(control, signalAt)
  }

  let isClosed = false
  return {
    write: event => !isClosed && write(event),
    close() {
      if (isClosed) return
      isClosed = true
      figures[lastDroppedAt] = untold
      figures[lastDroppedAt + 1] = untoldFrom
      figures[lastDroppedAt + 2] = untoldTo
      Atomics.store(control, closedAt, 1)
      wake()
    },
    sayDropped() {
      if (isClosed || untold === 0 || !hasRoom(droppedWords)) return
      tellDropped()
      publish(tail)
    },
    get dropped() {
      return total
    },
    get isSettled() {
      return untold === 0 && Atomics.load(control, headAt) === tail
    },
    names() {
      const names: Instrument[] = []
      for (const [name, id] of ids) names[id] = name
      return names
    },
  }
}

function isSmall({ bids, asks }: OrderBook): boolean {
  return bids.length <= mostLevels && asks.length <= mostLevels
}
