// A queue in which a newer trade or book of an instrument replaces the one that waits, for a consumer that
// wants the present and not the past. What was replaced is counted by instrument and type. Its receipts come
// now and then, because each takes the consumer's time.
import type { Dropped, MarketEvent, OrderBook, Trade } from '../../market/events.ts'
import type { Instrument } from '../../market/instrument.ts'
import { adding, eventsPerReceipt, type EventQueue } from './drop-oldest.ts'

type Waiting = { event: MarketEvent; next: Waiting | undefined }

/**
 * A newer event keeps the *position* of the older one: at the back of the queue, the busiest instrument would
 * wait for ever. So the events of one instrument stay in order, and those of different instruments may not.
 * News (a disconnect, a gap, a subscription) is never conflated, and no data moves past it. Beyond `limit`
 * events the oldest are dropped.
 */
export function conflatingQueue(limit: number): EventQueue {
  const trades = new Map<Instrument, Waiting>()
  const books = new Map<Instrument, Waiting>()
  /**
   * By type and instrument, what was replaced since its last receipt. The one that waits longest is taken
   * first; a BoundedMap keeps no order.
   */
  const replaced = new Map<string, Dropped>()
  let first: Waiting | undefined
  let last: Waiting | undefined
  let size = 0
  let dropped: Dropped | undefined
  let sinceReceipt = eventsPerReceipt
  let isEnding = false

  function waitingOf(event: Trade | OrderBook): Map<Instrument, Waiting> {
    return event.type === 'trade' ? trades : books
  }

  function append(event: MarketEvent): Waiting {
    const entry: Waiting = { event, next: undefined }
    if (last === undefined) first = entry
    else last.next = entry
    last = entry
    size++
    return entry
  }

  function shift(entry: Waiting): MarketEvent {
    const { event } = entry
    if (isData(event) && waitingOf(event).get(event.instrument) === entry) waitingOf(event).delete(event.instrument)
    first = entry.next
    if (first === undefined) last = undefined
    size--
    return event
  }

  function addData(event: Trade | OrderBook): void {
    const { instrument, type } = event
    const waiting = waitingOf(event)
    const entry = waiting.get(instrument)
    if (entry === undefined) {
      waiting.set(instrument, append(event))
      return
    }
    const key = `${type} ${instrument}`
    const receipt = adding(replaced.get(key), entry.event.receivedTime)
    replaced.set(key, receipt.conflated === undefined ? { ...receipt, conflated: { instrument, type } } : receipt)
    entry.event = event
    if (replaced.size > limit) foldOldestReceipt()
  }

  function shiftReceipt(): Dropped | undefined {
    const [key, receipt] = replaced.entries().next().value ?? []
    if (key !== undefined) replaced.delete(key)
    return receipt
  }

  /**
   * Malformed input can name any number of instruments: beyond the limit, which of them it was is no longer
   * known.
   */
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
      if (size > limit) dropped = adding(dropped, shift(first as Waiting).receivedTime)
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
      const receipts = dropped === undefined ? [...replaced.values()] : [dropped, ...replaced.values()]
      trades.clear()
      books.clear()
      replaced.clear()
      first = undefined
      last = undefined
      size = 0
      dropped = undefined
      return receipts
    },
  }
}

function isData(event: MarketEvent): event is Trade | OrderBook {
  return event.type === 'trade' || event.type === 'order-book'
}
