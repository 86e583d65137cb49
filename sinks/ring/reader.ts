// Reads what event-ring.ts wrote into a ring, as new objects, from any thread.
import type { Dropped, Level, MarketEvent, OrderBook, Trade } from '../../market/events.ts'
import type { Instrument } from '../../market/instrument.ts'
import { isClosed, isEmpty, readingEnd, release, sleep, takeBytes, wordsFor } from '../../system/ring.ts'
import {
  bookRow,
  bookWords,
  droppedRow,
  droppedWords,
  lastDroppedAt,
  haltedBit,
  levelWords,
  sides,
  textRow,
  tradeRow,
  tradeWords,
} from './layout.ts'

export type RingReader = {
  /** The next event, equal to what was written, or undefined when there is none at the moment. */
  read(): MarketEvent | Dropped | undefined
  /**
   * What was read so far is dealt with: the writer gets its room, and a reader that takes over does not read
   * it again.
   */
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
  const end = readingEnd(ring)
  const { header, numbers, codes, mask } = end
  const names: Instrument[] = [...known]
  let hasEnded = false

  function read(): MarketEvent | Dropped | undefined {
    while (!isEmpty(end)) {
      const at = end.head
      const code = (at & mask) * 2
      const first = codes[code] as number
      const second = codes[code + 1] as number
      switch (first & 0xff) {
        case tradeRow:
          return passing(tradeWords, tradeOf(first, tradeAt(at, (first >> 8) & 0xff, second)))
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

  /** Goes on behind a row whose `content` was copied out of it. */
  function passing<T>(rowWords: number, content: T): T {
    end.head = (end.head + rowWords) | 0
    return content
  }

  /** The ring is empty. Is it closed? Then look again: the last row may have been written in between. */
  function lastWords(): MarketEvent | Dropped | undefined {
    if (!isClosed(end)) return undefined
    if (!isEmpty(end)) return read()
    hasEnded = true
    const count = header[lastDroppedAt] as number
    if (count === 0) return undefined
    return dropped(count, header[lastDroppedAt + 1] as number, header[lastDroppedAt + 2] as number)
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
      previousClose: numberOrNull(at + 8),
      bidPrice: numberOrNull(at + 9),
      askPrice: numberOrNull(at + 10),
      bidVolume: numberOrNull(at + 11),
      askVolume: numberOrNull(at + 12),
      businessDate: numberOrNull(at + 13),
      eventTime: numberOrNull(at + 14),
      receivedTime: number(at + 15),
    }
  }

  function tradeOf(first: number, trade: Trade): Trade {
    return (first & haltedBit) === 0 ? trade : { ...trade, isHalted: true }
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
    takeBytes(end, at, copy, length)
    return copy.toString()
  }

  return {
    read,
    settle: () => release(end),
    sleep: timeoutMs => sleep(end, timeoutMs),
    get isClosed() {
      return isClosed(end)
    },
    get hasEnded() {
      return hasEnded
    },
  }
}

function dropped(count: number, from: number, to: number): Dropped {
  return { type: 'dropped', count, from, to }
}
