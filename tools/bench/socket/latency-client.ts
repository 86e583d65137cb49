// A child that is one client of a paced sender, and keeps how long each record took from the socket's event
// to the subscriber.
import type { IncomingMessage } from 'node:http'
import { createHistogram } from 'node:perf_hooks'
import WebSocket from 'ws'
import { serve } from '../children.ts'
import { type ClientName, clients } from './clients.ts'
import { cpuMicroseconds, mainThreadMicroseconds } from '../measure.ts'

export type LatencyQuestion =
  | { readonly ask: 'connect'; readonly url: string }
  | { readonly ask: 'prepare'; readonly count: number }
  | { readonly ask: 'result' }

/**
 * Microseconds; `share` of one processor that the whole process took, and its main thread; memory of the
 * process afterwards.
 */
export type LatencyAnswer = {
  readonly p50: number
  readonly p99: number
  readonly p999: number
  readonly share: number
  readonly mainShare: number
  readonly megabytes: number
}

const name = process.argv[2] as ClientName // given by `latency`
const nanoseconds = createHistogram()

/** When the read came that is being taken apart. */
let entered = 0
let received = 0
let expected = Number.POSITIVE_INFINITY
let startedAt = 0
let cpuBefore = 0
let mainBefore = 0
let share = 0
let mainShare = 0
let finish = () => {}
let finished = Promise.resolve()

stampReads()
serve<LatencyQuestion, LatencyAnswer>(async question => {
  if (question.ask === 'connect') await clients[name](question.url, note)
  if (question.ask === 'prepare') prepare(question.count)
  if (question.ask === 'result') await finished
  const at = (percentile: number) => nanoseconds.percentile(percentile) / 1000
  return { p50: at(50), p99: at(99), p999: at(99.9), share, mainShare, megabytes: process.memoryUsage.rss() / 2 ** 20 }
})

/**
 * Before any listener of any client, and the same for all of them: connection.ts keeps its socket to itself,
 * so ws is asked.
 */
function stampReads(): void {
  const prototype: { emit(name: string | symbol, ...values: unknown[]): boolean } = WebSocket.prototype
  const { emit } = prototype
  prototype.emit = function (name, ...values) {
    if (name === 'upgrade') (values[0] as IncomingMessage).socket.on('data', stamp)
    return emit.call(this, name, ...values)
  }
}

function stamp(): void {
  entered = performance.now()
}

function prepare(upTo: number): void {
  nanoseconds.reset()
  received = 0
  expected = upTo
  finished = new Promise(resolve => {
    finish = resolve
  })
}

function note(): void {
  const now = performance.now()
  nanoseconds.record(Math.max(1, Math.round((now - entered) * 1e6)))
  if (++received === 1) {
    startedAt = now
    cpuBefore = cpuMicroseconds()
    mainBefore = mainThreadMicroseconds()
  }
  if (received < expected) return
  const tookUs = (now - startedAt) * 1000
  share = (cpuMicroseconds() - cpuBefore) / tookUs
  mainShare = (mainThreadMicroseconds() - mainBefore) / tookUs
  finish()
}
