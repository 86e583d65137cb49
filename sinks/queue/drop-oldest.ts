// What waits for a consumer that is busy. Each policy is a line of its own; all of them keep every promise of this interface, and none
// ever makes the one who adds wait. This file has the plainest: the oldest go when too many wait.
import type { Dropped, MarketEvent } from '../../market/events.ts'

export interface EventQueue {
  add(event: MarketEvent): void
  /** The next event, or the receipt for what was dropped before it. Undefined when there is nothing to give at the moment. */
  take(): MarketEvent | Dropped | undefined
  /** Nothing waits. A line may have nothing to give and still not be empty: it then says when it has. */
  readonly isEmpty: boolean
  /** How many were dropped and are in no receipt that was taken. What a newer event took the place of was not dropped. */
  readonly unreported: number
  /** Nothing more is added: every receipt that was put off is due. */
  end(): void
  /** Forgets everything but what was dropped and not told, which it returns. */
  clear(): readonly Dropped[]
}

/**
 * Calls of a consumer that are no receipts, between two that are. A receipt takes the consumer's time too, and meanwhile more is
 * dropped: without this, one that is too slow gets nothing but receipts.
 */
export const eventsPerReceipt = 9

/**
 * A ring buffer that overwrites its oldest event, and remembers that it did. Behind a receipt, the next events are promised: what comes
 * meanwhile takes the place of those behind them.
 */
export function dropOldestQueue(limit: number): EventQueue {
  let slots: (MarketEvent | undefined)[] = []
  let first = 0
  let size = 0
  /** Older than everything in the ring, and than what was dropped. */
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
      const unreported = dropped
      slots = []
      first = 0
      size = 0
      promised = []
      dropped = undefined
      return unreported === undefined ? [] : [unreported]
    },
  }
}

/** A receipt for one more event, which was received at this time. */
export function adding(dropped: Dropped | undefined, receivedTime: number): Dropped {
  if (dropped === undefined) return { type: 'dropped', count: 1, from: receivedTime, to: receivedTime }
  return { ...dropped, count: dropped.count + 1, to: receivedTime }
}
