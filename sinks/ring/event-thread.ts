// A sink with a thread of its own, fed through a ring. Text, compression, disks and networks stay off the
// data path, where an event costs one copy. When the thread falls behind, events are dropped and counted, and
// a receipt is in their place. A thread that fails is started again, and begins with what the one before
// left.
import type { Worker } from 'node:worker_threads'
import { Subscription } from 'rxjs'
import type { OptionNames } from '../../market/basics/did-you-mean.ts'
import { type Clock, systemClock } from '../../market/clock.ts'
import type { MarketEvent } from '../../market/events.ts'
import type { Instrument } from '../../market/instrument.ts'
import { ringWriter } from './event-ring.ts'
import { ringReader } from './reader.ts'
import { createRing } from '../../system/ring.ts'
import { startThread } from '../../system/thread.ts'
import type { Sink, SinkNews } from '../sink.ts'

export type EventThreadOptions = {
  /** Bytes for events that wait for the thread. 8 MiB, some 69,000 trades, by default. */
  readonly capacityBytes?: number
  /**
   * This many more events were dropped. Called when dropping begins, and for the rest when it ends; the sum
   * is exact.
   */
  readonly onDropped?: (count: number) => void
  /**
   * The work fails, as `ENOSPC: no space left on device, write`, and is tried again. Called once, until
   * `onBack`.
   */
  readonly onAway?: (reason: string) => void
  /** The work is done again. Nothing was lost but what was dropped meanwhile. */
  readonly onBack?: () => void
  /** The work ended for good before all of it was done, as with `EPIPE: broken pipe, write`. */
  readonly onClosed?: (reason: string) => void
  /** Decides when a thread that failed is started again. The system's by default. */
  readonly clock?: Clock
}

export const eventThreadOptions = {
  capacityBytes: true,
  onDropped: true,
  onAway: true,
  onBack: true,
  onClosed: true,
  clock: true,
} as const satisfies OptionNames<EventThreadOptions>

export type EventThread = Sink & {
  readonly isSettled: NonNullable<Sink['isSettled']>
  readonly watch: NonNullable<Sink['watch']>
  /** Unsubscribes, and resolves when every event so far is dealt with, or can no longer be. */
  close(): Promise<void>
}

/** What every such thread is started with, besides its own task. */
export type RingTask = { readonly buffer: SharedArrayBuffer; readonly names: readonly Instrument[] }

/** Messages of such a thread. */
export type ThreadNews =
  | { readonly is: 'away'; readonly reason: string }
  /** It works. May also come when it was not away. */
  | { readonly is: 'back' }
  /** It ends for good. */
  | { readonly is: 'over'; readonly reason: string; readonly isReaderGone: boolean }

const defaultCapacityBytes = 8 * 1024 * 1024

/** A thread that failed is started again by the first event after so long. */
const retryMs = 1_000

/**
 * A sink that may be attached to several feeds at once. It also finishes its work when the process has
 * nothing else to do. `module`: of the thread, without its ending; beside who names it, so that it is found
 * beside a bundle as well.
 */
export function eventThread(
  module: URL,
  task: object,
  options: EventThreadOptions,
  onMessage: (message: unknown) => void = () => {},
): EventThread {
  const { capacityBytes = defaultCapacityBytes, onDropped, onAway, onBack, onClosed, clock = systemClock } = options
  const name = module.pathname.split('/').at(-1) ?? ''
  const buffer = createRing(capacityBytes)
  const ring = ringWriter(buffer)
  const attached = new Subscription()
  const watchers = new Set<(news: SinkNews) => void>()
  let worker: Worker | undefined
  let retryAt = 0
  let away: SinkNews | undefined
  let gone: SinkNews | undefined
  let reportedDropped = 0
  let isDropping = false
  let isClosing = false
  let end = () => {}
  const ended = new Promise<void>(resolve => {
    end = resolve
  })

  start()
  process.once('beforeExit', close)

  function start(): void {
    let over: Extract<ThreadNews, { is: 'over' }> | undefined
    let failure: string | undefined
    const facts: RingTask = { ...task, buffer, names: ring.names() }
    const started = startThread(module, name, facts)
    worker = started
    started.on('message', (message: unknown) => {
      if (!isThreadNews(message)) return onMessage(message)
      if (message.is === 'away') noteAway(message.reason)
      else if (message.is === 'back') noteBack()
      else over = message
    })
    started.on('error', error => {
      failure = error instanceof Error ? error.message : String(error)
    })
    started.once('exit', code => {
      worker = undefined
      if (over !== undefined) return finish(over.reason, over.isReaderGone)
      if (isClosing) return finish(failure)
      retryAt = clock.now() + retryMs
      noteAway(failure ?? `the thread ${name} ended with code ${code}`)
    })
    // A thread that waits for events must not keep the process; one that has some must, so `beforeExit` waits
    // for them. After the listeners, because a listener for messages keeps the process again.
    started.unref()
  }

  function noteAway(reason: string): void {
    if (away !== undefined) return
    away = { type: 'away', reason }
    notify(away)
    onAway?.(reason)
  }

  function noteBack(): void {
    if (away === undefined) return
    away = undefined
    notify({ type: 'back' })
    onBack?.()
  }

  /** `failure`: undefined when everything was done. */
  function finish(failure: string | undefined, isReaderGone = false): void {
    process.off('beforeExit', close)
    isClosing = true
    attached.unsubscribe()
    ring.close()
    reportDropped()
    if (failure !== undefined) {
      const lost = leftIn(buffer, ring.names())
      const reason = lost === 0 ? failure : `${failure}; ${lost} events were not written`
      gone = { type: 'ended', reason, lost, isReaderGone }
      notify(gone)
      onClosed?.(reason)
    }
    end()
  }

  function write(event: MarketEvent): void {
    if (worker === undefined && clock.now() >= retryAt) start()
    const isDropped = !ring.write(event)
    if (isDropped === isDropping) return
    isDropping = isDropped
    reportDropped()
  }

  function reportDropped(): void {
    const count = ring.dropped - reportedDropped
    reportedDropped = ring.dropped
    if (count === 0) return
    notify({ type: 'dropped', count })
    onDropped?.(count)
  }

  function notify(news: SinkNews): void {
    for (const watcher of watchers) watcher(news)
  }

  function close(): Promise<void> {
    if (isClosing) return ended
    isClosing = true
    attached.unsubscribe()
    ring.close()
    if (worker === undefined) start() // the last attempt
    worker?.ref()
    reportDropped()
    return ended
  }

  const sink = (events: Parameters<Sink>[0]): Subscription => {
    if (attached.closed) return Subscription.EMPTY
    const subscription = events.subscribe(write)
    attached.add(subscription)
    return subscription
  }
  return Object.assign(sink, {
    close,
    isSettled(): boolean {
      ring.reportDropped()
      return isClosing || ring.isSettled
    },
    watch(watcher: (news: SinkNews) => void): Subscription {
      watchers.add(watcher)
      const state = gone ?? away
      if (state !== undefined) watcher(state)
      return new Subscription(() => watchers.delete(watcher))
    },
  })
}

/**
 * Events in the ring of a thread that is gone, those it had in hand included. Receipts were reported when
 * they were made.
 */
function leftIn(buffer: SharedArrayBuffer, names: readonly Instrument[]): number {
  const reader = ringReader(buffer, names)
  let count = 0
  for (let event = reader.read(); event !== undefined; event = reader.read()) if (event.type !== 'dropped') count++
  return count
}

function isThreadNews(message: unknown): message is ThreadNews {
  return typeof message === 'object' && message !== null && 'is' in message
}
