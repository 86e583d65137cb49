// Time that is set instead of passing: a clock and a scheduler for streams of the past.
import { type SchedulerLike, VirtualAction, VirtualTimeScheduler } from 'rxjs'
import type { Clock } from '../market/clock.ts'

export type VirtualTime = {
  readonly clock: Clock
  /** For operators with timers, as `toBars`: they fire when the clock is set to their time. */
  readonly scheduler: SchedulerLike
  /** Runs everything that is due until then, in order, each at its own time. Never goes back. */
  advanceTo(time: number): void
}

export function createVirtualTime(start: number): VirtualTime {
  const scheduler = new VirtualTimeScheduler(VirtualAction, start)
  scheduler.frame = start
  return {
    clock: { now: () => scheduler.frame },
    scheduler,
    advanceTo(time) {
      if (!(time > scheduler.frame)) return
      if (scheduler.actions.length > 0) {
        scheduler.maxFrames = time
        scheduler.flush()
      }
      scheduler.frame = time
    },
  }
}
