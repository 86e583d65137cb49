// Every wait and limit of the control plane, with its default and its reason. Milliseconds, or a count for
// `most…`.

export type Timing = {
  /**
   * Between the last release and the close of a socket. The operating guide's rule (4.1): release, wait 3 s,
   * close.
   */
  readonly graceMs: number
  /** Our own PINGPONG; 0 turns it off. The guide's rule (4.2): idle links were cut at 10 or 30 minutes. */
  readonly heartbeatMs: number
  /** Approval key and handshake together. */
  readonly openTimeoutMs: number
  /** From the last request of a batch to its answer. A later answer is not expected. */
  readonly ackTimeoutMs: number
  /** Data that flowed this long ends a series of failures. An open socket alone proves nothing. */
  readonly stableMs: number
  /**
   * The longest wait between two attempts to connect. The first one is the grace: the server tidies up that
   * long.
   */
  readonly longestBackoffMs: number
  /** After OPSP8996: another session has the app key. 45 to 90 s were reported after a crash. */
  readonly occupiedMs: number
  readonly longestOccupiedMs: number
  /**
   * The same when the owner is known to be gone and only its session lingers at KIS: 45, 50 and 120 s, then
   * doubling, because 45 to 90 s were reported.
   */
  readonly lingerMs: number
  /**
   * Rest of a subscription that was refused for a passing reason, doubling up to the longest. 41 of them,
   * each requested every five minutes, are 82 of the 500 requests of ten minutes.
   */
  readonly refusedMs: number
  readonly longestRefusedMs: number
  /** Between two requests. KIS recommends 100 to 150 ms; 500 on paper (protocol notes 3.3). */
  readonly pacingMs: number
  /** A socket that does not confirm its close in this time is terminated. */
  readonly closeTimeoutMs: number
  /** Connections of a line in any window. KIS blocks an address and an app key that connect in a loop. */
  readonly mostConnects: number
  readonly connectWindowMs: number
  /** Requests in any window: four full sessions subscribed and released, and some changes. */
  readonly mostRequests: number
  readonly requestWindowMs: number
  /**
   * An adopted key without data for so long in an open market is stale. Long enough for an illiquid symbol.
   */
  readonly adoptionMs: number
  /** The shortest time without data that counts: of one key while others flow, and of a whole market. */
  readonly quietMs: number
  readonly silenceMs: number
  /**
   * A connection without a byte for so long, PINGPONG included, is dead at any hour; 0 turns it off. 150 s
   * without PINGPONG are reported to mean a dead connection (protocol notes 8); a longer period of PINGPONG
   * allows more.
   */
  readonly pulseMs: number
  /**
   * After a session's releases and its grace, the next market takes the line even if the last one still has
   * it.
   */
  readonly handOverTimeoutMs: number
  /** After a session's releases and its grace, a stop leaves behind what hangs. */
  readonly stopTimeoutMs: number
}

export const defaultTiming: Timing = {
  graceMs: 3_000,
  heartbeatMs: 30_000,
  openTimeoutMs: 10_000,
  ackTimeoutMs: 5_000,
  stableMs: 10_000,
  longestBackoffMs: 60_000,
  occupiedMs: 60_000,
  longestOccupiedMs: 600_000,
  lingerMs: 45_000,
  refusedMs: 30_000,
  longestRefusedMs: 300_000,
  pacingMs: 100,
  closeTimeoutMs: 1_000,
  mostConnects: 4,
  connectWindowMs: 600_000,
  mostRequests: 500,
  requestWindowMs: 600_000,
  adoptionMs: 30_000,
  quietMs: 30_000,
  silenceMs: 120_000,
  pulseMs: 150_000,
  handOverTimeoutMs: 15_000,
  stopTimeoutMs: 5_000,
}
