// Order books → best bid and ask, when one of them changed.
import { Observable, type OperatorFunction } from 'rxjs'
import type { MarketEvent, OrderBook, Quote } from '../market/events.ts'
import { BoundedMap } from '../market/basics/bounded-map.ts'
import { type Instrument, marketOf } from '../market/instrument.ts'

/**
 * Malformed input can name endlessly many instruments. One that was forgotten may give the same quote again.
 */
const mostInstruments = 4_096

/**
 * A `Quote` whenever price or volume of an instrument's best bid or ask changed, and the first one after its
 * line was down.
 */
export function toQuotes(): OperatorFunction<MarketEvent, Quote> {
  return events =>
    new Observable(subscriber => {
      const lastQuotes = new BoundedMap<Instrument, Quote>(mostInstruments)
      return events.subscribe({
        next: event => {
          if (event.type === 'order-book') {
            const quote = quoteOf(event)
            const last = lastQuotes.get(event.instrument)
            if (last !== undefined && isSame(quote, last)) return
            lastQuotes.set(event.instrument, quote)
            subscriber.next(quote)
          } else if (event.type === 'disconnect') {
            for (const { instrument } of lastQuotes) {
              if (marketOf(instrument) === event.market) lastQuotes.delete(instrument)
            }
          }
        },
        error: error => subscriber.error(error),
        complete: () => subscriber.complete(),
      })
    })
}

function quoteOf({ instrument, bids, asks, eventTime, receivedTime }: OrderBook): Quote {
  const bid = bids[0]
  const ask = asks[0]
  return {
    type: 'quote',
    instrument,
    bidPrice: bid?.price ?? null,
    bidVolume: bid?.volume ?? null,
    askPrice: ask?.price ?? null,
    askVolume: ask?.volume ?? null,
    eventTime,
    receivedTime,
  }
}

function isSame(a: Quote, b: Quote): boolean {
  return (
    a.bidPrice === b.bidPrice && a.askPrice === b.askPrice && a.bidVolume === b.bidVolume && a.askVolume === b.askVolume
  )
}
