// The queues: their names, the payload and the result of a job of each, how often it is tried, and how its id
// names the work. Nothing here connects to anything.
import type { GapCause } from '../market/events.ts'
import type { GapFinding } from '../market/gap-finding.ts'
import type { Instrument } from '../market/instrument.ts'
import type { DayCertificate } from './jobs/certificate.ts'

/**
 * The payload of a job. It lies in Redis as JSON, so it holds no secret: a token is named by its fingerprint.
 */
export type Payloads = {
  'token-refresh': {
    /** `by-hand` and `scheduled` renew what is about to expire; `refused` renews what KIS no longer takes. */
    readonly reason: 'scheduled' | 'by-hand' | 'refused'
    /** Of the token that KIS refused. If another one is kept by now, there is nothing to do. */
    readonly refused?: string
  }
  'key-validation': {
    /** Answer without calling anything. */
    readonly dryRun?: boolean
    /** Epoch milliseconds of the instant asked about, instead of now. Nothing is called then either. */
    readonly at?: number
  }
  'gap-validation': {
    readonly instrument: Instrument
    readonly businessDate: number
    readonly fromVolume: number
    readonly toVolume: number
    readonly from: number | null
    readonly to: number | null
    readonly missingVolume: number
    readonly cause: GapCause | 'by-hand'
  }
  /** A business date, 20261120; or today's or yesterday's, by Korea's clock. */
  certificate: { readonly date: number | 'today' | 'yesterday' }
}

/** What a job answers, as JSON. */
export type Results = {
  'token-refresh': {
    readonly outcome: 'issued' | 'kept' | 'nothing-to-renew'
    /** ISO 8601, in Korean time. */
    readonly expiresAt: string | null
  }
  'key-validation': {
    readonly allowed: boolean
    readonly reason: string | null
    /** ISO 8601, in Korean time; null when it will never be allowed. */
    readonly next: string | null
    /** Whether KIS took the key pair. Absent when it was not asked. */
    readonly proved?: { readonly approvalKey: boolean; readonly token: 'issued' | 'kept' }
  }
  'gap-validation': GapFinding
  /** Where our calendar and that of KIS differ, in sentences, if KIS was asked: once a day. */
  certificate: DayCertificate & { readonly calendarDifferences?: readonly string[] }
}

export type QueueName = keyof Payloads

export const queueNames = [
  'token-refresh',
  'key-validation',
  'gap-validation',
  'certificate',
] as const satisfies QueueName[]

/** What a processor may do besides its work. */
export type JobContext = {
  /** Shown where jobs are watched. */
  progress(done: number, of: number, what: string): void
  /** Aborted when the worker is to stop at once. */
  readonly signal: AbortSignal
  /** No attempt follows a failure of this one. */
  readonly isLastAttempt?: boolean
}

export type Processor<Q extends QueueName> = (payload: Payloads[Q], context: JobContext) => Promise<Results[Q]>

/** The table of processors. A queue without one is not worked on by this process. */
export type Processors = { readonly [Q in QueueName]?: Processor<Q> }

/**
 * How often a job is tried, and for how many days its outcome is kept: as long, the same name is the same
 * work, done already.
 */
export type Persistence = { readonly attempts: number; readonly keptDays: number }

export const persistence: Readonly<Record<QueueName, Persistence>> = {
  'token-refresh': { attempts: 5, keptDays: 2 },
  // The window may have closed by the next attempt, and the answer says when the next one opens.
  'key-validation': { attempts: 1, keptDays: 7 },
  // The last attempts are five minutes apart: an hour of KIS being away.
  'gap-validation': { attempts: 20, keptDays: 7 },
  certificate: { attempts: 8, keptDays: 30 },
}

const daySeconds = 86_400

/** How a job is tried and kept, in BullMQ's words. `custom` is the backoff of workers/run.ts. */
export function jobOptions(queue: QueueName) {
  const { attempts, keptDays } = persistence[queue]
  const kept = { age: keptDays * daySeconds, count: 10_000 }
  return { attempts, backoff: { type: 'custom' }, removeOnComplete: kept, removeOnFail: kept }
}

/** A job's id from its name. BullMQ forbids colons, and takes a bare number for an id of its own. */
export function jobIdOf(name: string): string {
  const id = name.replaceAll(':', '-')
  return /^\d+$/.test(id) ? `job-${id}` : id
}

/** The name of a gap is what is missing: the same gap is the same job, however often it is reported. */
export function gapJobName({ instrument, businessDate, fromVolume, toVolume }: Payloads['gap-validation']): string {
  return `gap-${instrument}-${businessDate}-${fromVolume}-${toVolume}`
}
