// A line in which a newer trade or book of an instrument takes the place of the one that waits, for a consumer who wants the present
// and not the past. What it took the place of is counted, by instrument and type, and told right before the event that remains.
import type { Dropped, MarketEvent, OrderBook, Trade } from '../market/events.ts'
import type { Instrument } from '../market/instrument.ts'
import { adding, type WaitingLine } from './waiting-line.ts'

/** `before`: what this event took the place of. */
type Place = { event: MarketEvent; before: Dropped | undefined; next: Place | undefined }

/**
 * An event takes the *place* of the older one, because at the back of the line the busiest instrument would always be waiting. So an
 * instrument's own events stay in order, and those of different instruments may not. News (a disconnect, a gap, a subscription) is
 * never conflated, and nothing moves past it: data from before stays before. Beyond `limit` places the oldest go.
 */
export function conflatingLine(limit: number): WaitingLine {
  const trades = new Map<Instrument, Place>()
  const books = new Map<Instrument, Place>()
  let first: Place | undefined
  let last: Place | undefined
  let size = 0
  let dropped: Dropped | undefined
  /** Its receipt was taken, so it is next, and what comes now has a place of its own. */
  let due: MarketEvent | undefined

  function placesOf(event: Trade | OrderBook): Map<Instrument, Place> {
    return event.type === 'trade' ? trades : books
  }

  function append(event: MarketEvent): Place {
    const place: Place = { event, before: undefined, next: undefined }
    if (last === undefined) first = place
    else last.next = place
    last = place
    size++
    return place
  }

  function shift(): Place {
    const place = first as Place // only called when something waits
    const { event } = place
    if (isData(event) && placesOf(event).get(event.instrument) === place) placesOf(event).delete(event.instrument)
    first = place.next
    if (first === undefined) last = undefined
    size--
    return place
  }

  function dropOldest(): void {
    const { event, before } = shift()
    if (before !== undefined) {
      const { count, to } = before
      dropped = { type: 'dropped', from: before.from, ...dropped, count: (dropped?.count ?? 0) + count, to }
    }
    dropped = adding(dropped, event.receivedTime)
  }

  function addData(event: Trade | OrderBook): void {
    const { instrument, type } = event
    const places = placesOf(event)
    const place = places.get(instrument)
    if (place === undefined) {
      places.set(instrument, append(event))
    } else {
      place.before = { ...adding(place.before, place.event.receivedTime), conflated: { instrument, type } }
      place.event = event
    }
  }

  return {
    add(event) {
      if (isData(event)) {
        addData(event)
      } else {
        append(event)
        if (event.type !== 'record') {
          trades.clear()
          books.clear()
        }
      }
      if (size > limit) dropOldest()
    },
    take() {
      if (due !== undefined) {
        const event = due
        due = undefined
        return event
      }
      if (dropped !== undefined) {
        const gone = dropped
        dropped = undefined
        return gone
      }
      if (first === undefined) return undefined
      const { event, before } = shift()
      if (before === undefined) return event
      due = event
      return before
    },
    get isEmpty() {
      return size === 0 && due === undefined && dropped === undefined
    },
    get untold() {
      return dropped?.count ?? 0
    },
    clear() {
      const untold = dropped === undefined ? [] : [dropped]
      for (let place = first; place !== undefined; place = place.next) if (place.before) untold.push(place.before)
      trades.clear()
      books.clear()
      first = undefined
      last = undefined
      size = 0
      dropped = undefined
      due = undefined
      return untold
    },
  }
}

function isData(event: MarketEvent): event is Trade | OrderBook {
  return event.type === 'trade' || event.type === 'order-book'
}
