// The counts of a simulator: facts to check a client against, in tests and by hand.
import type { CredentialCounts } from './credentials.ts'
import type { AppKeyStats } from './keys/app-keys.ts'
import type { TruthStats } from './truth.ts'
import type { TapeStats } from './tape/listener.ts'
import type { GateStats } from './rest/gate.ts'
import type { Verb } from './request.ts'

export type ReceivedRequest = {
  /** Epoch milliseconds, the simulator's clock. */
  readonly time: number
  /** Sessions are numbered from 1, in the order they opened. */
  readonly session: number
  /** `#1` for the first app key that came; undefined for a request without a valid approval key. */
  readonly appKey: string | undefined
  readonly verb: Verb | 'unreadable'
  /** KIS's `tr_id` and `tr_key`; empty where the request had none. */
  readonly tr: string
  readonly key: string
  /** KIS's `msg_cd` in the answer. */
  readonly code: string
}

export type SimulatorStats = CredentialCounts &
  GateStats & {
    /**
     * When each handshake was asked for, refused ones included; the newest 10,000. For checks of a connect
     * budget.
     */
    readonly handshakes: readonly number[]
    readonly socketsOpened: number
    readonly socketsClosed: number
    /** The largest number of sockets that clients had open at once; one that hung up has none. */
    readonly mostSocketsOpen: number
    /** Registrations that were acknowledged, the released ones included. */
    readonly registrations: number
    /** In the order they came; the oldest are forgotten when there are more than 100,000. */
    readonly requests: readonly ReceivedRequest[]
    /** PINGPONGs the server sent. */
    readonly pings: number
    /** PINGPONGs that came back. `identical`: byte for byte. */
    readonly echoes: { readonly total: number; readonly identical: number }
    /** PINGPONGs of the client's own. */
    readonly heartbeats: number
    /** Protocol-level pings, for which the real service drops a client. */
    readonly protocolPings: number
    /** In the order they came. */
    readonly appKeys: readonly AppKeyStats[]
    readonly tape: TapeStats
    readonly truth: TruthStats
  }

const mostRequests = 100_000
const mostHandshakes = 10_000

/** The counters the server keeps itself. */
export type Counters = {
  socketsOpened: number
  socketsClosed: number
  mostSocketsOpen: number
  registrations: number
  pings: number
  echoes: number
  identicalEchoes: number
  heartbeats: number
  protocolPings: number
  readonly requests: ReceivedRequest[]
  readonly handshakes: number[]
}

export function createCounters(): Counters {
  return {
    socketsOpened: 0,
    socketsClosed: 0,
    mostSocketsOpen: 0,
    registrations: 0,
    pings: 0,
    echoes: 0,
    identicalEchoes: 0,
    heartbeats: 0,
    protocolPings: 0,
    requests: [],
    handshakes: [],
  }
}

export function rememberRequest({ requests }: Counters, request: ReceivedRequest): void {
  remember(requests, request, mostRequests)
}

export function rememberHandshake({ handshakes }: Counters, time: number): void {
  remember(handshakes, time, mostHandshakes)
}

function remember<T>(list: T[], entry: T, most: number): void {
  // In bulk, because removing the first entry of a long list moves all the others.
  if (list.length >= most * 2) list.splice(0, most)
  list.push(entry)
}

export function statsOf(
  counters: Counters,
  credentials: CredentialCounts,
  gate: GateStats,
  appKeys: readonly AppKeyStats[],
  tape: TapeStats,
  truth: TruthStats,
): SimulatorStats {
  const { echoes, identicalEchoes, requests, handshakes, ...counts } = counters
  return {
    ...credentials,
    ...gate,
    ...counts,
    requests: requests.slice(-mostRequests),
    handshakes: handshakes.slice(-mostHandshakes),
    echoes: { total: echoes, identical: identicalEchoes },
    appKeys,
    tape,
    truth,
  }
}
