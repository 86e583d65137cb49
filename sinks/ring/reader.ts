// The other end of the ring: hands out what event-ring.ts put in, as new objects, from any thread.
import type { Dropped, Level, MarketEvent, OrderBook, Trade } from '../../market/events.ts'
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
  textRow,
  droppedRow,
  tradeWords,
  bookWords,
  levelWords,
  droppedWords,
  sides,
  viewsOf,
  wordsFor,
} from './layout.ts'

export type RingReader = {
  /** The next event, equal to what was written, or undefined when there is none at the moment. */
  read(): MarketEvent | Dropped | undefined
  /** What was read so far is dealt with: only now the writer has its room, and a reader that takes over does not read it again. */
  settle(): void
  /** Waits until there is something to read, but not longer than this. */
  sleep(timeoutMs: number): void
  /** The writer closed the ring; there may still be something in it. */
  readonly isClosed: boolean
  /** The writer closed the ring, and everything in it was read. */
  readonly hasEnded: boolean
}

/** `known`: the names that the writer has given so far, for a reader that takes over from another one. */
export function ringReader(ring: SharedArrayBuffer, known: readonly Instrument[] = []): RingReader {
  const { control, figures, numbers, codes, bytes, mask } = viewsOf(ring)
  const names: Instrument[] = [...known]
  let head = Atomics.load(control, headAt)
  let tail = head // how far was written when last asked
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

  /** Goes on behind a row, now that `content` was copied out of it. */
  function passing<T>(rowWords: number, content: T): T {
    head = (head + rowWords) | 0
    return content
  }

  function settle(): void {
    Atomics.store(control, headAt, head)
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
    settle,
    sleep,
    get isClosed() {
      return Atomics.load(control, closedAt) === 1
    },
    get hasEnded() {
      return hasEnded
    },
  }
}

function dropped(count: number, from: number, to: number): Dropped {
  return { type: 'dropped', count, from, to }
}
