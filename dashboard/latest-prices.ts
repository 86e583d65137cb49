// The latest trade and book of every instrument: one look-up and a few assignments for each event, whether a
// page is open or not. Messages to pages are made from here, a few times a second.
import { BoundedMap } from '../market/basics/bounded-map.ts'
import type { MarketEvent, OrderBook, Trade } from '../market/events.ts'
import type { Instrument } from '../market/instrument.ts'

export type LatestPrice = {
  readonly instrument: Instrument
  readonly trade: Trade | undefined
  readonly book: OrderBook | undefined
  /** What KIS compares the price with; the last of the date; null while that is not known. */
  readonly previousClose: number | null
  /** Of the last change. Versions grow with every change of any instrument. */
  readonly version: number
  /** Trades since the start. */
  readonly trades: number
}

export type LatestPrices = {
  /** Every event, as it passes. */
  note(event: MarketEvent): void
  /** The largest version so far. */
  version(): number
  /** Everything that changed after `version`. */
  since(version: number): readonly LatestPrice[]
  of(instrument: string): LatestPrice | undefined
  /** The trades after the `count`th, oldest first, and how many of them are gone already. */
  tape(instrument: string, count: number): { readonly trades: readonly Trade[]; readonly missed: number }
}

/** Trades kept for each instrument: what a page shows, and the most that it can be behind. */
export const tapeLength = 64

/** Two app keys carry 82. Malformed input can name any number of instruments: the oldest are forgotten. */
export const mostInstruments = 1_000

type Entry = {
  readonly instrument: Instrument
  trade: Trade | undefined
  book: OrderBook | undefined
  version: number
  trades: number
  readonly tape: Trade[]
  previousClose: number | null
}

export function createLatestPrices(): LatestPrices {
  const entries = new BoundedMap<string, Entry>(mostInstruments)
  let version = 0

  function entryOf(instrument: Instrument): Entry {
    let entry = entries.get(instrument)
    if (entry === undefined) {
      entry = {
        instrument,
        trade: undefined,
        book: undefined,
        version: 0,
        trades: 0,
        tape: [],
        previousClose: null,
      }
      entries.set(instrument, entry)
    }
    return entry
  }

  return {
    note(event) {
      if (event.type === 'trade') {
        const entry = entryOf(event.instrument)
        const isNewDate = event.businessDate !== entry.trade?.businessDate
        if (event.previousClose !== null || isNewDate) entry.previousClose = event.previousClose
        entry.trade = event
        entry.tape[entry.trades++ % tapeLength] = event
        entry.version = ++version
      } else if (event.type === 'order-book') {
        const entry = entryOf(event.instrument)
        entry.book = event
        entry.version = ++version
      }
    },
    version: () => version,
    since: known => [...entries].filter(entry => entry.version > known),
    of: instrument => entries.get(instrument),
    tape(instrument, count) {
      const entry = entries.get(instrument)
      if (entry === undefined) return { trades: [], missed: 0 }
      const from = Math.max(count, entry.trades - tapeLength)
      const trades: Trade[] = []
      for (let i = from; i < entry.trades; i++) trades.push(entry.tape[i % tapeLength] as Trade)
      return { trades, missed: from - count }
    },
  }
}
