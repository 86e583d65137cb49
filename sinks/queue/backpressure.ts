// What becomes of events that come faster than a consumer takes them. The socket never waits, so one of these must hold.
import { conflatingQueue } from './conflate.ts'
import { type OnReady, spillingQueue } from './spill.ts'
import { dropOldestQueue, type EventQueue } from './drop-oldest.ts'

export type Backpressure =
  | {
      /** The oldest of what waits is dropped: for whoever wants to stay near the present, and see all of it while they can. */
      readonly policy?: 'drop-oldest'
      /** Events that may wait while the handler is busy. 10,000, some seconds of a busy market, unless told. */
      readonly limit?: number
    }
  | {
      /** A newer trade or book of an instrument takes the place of the one that waits: for whoever wants the present only. */
      readonly policy: 'conflate'
      readonly limit?: number
    }
  | {
      /** What is too much for memory waits on disk, and comes back in order: for whoever wants all of it, if late. */
      readonly policy: 'spill'
      readonly limit?: number
      /** Bytes that may wait on disk. 1 GiB, some seven million trades, unless told; what comes beyond is dropped. */
      readonly mostBytes?: number
      /** Where they wait. The folder for temporary files unless told. */
      readonly folder?: string
    }

const usualLimit = 10_000
const usualMostBytes = 1024 ** 3
const leastBytes = 2 * 1024 ** 2

/** Throws a RangeError that says what is wrong with the options, now rather than when the first event comes. */
export function checkBackpressure(options: Backpressure): void {
  const { policy = 'drop-oldest', limit = usualLimit } = options
  if (!['drop-oldest', 'conflate', 'spill'].includes(policy)) {
    throw new RangeError(`policy '${String(policy)}': expected drop-oldest, conflate or spill`)
  }
  if (!Number.isSafeInteger(limit) || limit < 1) throw new RangeError(`limit ${limit}: expected a whole number from 1`)
  if (options.policy === 'spill' && options.mostBytes !== undefined && !(options.mostBytes >= leastBytes)) {
    throw new RangeError(`mostBytes ${options.mostBytes}: expected ${leastBytes} (2 MiB) or more`)
  }
}

export function createQueue(options: Backpressure, onReady: OnReady, onError: (error: unknown) => void): EventQueue {
  const { limit = usualLimit } = options
  if (options.policy === 'conflate') return conflatingQueue(limit)
  if (options.policy !== 'spill') return dropOldestQueue(limit)
  const { mostBytes = usualMostBytes, folder } = options
  return spillingQueue({ limit, mostBytes, folder }, onReady, onError)
}
