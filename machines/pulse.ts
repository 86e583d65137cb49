// A line on which nobody is home says nothing, at any hour. KIS sends PINGPONG about every 110 s whether anything trades or not, so a line
// that has brought nothing at all for longer is dead (protocol notes 8): at night, too, when no silence of the data says so. PINGPONG is
// no life of the data; that it stays away is the death of the line.
export type Pulse = {
  /** A PINGPONG of the server came. */
  beat(now: number): void
  /** For how long nothing came, as soon as that is too long. `received`: all bytes of the connection so far. */
  look(now: number, received: number): number | undefined
}

export type Pulses = {
  /** How often to look. */
  readonly lookEveryMs: number
  /** For one connection to that address. */
  of(address: string): Pulse
}

/** Of the longest time between two PINGPONGs so far. KIS's period is reported, not promised: 150 s are four thirds of 110 s. */
const timesThePeriod = 4 / 3
const longestLookMs = 1_000
const shortestLookMs = 5
/** When more looks than this were left out, or the time is earlier than before, the clock was set or the machine slept. */
const mostLooksLeftOut = 10

/**
 * Nobody is called dead for being silent before two PINGPONGs in a row have shown that the server sends them, and how often. That is known
 * of the address from then on, and of no other.
 */
export function createPulses(pulseMs: number): Pulses {
  const lookEveryMs = Math.max(shortestLookMs, Math.min(longestLookMs, pulseMs / 50))
  const periods = new Map<string, number>()

  function pulseOf(address: string): Pulse {
    let beatAt: number | undefined
    let aliveAt = 0
    let lookedAt: number | undefined
    let receivedBefore = 0

    const hasLeapt = (now: number) =>
      lookedAt === undefined || now < lookedAt || now - lookedAt > mostLooksLeftOut * lookEveryMs

    return {
      beat(now) {
        const periodMs = beatAt === undefined ? 0 : now - beatAt
        if (periodMs > 0) periods.set(address, Math.max(periodMs, periods.get(address) ?? 0))
        beatAt = now
      },
      look(now, received) {
        if (hasLeapt(now)) {
          aliveAt = now
          // Whatever came or did not come meanwhile, it tells nothing of the period.
          beatAt = undefined
        }
        if (received !== receivedBefore) aliveAt = now
        lookedAt = now
        receivedBefore = received
        const periodMs = periods.get(address)
        const quietMs = now - aliveAt
        if (periodMs === undefined || quietMs < Math.max(pulseMs, periodMs * timesThePeriod)) return undefined
        aliveAt = now
        return quietMs
      },
    }
  }

  return { lookEveryMs, of: pulseOf }
}
