// A `for await` loop as a sink. The loop may be slow: events that it has no time for are queued, conflated or
// dropped, as for a handler of `consume`.
import { filter, Subject, Subscription, tap } from 'rxjs'
import type { Dropped, MarketEvent } from '../market/events.ts'
import { consume } from './consume.ts'
import type { Backpressure } from './queue/backpressure.ts'
import type { Sink, SinkNews } from './sink.ts'

export type IterateOptions = Backpressure & {
  /** Events that pass; all by default. The others take no room in the queue. */
  readonly isWanted?: ((event: MarketEvent) => boolean) | undefined
  /** Ends the loop with its reason. */
  readonly signal?: AbortSignal | undefined
  /** The loop has ended, or was left. */
  readonly onEnd?: () => void
}

export type Iteration = {
  readonly sink: Sink
  /** Gets what waits when the events complete, and ends then. */
  readonly events: AsyncIterableIterator<MarketEvent | Dropped>
  /**
   * Resolves when the loop has read everything and asks for more, or has ended; undefined if it has already.
   */
  drained(): Promise<void> | undefined
}

type Step = IteratorResult<MarketEvent | Dropped>

const over: Step = { done: true, value: undefined }

export function iterate({ isWanted, signal, onEnd, ...backpressure }: IterateOptions = {}): Iteration {
  const news = new Subject<SinkNews>()
  const ended = new Subscription(onEnd)
  /** Calls of `next` that no event has answered yet. */
  let calls: { readonly resolve: (step: Step) => void; readonly reject: (reason: unknown) => void }[] = []
  let held: { readonly event: MarketEvent | Dropped; readonly release: () => void } | undefined
  /** Events that passed and were neither read nor dropped. */
  let unread = 0
  let whenDrained: (() => void)[] = []

  const sinkOfHandler = consume(
    event => {
      const call = calls.shift()
      if (call !== undefined) {
        read(event)
        return call.resolve({ done: false, value: event })
      }
      return new Promise<void>(release => {
        held = { event, release }
      })
    },
    { ...backpressure, onLost: count => news.next({ type: 'dropped', count }) },
  )

  function end(): void {
    held = undefined
    for (const { resolve, reject } of calls) {
      if (signal?.aborted === true) reject(signal.reason)
      else resolve(over)
    }
    calls = []
    letGo()
    ended.unsubscribe()
  }

  function read(event: MarketEvent | Dropped): void {
    unread -= event.type === 'dropped' ? event.count : 1
  }

  function letGo(): void {
    for (const resolve of whenDrained) resolve()
    whenDrained = []
  }

  function take(): Promise<Step> | undefined {
    if (held === undefined) return undefined
    const { event, release } = held
    held = undefined
    read(event)
    release()
    return Promise.resolve({ done: false, value: event })
  }

  const sink = (events: Parameters<Sink>[0]) => {
    // Closed when the events complete: a loop whose body awaits the end of the feed does not delay it.
    const subscription = new Subscription()
    const passing = isWanted === undefined ? events : events.pipe(filter(isWanted))
    const counted = tap<MarketEvent>({ next: () => void unread++, complete: () => subscription.unsubscribe() })
    const loop = sinkOfHandler(passing.pipe(counted))
    loop.add(end)
    ended.add(loop)
    ended.add(subscription)
    return subscription
  }

  const abort = () => end()
  if (signal !== undefined) {
    if (signal.aborted) ended.unsubscribe()
    else {
      signal.addEventListener('abort', abort, { once: true })
      ended.add(() => signal.removeEventListener('abort', abort))
    }
  }

  return {
    sink: Object.assign(sink, { watch: (watcher: (each: SinkNews) => void) => news.subscribe(watcher) }),
    events: {
      [Symbol.asyncIterator]() {
        return this
      },
      next() {
        if (signal?.aborted === true) return Promise.reject(signal.reason as Error)
        const step = take()
        if (step !== undefined) return step
        if (ended.closed) return Promise.resolve(over)
        return new Promise((resolve, reject) => {
          calls.push({ resolve, reject })
          if (unread === 0) letGo()
        })
      },
      return() {
        end()
        return Promise.resolve(over)
      },
    },
    drained() {
      const isWaiting = unread === 0 && calls.length > 0
      return isWaiting || ended.closed ? undefined : new Promise(resolve => whenDrained.push(resolve))
    },
  }
}
