// The waits of a chaos story: the real ones, fifty times shorter, so that ten minutes are twelve seconds. It
// changes no rule: what the machines do with the waits is what they do with the real ones.
import { defaultTiming, type Timing } from '../../../machines/timing.ts'

/** Ten minutes of the real world last 12 s. */
export const scale = 50

function scaled(ms: number): number {
  return ms / scale
}

export const chaosTiming: Timing = {
  ...defaultTiming,
  graceMs: scaled(defaultTiming.graceMs),
  heartbeatMs: scaled(defaultTiming.heartbeatMs),
  stableMs: scaled(defaultTiming.stableMs),
  longestBackoffMs: scaled(defaultTiming.longestBackoffMs),
  occupiedMs: scaled(defaultTiming.occupiedMs),
  longestOccupiedMs: scaled(defaultTiming.longestOccupiedMs),
  lingerMs: scaled(defaultTiming.lingerMs),
  refusedMs: scaled(defaultTiming.refusedMs),
  longestRefusedMs: scaled(defaultTiming.longestRefusedMs),
  pacingMs: scaled(defaultTiming.pacingMs),
  connectWindowMs: scaled(defaultTiming.connectWindowMs),
  requestWindowMs: scaled(defaultTiming.requestWindowMs),
  adoptionMs: scaled(defaultTiming.adoptionMs),
  quietMs: scaled(defaultTiming.quietMs),
  silenceMs: scaled(defaultTiming.silenceMs),
  pulseMs: scaled(defaultTiming.pulseMs),
  // These wait for loopback and for this machine, which do not get faster: a process that plays a dozen
  // stories at once may come to a socket's turn a fifth of a second late.
  openTimeoutMs: 1_000,
  ackTimeoutMs: 400,
  closeTimeoutMs: 150,
  handOverTimeoutMs: 600,
}

/** KIS's heartbeat, about every 110 s, and how long it waits for the echo (protocol notes 3.6). */
export const serverHeartbeat = { pingIntervalMs: scaled(110_000), pingTimeoutMs: scaled(100_000) }
