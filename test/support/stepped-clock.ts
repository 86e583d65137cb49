// The feed's own clock, which a test sets while timers go on: what an administrator, a wrong time server and
// a laptop's lid do. The simulator keeps the right time.
import type { Clock } from '../../market/clock.ts'

export type SteppedClock = Clock & { step(ms: number): void }

export function steppedClock(right: Clock): SteppedClock {
  let offset = 0
  return {
    now: () => right.now() + offset,
    step(ms) {
      offset += ms
    },
  }
}
