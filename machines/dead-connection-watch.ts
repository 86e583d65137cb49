// Detects a dead connection at any hour. KIS sends PINGPONG when nothing else is sent, so a connection
// without a byte for longer than the period of PINGPONG is dead (protocol notes 8), also at night, when
// missing data proves nothing. The period is learned: 110 s are reported, elsewhere 10 to 14 s, and no
// PINGPONG while data flows.
export type ConnectionWatch = {
  /** A PINGPONG of the server came. */
  beat(now: number): void
  /** How long no byte came, once that is too long. `received`: all bytes of the connection so far. */
  look(now: number, received: number): number | undefined
}

export type DeadConnectionWatch = {
  /** How often to look. */
  readonly lookEveryMs: number
  /** For one connection to that address. */
  of(address: string): ConnectionWatch
}

/** Of the longest time between two PINGPONGs so far: 150 s are four thirds of 110 s. */
const timesThePeriod = 4 / 3
const longestLookMs = 1_000
const shortestLookMs = 5
/** After more missed looks than this, or when the time goes back, the clock was set or the machine slept. */
const mostLooksLeftOut = 10

/**
 * The longest time between two PINGPONGs. As soon as two came with no data between them, only such pairs
 * count: a server that sends none while data flows may have a day between two.
 */
type Period = { readonly ms: number; readonly isWithoutData: boolean }

function longer(known: Period | undefined, seen: Period): Period {
  if (known === undefined || (seen.isWithoutData && !known.isWithoutData)) return seen
  const counts = seen.isWithoutData === known.isWithoutData && seen.ms > known.ms
  return counts ? seen : known
}

/**
 * No connection is dead before two PINGPONGs in a row have shown the period. It is learned for each address.
 */
export function createDeadConnectionWatch(pulseMs: number): DeadConnectionWatch {
  const lookEveryMs = Math.max(shortestLookMs, Math.min(longestLookMs, pulseMs / 50))
  const periods = new Map<string, Period>()

  function watchOf(address: string): ConnectionWatch {
    let beatAt: number | undefined
    let aliveAt = 0
    let lookedAt: number | undefined
    let receivedBefore = 0
    /** The bytes of a PINGPONG are not data; the look after it sees them. */
    let isBeatNoticed = true
    let hasDataSince = false

    const hasLeapt = (now: number) =>
      lookedAt === undefined || now < lookedAt || now - lookedAt > mostLooksLeftOut * lookEveryMs

    return {
      beat(now) {
        const periodMs = beatAt === undefined ? 0 : now - beatAt
        if (periodMs > 0) {
          periods.set(address, longer(periods.get(address), { ms: periodMs, isWithoutData: !hasDataSince }))
        }
        beatAt = now
        isBeatNoticed = false
        hasDataSince = false
      },
      look(now, received) {
        if (hasLeapt(now)) {
          aliveAt = now
          // What came meanwhile does not show the period.
          beatAt = undefined
        }
        if (received !== receivedBefore) {
          aliveAt = now
          hasDataSince ||= isBeatNoticed
          isBeatNoticed = true
        }
        lookedAt = now
        receivedBefore = received
        const periodMs = periods.get(address)?.ms
        const quietMs = now - aliveAt
        if (periodMs === undefined || quietMs < Math.max(pulseMs, periodMs * timesThePeriod)) return undefined
        aliveAt = now
        return quietMs
      },
    }
  }

  return { lookEveryMs, of: watchOf }
}
