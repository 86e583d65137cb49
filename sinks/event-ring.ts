// Market events from one thread to another through shared memory, one writer and one reader. Trades and books travel as rows of
// numbers, because making text of them is what the writer's thread has no time for; the rare rest travels as JSON.
import type { Dropped, Level, MarketEvent, OrderBook, Trade } from '../market/events.ts'
import type { Instrument } from '../market/instrument.ts'

export type RingWriter = {
  /**
   * Copies the event into the ring. False when there is no room: it is dropped, and the reader will be told. A ring that was full
   * takes nothing until half of it is free, or a slow reader would be given one event, one gap, one event. Never blocks.
   */
  write(event: MarketEvent): boolean
  /** Says that nothing more will come. What is written after this goes nowhere. */
  close(): void
  /** Events dropped so far. */
  readonly dropped: number
}

export type RingReader = {
  /** The next event, equal to what was written, or undefined when there is none at the moment. */
  read(): MarketEvent | Dropped | undefined
  /** Waits until there is something to read, but not longer than this. */
  sleep(timeoutMs: number): void
  /** The writer closed the ring, and everything in it was read. */
  readonly hasEnded: boolean
}

// The ring is cut into words of 8 bytes. Positions count words and only ever grow (modulo 2³²); their low bits are the place.
const wordBytes = 8

// Places of the shared figures, a cache line apart where different threads write them.
const tailAt = 0 // written up to here; the writer's
const signalAt = 1 // counts the times the writer woke the reader
const closedAt = 2
const headAt = 16 // read up to here; the reader's
const sleepingAt = 32 // 1 when the reader sleeps; set by the reader, unset by either
const lastDroppedAt = 24 // words: count, from and to of what was dropped and not told before closing
const headerBytes = 256

const leastWords = 16
const mostWords = 2 ** 27

// The first word of a row is two codes. The low byte of the first says what kind of row it is.
const tradeRow = 1 // + side << 8, id of the instrument; then figures
const bookRow = 2 // + bids << 8 + asks << 16, id of the instrument; then figures, bids, asks
const nameRow = 3 // + id << 8, bytes; then the name of the instrument that has this id from now on
const textRow = 4 // bytes; then an event as JSON
const droppedRow = 5 // then count, from, to

const tradeWords = 15
const bookWords = 5
const levelWords = 2
const droppedWords = 4

/** Levels of a side are counted in a byte. KIS has ten; a book with more than this travels as JSON. */
const mostLevels = 255

/** Rubbish can name endlessly many instruments. Past this many, ids are given anew from 0. */
const mostNames = 65_536

const sides = [null, 'buy', 'sell'] as const

/** Memory for a ring of at least this many bytes: the next power of two. */
export function createRing(capacityBytes: number): SharedArrayBuffer {
  const words = 2 ** Math.ceil(Math.log2(Math.max(capacityBytes / wordBytes, leastWords)))
  if (!(words <= mostWords))
    throw new RangeError(`a ring of ${capacityBytes} bytes: expected at most ${mostWords * wordBytes}`)
  return new SharedArrayBuffer(headerBytes + words * wordBytes)
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
    get dropped() {
      return total
    },
  }
}

