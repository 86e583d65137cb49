// A line in which a newer trade or book of an instrument takes the place of the one that waits, for a consumer who wants the present
// and not the past. What it took the place of is counted by instrument and type; the receipts for that come now and then, as each of
// them takes the consumer's time as well.
import type { Dropped, MarketEvent, OrderBook, Trade } from '../../market/events.ts'
import type { Instrument } from '../../market/instrument.ts'
import { adding, eventsPerReceipt, type EventQueue } from './drop-oldest.ts'

type Place = { event: MarketEvent; next: Place | undefined }

/**
 * An event takes the *place* of the older one, because at the back of the line the busiest instrument would always be waiting. So an
 * instrument's own events stay in order, and those of different instruments may not. News (a disconnect, a gap, a subscription) is
 * never conflated, and nothing moves past it: data from before stays before. Beyond `limit` places the oldest go.
 */
export function conflatingQueue(limit: number): EventQueue {
  const trades = new Map<Instrument, Place>()
  const books = new Map<Instrument, Place>()
  /** By type and instrument, what newer events took the place of since its last receipt. The one that waits longest comes first. */
  const replaced = new Map<string, Dropped>()
  let first: Place | undefined
  let last: Place | undefined
  let size = 0
  let dropped: Dropped | undefined
  let sinceReceipt = eventsPerReceipt
  let isEnding = false

  function placesOf(event: Trade | OrderBook): Map<Instrument, Place> {
    return event.type === 'trade' ? trades : books
  }

  function append(event: MarketEvent): Place {
    const place: Place = { event, next: undefined }
    if (last === undefined) first = place
    else last.next = place
    last = place
    size++
    return place
  }

  function shift(place: Place): MarketEvent {
    const { event } = place
    if (isData(event) && placesOf(event).get(event.instrument) === place) placesOf(event).delete(event.instrument)
    first = place.next
    if (first === undefined) last = undefined
    size--
    return event
  }

  function addData(event: Trade | OrderBook): void {
    const { instrument, type } = event
    const places = placesOf(event)
    const place = places.get(instrument)
    if (place === undefined) {
      places.set(instrument, append(event))
      return
    }
    const key = `${type} ${instrument}`
    const receipt = adding(replaced.get(key), place.event.receivedTime)
    replaced.set(key, receipt.conflated === undefined ? { ...receipt, conflated: { instrument, type } } : receipt)
    place.event = event
    if (replaced.size > limit) foldOldestReceipt()
  }

  function shiftReceipt(): Dropped | undefined {
    const [key, receipt] = replaced.entries().next().value ?? []
    if (key !== undefined) replaced.delete(key)
    return receipt
  }

  /** Malformed input can name any number of instruments: beyond the limit, which of them it was is no longer known. */
  function foldOldestReceipt(): void {
    const receipt = shiftReceipt()
    if (receipt === undefined) return
    dropped = {
      type: 'dropped',
      count: (dropped?.count ?? 0) + receipt.count,
      from: Math.min(dropped?.from ?? receipt.from, receipt.from),
      to: Math.max(dropped?.to ?? receipt.to, receipt.to),
    }
  }

  function hasReceiptDue(): boolean {
    if (dropped === undefined && replaced.size === 0) return false
    return sinceReceipt >= eventsPerReceipt || (isEnding && size === 0)
  }

  function takeReceipt(): Dropped | undefined {
    sinceReceipt = 0
    const receipt = dropped ?? shiftReceipt()
    dropped = undefined
    return receipt
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
      if (size > limit) dropped = adding(dropped, shift(first as Place).receivedTime)
    },
    take() {
      if (hasReceiptDue()) return takeReceipt()
      if (first === undefined) return undefined
      sinceReceipt++
      return shift(first)
    },
    get isEmpty() {
      return size === 0 && !hasReceiptDue()
    },
    get unreported() {
      return dropped?.count ?? 0
    },
    end() {
      isEnding = true
    },
    clear() {
      const unreported = dropped === undefined ? [...replaced.values()] : [dropped, ...replaced.values()]
      trades.clear()
      books.clear()
      replaced.clear()
      first = undefined
      last = undefined
      size = 0
      dropped = undefined
      return unreported
    },
  }
}

function isData(event: MarketEvent): event is Trade | OrderBook {
  return event.type === 'trade' || event.type === 'order-book'
}
