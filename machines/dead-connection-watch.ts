// A dead line says nothing, at any hour. KIS sends PINGPONG when nothing else comes, so a line that has brought
// nothing at all for longer than KIS waits with that is dead (protocol notes 8): at night, too, when no silence
// of the data says so. How long KIS waits is learned: 110 s are reported, elsewhere 10 to 14 s, and none at all
// while data flows.
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

/** Of the longest time between two PINGPONGs so far: 150 s are four thirds of 110 s. */
const timesThePeriod = 4 / 3
const longestLookMs = 1_000
const shortestLookMs = 5
/** When more looks than this were left out, or the time is earlier than before, the clock was set or the machine slept. */
const mostLooksLeftOut = 10

/**
 * The longest time between two PINGPONGs. Where one came behind another with nothing between, those count alone:
 * a server that sends none while data flows has a day between two, which is not how long it keeps silent.
 */
type Period = { readonly ms: number; readonly isOfSilence: boolean }

function longer(known: Period | undefined, seen: Period): Period {
  if (known === undefined || (seen.isOfSilence && !known.isOfSilence)) return seen
  const counts = seen.isOfSilence === known.isOfSilence && seen.ms > known.ms
  return counts ? seen : known
}

/**
 * Nobody is called dead for being silent before two PINGPONGs in a row have shown that the server sends them, and how often. That is known
 * of the address from then on, and of no other.
 */
export function createPulses(pulseMs: number): Pulses {
  const lookEveryMs = Math.max(shortestLookMs, Math.min(longestLookMs, pulseMs / 50))
  const periods = new Map<string, Period>()

  function pulseOf(address: string): Pulse {
    let beatAt: number | undefined
    let aliveAt = 0
    let lookedAt: number | undefined
    let receivedBefore = 0
    /** The bytes of the last PINGPONG are not data; they are noticed at the look behind it. */
    let isBeatNoticed = true
    let hasDataSince = false

    const hasLeapt = (now: number) =>
      lookedAt === undefined || now < lookedAt || now - lookedAt > mostLooksLeftOut * lookEveryMs

    return {
      beat(now) {
        const periodMs = beatAt === undefined ? 0 : now - beatAt
        if (periodMs > 0) {
          periods.set(address, longer(periods.get(address), { ms: periodMs, isOfSilence: !hasDataSince }))
        }
        beatAt = now
        isBeatNoticed = false
        hasDataSince = false
      },
      look(now, received) {
        if (hasLeapt(now)) {
          aliveAt = now
          // Whatever came or did not come meanwhile, it tells nothing of the period.
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

  return { lookEveryMs, of: pulseOf }
}