export function ringReader(ring: SharedArrayBuffer): RingReader {
  const { control, figures, numbers, codes, bytes, mask } = viewsOf(ring)
  const names: Instrument[] = []
  let head = 0
  let tail = 0 // how far was written when last asked
  let hasEnded = false

  function read(): MarketEvent | Dropped | undefined {
    while (!isEmpty()) {
      const at = head
      const place = (at & mask) * 2
      const first = codes[place] as number
      const second = codes[place + 1] as number
      switch (first & 0xff) {
        case tradeRow:
          return passing(tradeWords, tradeAt(at, first >> 8, second))
        case bookRow: {
          const book = bookAt(at, (first >> 8) & 0xff, first >> 16, second)
          return passing(bookWords + (book.bids.length + book.asks.length) * levelWords, book)
        }
        case droppedRow:
          return passing(droppedWords, dropped(number(at + 1), number(at + 2), number(at + 3)))
        case textRow:
          return passing(1 + wordsFor(second), JSON.parse(textAt(at + 1, second)) as MarketEvent) // what the writer wrote
        default:
          names[first >> 8] = textAt(at + 1, second) as Instrument
          passing(1 + wordsFor(second), undefined)
      }
    }
    return hasEnded ? undefined : lastWords()
  }

  function isEmpty(): boolean {
    if (head === tail) tail = Atomics.load(control, tailAt)
    return head === tail
  }

  /** Hands the place of a row back to the writer, now that `content` was copied out of it. */
  function passing<T>(rowWords: number, content: T): T {
    head = (head + rowWords) | 0
    Atomics.store(control, headAt, head)
    return content
  }

  /** The ring is empty. Is it closed? Then look again: the last row may have been written in between. */
  function lastWords(): MarketEvent | Dropped | undefined {
    if (Atomics.load(control, closedAt) === 0) return undefined
    if (!isEmpty()) return read()
    hasEnded = true
    const count = figures[lastDroppedAt] as number
    if (count === 0) return undefined
    return dropped(count, figures[lastDroppedAt + 1] as number, figures[lastDroppedAt + 2] as number)
  }

  function tradeAt(at: number, side: number, id: number): Trade {
    return {
      type: 'trade',
      instrument: names[id] as Instrument,
      price: numberOrNull(at + 1),
      volume: numberOrNull(at + 2),
      side: sides[side] ?? null,
      cumulativeVolume: numberOrNull(at + 3),
      cumulativeValue: numberOrNull(at + 4),
      open: numberOrNull(at + 5),
      high: numberOrNull(at + 6),
      low: numberOrNull(at + 7),
      bidPrice: numberOrNull(at + 8),
      askPrice: numberOrNull(at + 9),
      bidVolume: numberOrNull(at + 10),
      askVolume: numberOrNull(at + 11),
      businessDate: numberOrNull(at + 12),
      eventTime: numberOrNull(at + 13),
      receivedTime: number(at + 14),
    }
  }

  function bookAt(at: number, bids: number, asks: number, id: number): OrderBook {
    return {
      type: 'order-book',
      instrument: names[id] as Instrument,
      bids: levelsAt(at + bookWords, bids),
      asks: levelsAt(at + bookWords + bids * levelWords, asks),
      totalBidVolume: numberOrNull(at + 1),
      totalAskVolume: numberOrNull(at + 2),
      eventTime: numberOrNull(at + 3),
      receivedTime: number(at + 4),
    }
  }

  function levelsAt(at: number, count: number): Level[] {
    const levels: Level[] = []
    for (let i = at; i < at + count * levelWords; i += levelWords) {
      levels.push({ price: numberOrNull(i), volume: numberOrNull(i + 1) })
    }
    return levels
  }

  function number(at: number): number {
    return numbers[at & mask] as number
  }

  function numberOrNull(at: number): number | null {
    const value = numbers[at & mask] as number
    return Number.isNaN(value) ? null : value
  }

  /** Text cannot be decoded from shared memory, so it is copied first. */
  function textAt(at: number, length: number): string {
    const copy = Buffer.allocUnsafe(length)
    const place = (at & mask) * wordBytes
    const untilEnd = Math.min(length, bytes.length - place)
    copy.set(bytes.subarray(place, place + untilEnd), 0)
    copy.set(bytes.subarray(0, length - untilEnd), untilEnd)
    return copy.toString()
  }

  function sleep(timeoutMs: number): void {
    const signal = Atomics.load(control, signalAt)
    Atomics.store(control, sleepingAt, 1)
    // Looking after saying so: a writer either sees that we sleep, or we see what it wrote.
    if (isEmpty() && Atomics.load(control, closedAt) === 0) Atomics.wait(control, signalAt, signal, timeoutMs)
    Atomics.store(control, sleepingAt, 0)
  }

  return {
    read,
    sleep,
    get hasEnded() {
      return hasEnded
    },
  }
}

function viewsOf(ring: SharedArrayBuffer) {
  const words = (ring.byteLength - headerBytes) / wordBytes
  return {
    control: new Int32Array(ring, 0, headerBytes / 4),
    figures: new Float64Array(ring, 0, headerBytes / wordBytes),
    numbers: new Float64Array(ring, headerBytes),
    codes: new Int32Array(ring, headerBytes),
    bytes: new Uint8Array(ring, headerBytes),
    words,
    mask: words - 1,
  }
}

function isSmall({ bids, asks }: OrderBook): boolean {
  return bids.length <= mostLevels && asks.length <= mostLevels
}

function wordsFor(byteLength: number): number {
  return (byteLength + wordBytes - 1) >> 3
}

function dropped(count: number, from: number, to: number): Dropped {
  return { type: 'dropped', count, from, to }
}
