// A sink whose work is done in a thread of its own, fed through a ring: what makes text, compresses, or waits for a disk or a network
// has no business on the data path. Here an event costs the copy into the ring; when the thread falls behind, events are dropped and
// counted, and the thread is told in their place. A thread that fails is started again, and begins with what the one before left.
import type { Worker } from 'node:worker_threads'
import { Subscription } from 'rxjs'
import { type Clock, systemClock } from '../../market/clock.ts'
import type { MarketEvent } from '../../market/events.ts'
import type { Instrument } from '../../market/instrument.ts'
import { ringWriter } from './event-ring.ts'
import { ringReader } from './reader.ts'
import { createRing } from '../../system/ring.ts'
import { startThread } from '../../system/thread.ts'
import type { Sink, SinkNews } from '../sink.ts'

export type EventThreadOptions = {
  /** Room for events that wait for the thread. 8 MiB, some 69,000 trades, by default. */
  readonly capacityBytes?: number
  /** This many events more were dropped. Called as dropping begins, and for the rest when it ends; the sum is exact. */
  readonly onDropped?: (count: number) => void
  /** The work cannot be done, as `ENOSPC: no space left on device, write`, and is tried again. Called once, until it is done again. */
  readonly onAway?: (reason: string) => void
  /** It is done again. Nothing was lost but what was dropped meanwhile. */
  readonly onBack?: () => void
  /** The work ended for good before all of it was done, as `EPIPE: broken pipe, write`. */
  readonly onClosed?: (reason: string) => void
  /** When a thread that failed is started again. */
  readonly clock?: Clock
}

export const eventThreadOptions = [
  'capacityBytes',
  'onDropped',
  'onAway',
  'onBack',
  'onClosed',
  'clock',
] as const satisfies (keyof EventThreadOptions)[]

export type EventThread = Sink & {
  readonly isSettled: NonNullable<Sink['isSettled']>
  readonly watch: NonNullable<Sink['watch']>
  /** Lets go of the events, and resolves when everything given before is dealt with, or can no longer be. */
  close(): Promise<void>
}

/** What each such thread is started with, besides its own task. */
export type RingTask = { readonly buffer: SharedArrayBuffer; readonly names: readonly Instrument[] }

/** What each such thread may say. */
export type ThreadNews =
  | { readonly is: 'away'; readonly reason: string }
  /** It works. Also said when it was not away. */
  | { readonly is: 'back' }
  /** It ends for good. */
  | { readonly is: 'over'; readonly reason: string; readonly isReaderGone: boolean }

const defaultCapacityBytes = 8 * 1024 * 1024

/** A thread that failed is started again by the first event after so long. */
const retryMs = 1_000

/**
 * A sink that may be attached to several feeds at once. It also finishes its work when the process has nothing else to do.
 * `file`: the worker, which lies beside this file, without its ending.
 */
export function eventThread(
  file: string,
  task: object,
  options: EventThreadOptions,
  onMessage: (message: unknown) => void = () => {},
): EventThread {
  const { capacityBytes = defaultCapacityBytes, onDropped, onAway, onBack, onClosed, clock = systemClock } = options
  const buffer = createRing(capacityBytes)
  const ring = ringWriter(buffer)
  const attached = new Subscription()
  const watchers = new Set<(news: SinkNews) => void>()
  let worker: Worker | undefined
  let retryAt = 0
  let away: SinkNews | undefined
  let gone: SinkNews | undefined
  let toldDropped = 0
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
    const started = startThread(new URL(`../${file}`, import.meta.url), file, facts)
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
      noteAway(failure ?? `the thread ${file} ended with code ${code}`)
    })
    // Waiting for events is no reason to keep the process; having some to deal with is, so the end of the process waits for them. Last,
    // because a listener for messages is a reason again.
    started.unref()
  }

  function noteAway(reason: string): void {
    if (away !== undefined) return
    away = { type: 'away', reason }
    tell(away)
    onAway?.(reason)
  }

  function noteBack(): void {
    if (away === undefined) return
    away = undefined
    tell({ type: 'back' })
    onBack?.()
  }

  /** `failure`: undefined when everything was done. */
  function finish(failure: string | undefined, isReaderGone = false): void {
    process.off('beforeExit', close)
    isClosing = true
    attached.unsubscribe()
    ring.close()
    tellDropped()
    if (failure !== undefined) {
      const lost = leftIn(buffer, ring.names())
      const reason = lost === 0 ? failure : `${failure}; ${lost} events were not written`
      gone = { type: 'ended', reason, lost, isReaderGone }
      tell(gone)
      onClosed?.(reason)
    }
    end()
  }

  function write(event: MarketEvent): void {
    if (worker === undefined && clock.now() >= retryAt) start()
    const isDropped = !ring.write(event)
    if (isDropped === isDropping) return
    isDropping = isDropped
    tellDropped()
  }

  function tellDropped(): void {
    const count = ring.dropped - toldDropped
    toldDropped = ring.dropped
    if (count === 0) return
    tell({ type: 'dropped', count })
    onDropped?.(count)
  }

  function tell(news: SinkNews): void {
    for (const watcher of watchers) watcher(news)
  }

  function close(): Promise<void> {
    if (isClosing) return ended
    isClosing = true
    attached.unsubscribe()
    ring.close()
    if (worker === undefined) start() // the last attempt
    worker?.ref()
    tellDropped()
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
      ring.sayDropped()
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

/** Events in the ring of a thread that is gone, those it had in hand included. Receipts were reported when they were made. */
function leftIn(buffer: SharedArrayBuffer, names: readonly Instrument[]): number {
  const reader = ringReader(buffer, names)
  let count = 0
  for (let event = reader.read(); event !== undefined; event = reader.read()) if (event.type !== 'dropped') count++
  return count
}

function isThreadNews(message: unknown): message is ThreadNews {
  return typeof message === 'object' && message !== null && 'is' in message
}
