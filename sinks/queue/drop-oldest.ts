// The queue of events for a busy consumer, and the simplest policy: the oldest are dropped when too many
// wait. Every policy keeps the promises of this interface, and none makes the caller of `add` wait.
import type { Dropped, MarketEvent } from '../../market/events.ts'

export interface EventQueue {
  add(event: MarketEvent): void
  /**
   * The next event, or the receipt for what was dropped before it. Undefined when there is nothing to give at
   * the moment.
   */
  take(): MarketEvent | Dropped | undefined
  /**
   * Nothing waits. A queue may have nothing to give and still not be empty: it then calls `onReady` later.
   */
  readonly isEmpty: boolean
  /** Drops that no taken receipt has reported yet. An event that a newer one replaced is not a drop. */
  readonly unreported: number
  /** Nothing more is added: every receipt that was put off is due. */
  end(): void
  /** Empties the queue, and returns the receipts that were not taken. */
  clear(): readonly Dropped[]
}

/**
 * Events between two receipts. A receipt takes the consumer's time too, and meanwhile more is dropped:
 * without this, a consumer that is too slow would get nothing but receipts.
 */
export const eventsPerReceipt = 9

/**
 * A ring buffer that overwrites its oldest event and counts that. The events next after a receipt are
 * promised: new events only replace those behind them.
 */
export function dropOldestQueue(limit: number): EventQueue {
  let slots: (MarketEvent | undefined)[] = []
  let first = 0
  let size = 0
  /** Older than everything in the ring, and older than what was dropped. */
  let promised: MarketEvent[] = []
  let dropped: Dropped | undefined
  /** The consumer has a receipt in hand and no event, so one more may wait. */
  let hasReceipt = false

  function shift(): MarketEvent {
    const event = slots[first] as MarketEvent // only called when something waits
    slots[first] = undefined
    first = first + 1 === limit ? 0 : first + 1
    size--
    return event
  }

  return {
    add(event) {
      if (promised.length + size === limit + (hasReceipt ? 1 : 0)) dropped = adding(dropped, shift().receivedTime)
      slots[(first + size) % limit] = event
      size++
    },
    /** What was dropped is older than everything in the ring, so it comes first. */
    take() {
      hasReceipt = false
      if (promised.length > 0) return promised.shift()
      if (dropped === undefined) return size === 0 ? undefined : shift()
      const receipt = dropped
      dropped = undefined
      hasReceipt = true
      while (size > 0 && promised.length < eventsPerReceipt) promised.push(shift())
      return receipt
    },
    get isEmpty() {
      return size === 0 && promised.length === 0 && dropped === undefined
    },
    get unreported() {
      return dropped?.count ?? 0
    },
    end() {}, // a receipt never waits for longer than what is promised
    clear() {
      const receipt = dropped
      slots = []
      first = 0
      size = 0
      promised = []
      dropped = undefined
      return receipt === undefined ? [] : [receipt]
    },
  }
}

/** A receipt for one more event, which was received at this time. */
export function adding(dropped: Dropped | undefined, receivedTime: number): Dropped {
  if (dropped === undefined) return { type: 'dropped', count: 1, from: receivedTime, to: receivedTime }
  return { ...dropped, count: dropped.count + 1, to: receivedTime }
}
