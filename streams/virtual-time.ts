// Time that is set instead of passing: a clock and a scheduler for streams that live in the past.
import { type SchedulerLike, VirtualAction, VirtualTimeScheduler } from 'rxjs'
import type { Clock } from '../market/clock.ts'

export type VirtualTime = {
  readonly clock: Clock
  /** Give it to what waits, as `toBars` does: its timers go off when the clock is set to that time. */
  readonly scheduler: SchedulerLike
  /** Lets everything happen that was due until then, in its order, each at its own time. Never goes back. */
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
