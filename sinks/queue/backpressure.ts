// What becomes of events that come faster than a consumer takes them. The socket never waits, so a consumer
// chooses one of these.
import { conflatingQueue } from './conflate.ts'
import { type OnReady, spillingQueue } from './spill.ts'
import { dropOldestQueue, type EventQueue } from './drop-oldest.ts'

export type Backpressure =
  | {
      /**
       * Drops the oldest that waits: for a consumer that stays near the present and sees everything while it
       * is fast enough.
       */
      readonly policy?: 'drop-oldest'
      /** Events that may wait while the handler is busy. By default 10,000, some seconds of a busy market. */
      readonly limit?: number
    }
  | {
      /**
       * A newer trade or book of an instrument replaces the one that waits: for a consumer of the present
       * only.
       */
      readonly policy: 'conflate'
      /** Events that may wait; beyond it the oldest are dropped. 10,000 by default. */
      readonly limit?: number
    }
  | {
      /**
       * What is too much for memory waits on disk and comes back in order: for a consumer of everything, even
       * if late.
       */
      readonly policy: 'spill'
      /** Events that may wait in memory. 10,000 by default. */
      readonly limit?: number
      /**
       * Bytes that may wait on disk. By default 1 GiB, some seven million trades; what comes beyond is
       * dropped.
       */
      readonly mostBytes?: number
      /** Where they wait. By default the folder for temporary files. */
      readonly folder?: string
    }

const usualLimit = 10_000
const usualMostBytes = 1024 ** 3
const leastBytes = 2 * 1024 ** 2

/** Throws a RangeError for wrong options, before the first event comes. */
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
