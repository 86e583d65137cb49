// A slow handler as a sink: one event at a time, in order. The policy decides what becomes of events that
// come too fast, and the handler gets a receipt for what it missed.
import { inspect } from 'node:util'
import { Subscription } from 'rxjs'
import { type OptionNames, refuseUnknown } from '../market/basics/did-you-mean.ts'
import type { Dropped, MarketEvent } from '../market/events.ts'
import { type Backpressure, checkBackpressure, createQueue } from './queue/backpressure.ts'
import type { Sink } from './sink.ts'

export type Handler = (event: MarketEvent | Dropped) => void | Promise<void>

export type ConsumeOptions = Backpressure & {
  /** Called with each receipt, right before the handler gets it. */
  readonly onDropped?: (dropped: Dropped) => void
  /**
   * Counts every dropped event once, also for a handler that never gets its receipt: called each time the
   * number has doubled while the handler is busy, and for the rest with the receipt or at the end of the
   * events.
   */
  readonly onLost?: (count: number) => void
  /**
   * A handler threw or rejected, or a spill file failed. Without this it becomes a warning of the process.
   */
  readonly onError?: (error: unknown) => void
}

const optionNames = Object.keys({
  policy: true,
  limit: true,
  mostBytes: true,
  folder: true,
  onDropped: true,
  onLost: true,
  onError: true,
} satisfies OptionNames<ConsumeOptions>)

/**
 * The handler gets the next event when its promise for the last one is settled. When the events complete, it
 * gets what waits, and then the subscription closes. Unsubscribing forgets what waits.
 */
export function consume(handler: Handler, options: ConsumeOptions = {}): Sink {
  const { onDropped, onLost, onError = warn } = options
  refuseUnknown(options, optionNames)
  checkBackpressure(options)

  return events => {
    const waiting = createQueue(options, proceedIfIdle, error => call(onError, error))
    const subscription = new Subscription(leave)
    let isBusy = false
    let isComplete = false
    /** Passed to `onLost`, of the drops that no receipt has reported yet. */
    let noted = 0

    /** May be called while a handler runs: it may cause the next event itself. */
    function receive(event: MarketEvent): void {
      if (subscription.closed) return
      if (!isBusy && waiting.isEmpty) return work(event)
      waiting.add(event)
      if (waiting.unreported >= 2 * noted) noteLost(waiting.unreported)
    }

    function noteLost(unreported: number): void {
      const news = unreported - noted
      if (news <= 0) return
      noted = unreported
      if (onLost !== undefined) call(onLost, news)
    }

    function noteReceipt({ conflated, count }: Dropped): void {
      if (conflated !== undefined) return
      noteLost(count)
      noted -= count
    }

    function work(first: MarketEvent | Dropped): void {
      isBusy = true
      for (let next: MarketEvent | Dropped | undefined = first; next !== undefined; next = waiting.take()) {
        const pending = handle(next)
        if (pending === undefined) continue
        pending.then(proceed, failed)
        return
      }
      rest()
    }

    function proceed(): void {
      const next = waiting.take()
      if (next === undefined) rest()
      else work(next)
    }

    function rest(): void {
      isBusy = false
      if (isComplete && waiting.isEmpty) subscription.unsubscribe()
    }

    function proceedIfIdle(): void {
      if (!isBusy) proceed()
    }

    function failed(error: unknown): void {
      call(onError, error)
      proceed()
    }

    function handle(event: MarketEvent | Dropped): PromiseLike<void> | undefined {
      if (event.type === 'dropped') {
        noteReceipt(event)
        if (onDropped !== undefined) call(onDropped, event)
      }
      try {
        const outcome = handler(event)
        return isPromise(outcome) ? outcome : undefined
      } catch (error) {
        call(onError, error)
        return undefined
      }
    }

    function complete(): void {
      isComplete = true
      waiting.end()
      noteLost(waiting.unreported)
      proceedIfIdle()
    }

    function leave(): void {
      noteLost(waiting.unreported)
      const unreported = waiting.clear()
      if (onDropped !== undefined) for (const dropped of unreported) call(onDropped, dropped)
    }

    subscription.add(
      events.subscribe({
        next: receive,
        error: error => {
          call(onError, error)
          complete()
        },
        complete,
      }),
    )
    return subscription
  }
}

function isPromise(outcome: unknown): outcome is PromiseLike<void> {
  return typeof outcome === 'object' && outcome !== null && 'then' in outcome && typeof outcome.then === 'function'
}

/** Callbacks run between a handler and its next event: one that throws must not stop the queue. */
function call<T>(callback: (value: T) => void, value: T): void {
  try {
    callback(value)
  } catch (error) {
    warn(error)
  }
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : inspect(error))
}
