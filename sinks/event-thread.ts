// A sink whose work is done in a thread of its own, fed through a ring: what makes text, compresses, or waits for a disk or a network
// has no business on the data path. Here an event costs the copy into the ring; when the thread falls behind, events are dropped and
// counted, and the thread is told in their place.
import { Worker } from 'node:worker_threads'
import { Subscription } from 'rxjs'
import type { MarketEvent } from '../market/events.ts'
import { ringWriter } from './event-ring.ts'
import { createRing } from './ring-layout.ts'
import type { Sink } from './sink.ts'

export type EventThreadOptions = {
  /** Room for events that wait for the thread. 8 MiB, some 69,000 trades, unless told. */
  readonly capacityBytes?: number
  /** This many events more were dropped. Called as dropping begins, and for the rest when it ends; the sum is exact. */
  readonly onDropped?: (count: number) => void
  /** The work ended before it was asked to, as `EPIPE: broken pipe, write`. What was not done yet is lost. */
  readonly onClosed?: (reason: string) => void
}

export type EventThread = Sink & {
  /** Lets go of the events, and resolves when everything given before is dealt with, or can no longer be. */
  close(): Promise<void>
}

/** What each such thread is started with, besides its own task. */
export type RingTask = { readonly buffer: SharedArrayBuffer }

const defaultCapacityBytes = 8 * 1024 * 1024

/**
 * A sink that may be attached to several feeds at once. It also finishes its work when the process has nothing else to do.
 * `file`: the worker, which lies beside this file, without its ending.
 */
export function eventThread(
  file: string,
  task: object,
  { capacityBytes = defaultCapacityBytes, onDropped, onClosed }: EventThreadOptions,
  onMessage: (message: unknown) => void = () => {},
): EventThread {
  const buffer = createRing(capacityBytes)
  const ring = ringWriter(buffer)
  const worker = startWorker(file, { ...task, buffer })
  const attached = new Subscription()
  let toldDropped = 0
  let isDropping = false
  let isClosing = false
  let failure: string | undefined

  worker.on('message', onMessage)
  const exited = new Promise<void>(resolve => {
    worker.on('error', error => {
      failure = error instanceof Error ? error.message : String(error)
    })
    worker.once('exit', code => {
      process.off('beforeExit', close)
      attached.unsubscribe()
      resolve()
      if (failure === undefined && !isClosing) failure = `the thread ${file} ended with code ${code}`
      if (failure !== undefined) onClosed?.(failure)
    })
  })
  // Waiting for events is no reason to keep the process; having some to deal with is, so the end of the process waits for them.
  worker.unref()
  process.once('beforeExit', close)

  function write(event: MarketEvent): void {
    const isDropped = !ring.write(event)
    if (isDropped === isDropping) return
    isDropping = isDropped
    tellDropped()
  }

  function tellDropped(): void {
    const count = ring.dropped - toldDropped
    toldDropped = ring.dropped
    if (count > 0) onDropped?.(count)
  }

  function close(): Promise<void> {
    if (isClosing) return exited
    isClosing = true
    attached.unsubscribe()
    ring.close()
    worker.ref()
    tellDropped()
    return exited
  }

  const sink: Sink = events => {
    if (attached.closed) return Subscription.EMPTY
    const subscription = events.subscribe(write)
    attached.add(subscription)
    return subscription
  }
  return Object.assign(sink, { close })
}

/** Compiled or not, as this file is. */
function startWorker(name: string, workerData: RingTask): Worker {
  const isSource = import.meta.url.endsWith('.ts')
  const file = new URL(`./${name}.${isSource ? 'ts' : 'js'}`, import.meta.url)
  return new Worker(file, { name, workerData, execArgv: isSource ? typeScriptLoader() : [] })
}

/** Under Node 20 a plain `--import tsx` does nothing in a worker thread; asking tsx to register there does. */
function typeScriptLoader(): string[] {
  const tsx = JSON.stringify(import.meta.resolve('tsx/esm/api'))
  return ['--import', `data:text/javascript,${encodeURIComponent(`import { register } from ${tsx}; register()`)}`]
}
