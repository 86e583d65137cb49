// Events as lines of JSON, to a file or a pipe. Making the text and waiting for the disk is the work of a thread of its own; here
// an event costs the copy into a ring. When that thread falls behind, events are dropped and counted, and its lines say so.
import { Worker } from 'node:worker_threads'
import { Subscription } from 'rxjs'
import type { MarketEvent } from '../market/events.ts'
import { ringWriter } from './event-ring.ts'
import { createRing } from './ring-layout.ts'
import type { JsonLinesTask } from './json-lines-worker.ts'
import type { Sink } from './sink.ts'

export type JsonLinesOptions = {
  /** A file descriptor (1: standard output), or the path of a file to append to. */
  readonly to: number | string
  /** Room for events that are not written yet. 8 MiB, some 69,000 trades, unless told. */
  readonly capacityBytes?: number
  /** This many events more were dropped. Called as dropping begins, and for the rest when it ends; the sum is exact. */
  readonly onDropped?: (count: number) => void
  /** Writing ended before it was asked to, as `EPIPE: broken pipe, write`. What was not written is lost. */
  readonly onClosed?: (reason: string) => void
}

export type JsonLines = Sink & {
  /** Lets go of the events, and resolves when everything given before is written, or can no longer be. */
  close(): Promise<void>
}

const defaultCapacityBytes = 8 * 1024 * 1024

/** A sink that may be attached to several feeds at once. It also finishes its work when the process has nothing else to do. */
export function jsonLines(options: JsonLinesOptions): JsonLines {
  const { onDropped, onClosed } = options
  const buffer = createRing(options.capacityBytes ?? defaultCapacityBytes)
  const ring = ringWriter(buffer)
  const worker = startWorker({ buffer, to: options.to })
  const attached = new Subscription()
  let toldDropped = 0
  let isDropping = false
  let isClosing = false
  let failure: string | undefined

  const exited = new Promise<void>(resolve => {
    worker.on('error', error => {
      failure = error instanceof Error ? error.message : String(error)
    })
    worker.once('exit', code => {
      process.off('beforeExit', close)
      attached.unsubscribe()
      resolve()
      if (failure === undefined && !isClosing) failure = `the thread that writes ended with code ${code}`
      if (failure !== undefined) onClosed?.(failure)
    })
  })
  // Waiting for events is no reason to keep the process; having some to write is, so the end of the process waits for them.
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

/** The worker lies beside this file, compiled or not, as this file is. */
function startWorker(task: JsonLinesTask): Worker {
  const isSource = import.meta.url.endsWith('.ts')
  const file = new URL(isSource ? './json-lines-worker.ts' : './json-lines-worker.js', import.meta.url)
  return new Worker(file, { name: 'json-lines', workerData: task, execArgv: isSource ? typeScriptLoader() : [] })
}

/** Under Node 20 a plain `--import tsx` does nothing in a worker thread; asking tsx to register there does. */
function typeScriptLoader(): string[] {
  const tsx = JSON.stringify(import.meta.resolve('tsx/esm/api'))
  return ['--import', `data:text/javascript,${encodeURIComponent(`import { register } from ${tsx}; register()`)}`]
}
