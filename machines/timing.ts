// Every wait and every limit of the control plane, with its default and the reason for it. Milliseconds, or a count where it says most.

export type Timing = {
  /** Between the last release and the close of a socket. The operating guide's rule (4.1): release, wait 3 s, close. */
  readonly graceMs: number
  /** Our own PINGPONG; 0 turns it off. The guide's rule (4.2): idle links were cut at 10 or 30 minutes. */
  readonly heartbeatMs: number
  /** Approval key and handshake together. */
  readonly openTimeoutMs: number
  /** From the last request of a batch to its answer. An answer that late is not coming. */
  readonly ackTimeoutMs: number
  /** A session whose data flowed this long was a success: past failures are forgotten. An open socket alone proves nothing. */
  readonly stableMs: number
  /** The longest wait between two attempts to connect. The first one is the grace: the server tidies up that long. */
  readonly longestBackoffMs: number
  /** OPSP8996: somebody else holds the app key. Hammering does not free it; 45 to 90 s were reported after a crash. */
  readonly occupiedMs: number
  readonly longestOccupiedMs: number
  /**
   * The same while the owner of the refused app key is known to be gone: only its session lingers at KIS. Then a tenth more, then almost
   * three times as much, doubling: 45, 50 and 120 s, because 45 to 90 s were reported.
   */
  readonly lingerMs: number
  /**
   * A subscription that is refused for a passing reason is asked for again after so long, doubling up to the
   * longest. 41 of them, each asked for every five minutes, are 82 of the 500 requests of ten minutes.
   */
  readonly refusedMs: number
  readonly longestRefusedMs: number
  /** Between two requests. KIS recommends 100 to 150 ms; 500 on paper (protocol notes 3.3). */
  readonly pacingMs: number
  /** A socket that does not confirm its close by then is cut. */
  readonly closeTimeoutMs: number
  /** Connections of an app key in any window. KIS blocks an address and an app key that connect in a loop. */
  readonly mostConnects: number
  readonly connectWindowMs: number
  /** Subscriptions and releases in any window: four full sessions, asked for and released, and some change of mind. */
  readonly mostRequests: number
  readonly requestWindowMs: number
  /** An adopted key without data by then, on a live market, is a ghost. Long enough not to suspect a quiet symbol. */
  readonly adoptionMs: number
  /** The shortest silence that counts, of one key among live ones and of a whole session. */
  readonly quietMs: number
  readonly silenceMs: number
  /**
   * A line that brought nothing at all for so long, not even the server's PINGPONG, is dead at any hour; 0 turns it off. 150 s
   * without PINGPONG are reported to mean a dead line (protocol notes 8); one that comes more rarely is given more.
   */
  readonly pulseMs: number
  /** Beyond a full session's releases and the grace: a market that has not let go of the line by then is passed over. */
  readonly handOverTimeoutMs: number
  /** Beyond a session's releases and the grace: a stop that has not ended by then goes on without what hangs. */
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
