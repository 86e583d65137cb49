// The options of a simulator, and its controls and counts while it runs.
import type { OptionNames } from '../market/basics/did-you-mean.ts'
import type { Clock } from '../market/clock.ts'
import type { Fault, FaultReport, Injected, ScheduledFault } from './faults/faults.ts'
import type { TruthSizes, TruthRecord, Withheld } from './truth.ts'
import type { NoticeOf } from './notices.ts'
import type { PastMarket } from './market/past-market.ts'
import type { SimulatorStats } from './stats.ts'
import type { Tape } from './tape/tape.ts'
import type { Registration } from './transactions.ts'

export type QuotationOptions = {
  /** Of an app key. Default 18, KIS's on production since 2026-04-20. */
  readonly callsPerSecond?: number
  /** One print in so many is missing from the executions, as with KIS; 0 for none. Default 500. */
  readonly skippedOneOf?: number
  /**
   * Trades kept of each instrument's day, the newest; 0 keeps none, and REST has no trades. Default 20,000.
   */
  readonly keptTrades?: number
  /** The source of the quotations. Default: what the tape emitted since the simulator started. */
  readonly past?: PastMarket
}

export type SimulatorOptions = {
  /** Default 0: any free one. Listens on 127.0.0.1 only. */
  readonly port?: number
  /** Default: the system's. */
  readonly clock?: Clock
  /**
   * When tokens and approval keys are issued and expire. Default: `clock`. A day of the past has its own
   * clock, and a client's token must live by the client's.
   */
  readonly credentialClock?: Clock
  /** Default: a generated market. */
  readonly tape?: Tape
  /**
   * Between two PINGPONGs of the server, in milliseconds. Default 110,000: KIS's period is reported as about
   * 110 s, and as 10 to 14 s on idle sessions (protocol notes 3.6).
   */
  readonly pingIntervalMs?: number
  /**
   * A client that has not echoed after so many milliseconds is cut. Default 100,000: KIS is reported to do so
   * after 100 to 105 s.
   */
  readonly pingTimeoutMs?: number
  /**
   * How many registrations the session of an app key may hold; one more is refused with OPSP0008. Default 41,
   * KIS's.
   */
  readonly slots?: number
  /** The same for single app keys. */
  readonly slotsOf?: Readonly<Record<string, number>>
  /**
   * App keys, or their numbers as `#2`, whose sessions get trades cut differently: two executions in one
   * record, one in two, two of the same second in the other order. The day's totals are right at the end of
   * each record. `true`: all app keys but the first that registers something. Default: none. By `faultSeed`.
   */
  readonly differentCuts?: boolean | readonly string[]
  /** Faults from the start on. */
  readonly faults?: readonly ScheduledFault[]
  /** The same seed gives the same random numbers in every fault. Default 1. */
  readonly faultSeed?: number
  /**
   * Milliseconds between two orders that are accepted and filled, sent to every session that registered
   * account notices. Default: never.
   */
  readonly noticesEveryMs?: number
  /** Whether faults can be injected over HTTP, under /simulator. Default false. */
  readonly control?: boolean
  /**
   * How many records are remembered, the newest: of those withheld (default 100,000), and of everything that
   * was emitted (default 0, since it costs time and memory; `Simulator.truth` needs it).
   */
  readonly memory?: Partial<TruthSizes>
  /** The quotations over REST. */
  readonly quotations?: QuotationOptions
  /** One line for each noteworthy event; never an app key, secret, token, approval key or login id. */
  readonly log?: (line: string) => void
}

export const simulatorOptionNames = Object.keys({
  port: true,
  clock: true,
  credentialClock: true,
  tape: true,
  pingIntervalMs: true,
  pingTimeoutMs: true,
  slots: true,
  slotsOf: true,
  differentCuts: true,
  faults: true,
  faultSeed: true,
  noticesEveryMs: true,
  control: true,
  memory: true,
  quotations: true,
  log: true,
} satisfies OptionNames<SimulatorOptions>)

export const quotationOptionNames = Object.keys({
  callsPerSecond: true,
  skippedOneOf: true,
  keptTrades: true,
  past: true,
} satisfies OptionNames<QuotationOptions>)

export const memoryOptionNames = Object.keys({ withheld: true, truth: true } satisfies OptionNames<TruthSizes>)

export type Simulator = {
  readonly port: number
  readonly restUrl: string
  readonly wsUrl: string
  /** What was counted so far. */
  stats(): SimulatorStats
  /** Registrations held right now, by open session; of one app key where it is named. */
  sessions(appKey?: string): readonly { readonly registrations: readonly Registration[] }[]
  /** How an app key is shown in statistics, faults and the log: `#1` for the first one that came. */
  shownAs(appKey: string): string
  /** Sends one text to every open session, as it is. */
  send(text: string): void
  /**
   * Sends an account notice to every session that registered `tr`, encrypted with that session's key; returns
   * their number.
   */
  sendNotice(tr: string, plaintext: string): number
  /**
   * The notices of an order that is accepted and filled, as `POST /simulator/notices`; returns the number of
   * sessions.
   */
  sendOrder(tr: string, of?: NoticeOf): number
  /** Cuts every connection without a close handshake, as a network or KIS does. */
  cut(): void
  /** Starts a fault, now or later. Throws, with everything that is wrong, when the input is no fault. */
  inject(fault: Fault): Injected
  /** Every fault so far, oldest first; the last 1,000 of the ended ones. */
  faults(): readonly FaultReport[]
  /** Every record that was withheld from a session that had registered it, in the order they were emitted. */
  withheld(): readonly Withheld[]
  /**
   * Every record of a transaction and key since it was first registered, in order, with its sessions. Trades
   * go on without listeners: they are known once a session registers the key again. With a session by number:
   * those emitted for it alone, as they were cut for it. Throws when no truth is kept.
   */
  truth(tr: string, key: string, session?: number): readonly TruthRecord[]
  stop(): Promise<void>
}
