// Ends bars by the clock, when no later trade does.
import { type SchedulerLike, type Subscription, timer } from 'rxjs'
import type { Clock } from '../../market/clock.ts'
import type { BarState, BarStates, OpenBar } from './state.ts'

/**
 * A bar's clock may run at another pace than the scheduler's (a playback, a laptop's sleep), so it is read
 * this often.
 */
export const lookEveryMs = 1_000
/**
 * When the time between two looks is longer than this, or negative, the clock was set or the machine slept.
 */
const longestBetweenLooksMs = 10_000

export type Closing = {
  /** The bar has begun. */
  watch(bar: OpenBar): void
  /** Ends the bars whose time is over now. */
  closeDue(): void
  stop(): void
}

export type ClosingParts = {
  readonly clock: Clock
  readonly scheduler: SchedulerLike
  readonly graceMs: number
  readonly states: BarStates
  readonly release: (state: BarState, bar: OpenBar) => void
  /** Whether the subscriber to the bars is gone. */
  readonly isOver: () => boolean
}

export function createClosing({ clock, scheduler, graceMs, states, release, isOver }: ClosingParts): Closing {
  let nextDue = Infinity
  let lookedAt = clock.now()
  let nextLook: Subscription | undefined

  return {
    watch(bar) {
      const due = dueOf(bar)
      if (due < nextDue) lookAt(due)
    },
    closeDue,
    stop: () => nextLook?.unsubscribe(),
  }

  function dueOf(bar: OpenBar): number {
    return bar.endTime + graceMs + bar.lagMs
  }

  function closeDue(): void {
    const now = clock.now()
    const hasLeapt = now < lookedAt || now - lookedAt > longestBetweenLooksMs
    let earliest = Infinity
    nextDue = Infinity
    for (const state of states) {
      const { bar } = state
      if (bar === undefined) continue
      if (hasLeapt) bar.lagMs = Infinity
      const due = dueOf(bar)
      if (due > now) {
        earliest = Math.min(earliest, due)
      } else {
        state.bar = undefined
        state.closedUntil = bar.endTime
        release(state, bar)
      }
    }
    if (earliest < nextDue) lookAt(earliest)
  }

  function lookAt(due: number): void {
    nextDue = due
    lookedAt = clock.now()
    nextLook?.unsubscribe()
    if (isOver()) return
    nextLook = timer(Math.min(Math.max(due - lookedAt, 0), lookEveryMs), scheduler).subscribe(closeDue)
  }
}
