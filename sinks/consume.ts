// A handler that takes its time, as a sink: one event at a time, in order. What it is too slow for is dropped, oldest first, and
// it is told so.
import { inspect } from 'node:util'
import { Subscription } from 'rxjs'
import type { Dropped, MarketEvent } from '../market/events.ts'
import type { Sink } from './sink.ts'

export type Handler = (event: MarketEvent | Dropped) => void | Promise<void>

export type ConsumeOptions = {
  /** Events that may wait while the handler is busy. 10,000, some seconds of a busy market, unless told. */
  readonly limit?: number
  /** Told what the handler is told, when it is told. */
  readonly onDropped?: (dropped: Dropped) => void
  /** A handler threw or rejected. Without this it becomes a warning of the process. */
  readonly onError?: (error: unknown) => void
}

/**
 * The handler gets the next event when its promise for the last one is settled, and whatever waits when the events complete; the
 * subscription closes after that. Unsubscribing forgets what waits.
 */
export function consume(handler: Handler, options: ConsumeOptions = {}): Sink {
  const { limit = 10_000, onDropped, onError = warn } = options
  if (!Number.isSafeInteger(limit) || limit < 1) throw new RangeError(`limit ${limit}: expected a whole number from 1`)

  return events => {
    const waiting = createWaitingLine(limit)
    const subscription = new Subscription(leave)
    let isBusy = false
    let isComplete = false

    /** Also reached while a handler runs that has no promise to wait for: it may cause the next event itself. */
    function receive(event: MarketEvent): void {
      if (subscription.closed) return
      if (isBusy) waiting.add(event)
      else work(event)
    }

    function work(first: MarketEvent | Dropped): void {
      isBusy = true
      for (let next: MarketEvent | Dropped | undefined = first; next !== undefined; next = waiting.take()) {
        const pending = handle(next)
        if (pending === undefined) continue
        pending.then(proceed, failed)
        return
      }
      isBusy = false
      if (isComplete) subscription.unsubscribe()
    }

    function proceed(): void {
      const next = waiting.take()
      if (next !== undefined) return work(next)
      isBusy = false
      if (isComplete) subscription.unsubscribe()
    }

    function failed(error: unknown): void {
      tell(onError, error)
      proceed()
    }

    function handle(event: MarketEvent | Dropped): PromiseLike<void> | undefined {
      if (event.type === 'dropped' && onDropped !== undefined) tell(onDropped, event)
      try {
        const outcome = handler(event)
        return isPromise(outcome) ? outcome : undefined
      } catch (error) {
        tell(onError, error)
        return undefined
      }
    }

    function complete(): void {
      isComplete = true
      if (!isBusy) subscription.unsubscribe()
    }

    function leave(): void {
      const dropped = waiting.clear()
      if (dropped !== undefined && onDropped !== undefined) tell(onDropped, dropped)
    }

    subscription.add(
      events.subscribe({
        next: receive,
        error: error => {
          tell(onError, error)
          complete()
        },
        complete,
      }),
    )
    return subscription
  }
}

/** A ring buffer that overwrites its oldest event, and remembers that it did. */
function createWaitingLine(limit: number) {
  let slots: (MarketEvent | undefined)[] = []
  let first = 0
  let size = 0
  let dropped: Dropped | undefined

  function shift(): MarketEvent {
    const event = slots[first] as MarketEvent // only called when something waits
    slots[first] = undefined
    first = first + 1 === limit ? 0 : first + 1
    size--
    return event
  }

  return {
    add(event: MarketEvent): void {
      if (size === limit) dropped = adding(dropped, shift())
      slots[(first + size) % limit] = event
      size++
    },
    /** What was dropped is older than everything that waits, so it comes first. */
    take(): MarketEvent | Dropped | undefined {
      if (dropped !== undefined) {
        const gone = dropped
        dropped = undefined
        return gone
      }
      return size === 0 ? undefined : shift()
    },
    /** Forgets everything but what was dropped and not told. */
    clear(): Dropped | undefined {
      const untold = dropped
      slots = []
      first = 0
      size = 0
      dropped = undefined
      return untold
    },
  }
}

function adding(dropped: Dropped | undefined, { receivedTime }: MarketEvent): Dropped {
  return { type: 'dropped', count: (dropped?.count ?? 0) + 1, from: dropped?.from ?? receivedTime, to: receivedTime }
}

function isPromise(outcome: unknown): outcome is PromiseLike<void> {
  return typeof outcome === 'object' && outcome !== null && 'then' in outcome && typeof outcome.then === 'function'
}

/** Callbacks run between a handler and its next event: one that throws must not stop the line. */
function tell<T>(callback: (value: T) => void, value: T): void {
  try {
    callback(value)
  } catch (error) {
    warn(error)
  }
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : inspect(error))
}
