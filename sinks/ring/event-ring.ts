// Writes market events into a ring of shared memory. Trades and books are rows of numbers, because the
// writer's thread has no time to make text of them; the rare rest is JSON.
import type { Level, MarketEvent, OrderBook, Trade } from '../../market/events.ts'
import type { Instrument } from '../../market/instrument.ts'
import {
  closeRing,
  hasRoom,
  isReleased,
  publish,
  putBytes,
  type RingEnd,
  wake,
  wordsFor,
  writingEnd,
} from '../../system/ring.ts'
import {
  bookRow,
  bookWords,
  droppedRow,
  droppedWords,
  haltedBit,
  lastDroppedAt,
  levelWords,
  mostLevels,
  mostNames,
  nameRow,
  textRow,
  tradeRow,
  tradeWords,
} from './layout.ts'

export type RingWriter = {
  /**
   * Copies the event into the ring. False when there is no room: the event is dropped, and a row reports it
   * later. A ring that was full takes nothing until half of it is free, or a slow reader would get one event,
   * one receipt, one event. Never blocks.
   */
  write(event: MarketEvent): boolean
  /** Ends the ring. What is written after this is ignored. */
  close(): void
  /** Reports what was dropped, if there is room: for when no event follows for now. */
  reportDropped(): void
  /** Events dropped so far. */
  readonly dropped: number
  /** The reader dealt with everything, reports of drops included. */
  readonly isSettled: boolean
  /** By their numbers in the rows, for a reader that takes over from another one. */
  names(): Instrument[]
}

export function ringWriter(ring: SharedArrayBuffer): RingWriter {
  const end: RingEnd = writingEnd(ring)
  const { header, numbers, codes, words, mask } = end
  const ids = new Map<Instrument, number>()
  let nextId = 0
  let dropped = 0
  let unreported = 0 // dropped since the last row
  let unreportedFrom = 0
  let unreportedTo = 0

  function write(event: MarketEvent): boolean {
    if (event.type === 'trade' && event.columns === undefined) return writeTrade(event)
    if (event.type === 'order-book' && event.columns === undefined && isSmall(event)) return writeBook(event)
    return writeText(event)
  }

  function writeTrade(trade: Trade): boolean {
    const id = prepare(tradeWords, trade.instrument, trade.receivedTime)
    if (id < 0) return false
    const at = end.tail
    const side = trade.side === null ? 0 : trade.side === 'buy' ? 1 : 2
    putCodes(at, tradeRow | (side << 8) | (trade.isHalted === true ? haltedBit : 0), id)
    put(at + 1, trade.price)
    put(at + 2, trade.volume)
    put(at + 3, trade.cumulativeVolume)
    put(at + 4, trade.cumulativeValue)
    put(at + 5, trade.open)
    put(at + 6, trade.high)
    put(at + 7, trade.low)
    put(at + 8, trade.previousClose)
    put(at + 9, trade.bidPrice)
    put(at + 10, trade.askPrice)
    put(at + 11, trade.bidVolume)
    put(at + 12, trade.askVolume)
    put(at + 13, trade.businessDate)
    put(at + 14, trade.eventTime)
    put(at + 15, trade.receivedTime)
    show(at + tradeWords)
    return true
  }

  function writeBook(book: OrderBook): boolean {
    const { bids, asks } = book
    const rowWords = bookWords + (bids.length + asks.length) * levelWords
    const id = prepare(rowWords, book.instrument, book.receivedTime)
    if (id < 0) return false
    const at = end.tail
    putCodes(at, bookRow | (bids.length << 8) | (asks.length << 16), id)
    put(at + 1, book.totalBidVolume)
    put(at + 2, book.totalAskVolume)
    put(at + 3, book.eventTime)
    put(at + 4, book.receivedTime)
    putLevels(asks, putLevels(bids, at + bookWords))
    show(at + rowWords)
    return true
  }

  function writeText(event: MarketEvent): boolean {
    const text = Buffer.from(JSON.stringify(event))
    const rowWords = 1 + wordsFor(text.length)
    if (prepare(rowWords, undefined, event.receivedTime) < 0) return false
    putCodes(end.tail, textRow, text.length)
    putBytes(end, end.tail + 1, text)
    show(end.tail + rowWords)
    return true
  }

  /**
   * Makes sure of room for a row and for what must come before it. Returns the id of the instrument, or -1
   * without room.
   */
  function prepare(rowWords: number, instrument: Instrument | undefined, receivedTime: number): number {
    const id = instrument === undefined ? 0 : ids.get(instrument)
    if (id !== undefined && unreported === 0) return hasRoom(end, rowWords) ? id : drop(receivedTime)
    const name = id === undefined ? Buffer.from(String(instrument)) : undefined
    const nameWords = name === undefined ? 0 : 1 + wordsFor(name.length)
    const needed = rowWords + nameWords + (unreported === 0 ? 0 : droppedWords)
    if (!hasRoom(end, unreported === 0 ? needed : Math.max(needed, words / 2))) return drop(receivedTime)
    if (unreported > 0) putDropped()
    return id ?? announce(instrument as Instrument, name as Buffer) // both are there when there is no id
  }

  function drop(receivedTime: number): number {
    if (unreported === 0) unreportedFrom = receivedTime
    unreportedTo = receivedTime
    unreported++
    dropped++
    return -1
  }

  function putDropped(): void {
    putCodes(end.tail, droppedRow, 0)
    put(end.tail + 1, unreported)
    put(end.tail + 2, unreportedFrom)
    put(end.tail + 3, unreportedTo)
    end.tail = (end.tail + droppedWords) | 0
    unreported = 0
  }

  function announce(instrument: Instrument, name: Buffer): number {
    const id = nextId
    nextId = (id + 1) % mostNames
    if (id === 0) ids.clear()
    ids.set(instrument, id)
    putCodes(end.tail, nameRow | (id << 8), name.length)
    putBytes(end, end.tail + 1, name)
    end.tail = (end.tail + 1 + wordsFor(name.length)) | 0
    return id
  }

  function putCodes(at: number, first: number, second: number): void {
    const code = (at & mask) * 2
    codes[code] = first
    codes[code + 1] = second
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

  function show(position: number): void {
    end.tail = position | 0
    publish(end)
    wake(end)
  }

  let isClosed = false
  return {
    write: event => !isClosed && write(event),
    close() {
      if (isClosed) return
      isClosed = true
      header[lastDroppedAt] = unreported
      header[lastDroppedAt + 1] = unreportedFrom
      header[lastDroppedAt + 2] = unreportedTo
      closeRing(end)
    },
    reportDropped() {
      if (isClosed || unreported === 0 || !hasRoom(end, droppedWords)) return
      putDropped()
      show(end.tail)
    },
    get dropped() {
      return dropped
    },
    get isSettled() {
      return unreported === 0 && isReleased(end)
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
