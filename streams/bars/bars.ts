// Trades → bars, by event time. Publishes only bars that hold every trade of their interval, and reports why
// any other was left out. A bar that a gap cut is published when its missing part has come.
import { asyncScheduler, Observable, type OperatorFunction, type SchedulerLike } from 'rxjs'
import { type OptionNames, refuseUnknown } from '../../market/basics/did-you-mean.ts'
import { type Clock, systemClock } from '../../market/clock.ts'
import type { Bar, Dropped, MarketEvent, Trade } from '../../market/events.ts'
import { createClosing } from './closing.ts'
import { createGaps } from './gaps.ts'
import { type BarInterval, bucketsOf, parseBarInterval } from './intervals.ts'
import { createPublishing, type ForgottenBar } from './publishing.ts'
import { BarStates, type ForgetReason } from './state.ts'
import { createEntry, type SkipReason } from './trades.ts'
import { createUptime } from './uptime.ts'

export type BarOptions = {
  /** The clock that stamps `receivedTime`: the system's by default, and `replay.clock` for a replay. */
  readonly clock?: Clock
  /**
   * Milliseconds that a bar waits for late trades when no later trade ends it. 2,000 by default: KIS's times
   * are whole seconds, by a clock that is not ours.
   */
  readonly graceMs?: number
  /** Timers by that clock; RxJS's asyncScheduler by default. */
  readonly scheduler?: SchedulerLike
  /** Called with every trade that entered no bar. */
  readonly onSkipped?: (trade: Trade, reason: SkipReason) => void
  /**
   * Called with the content of a bar that a gap cut, when the bar is over. It waits, and is published or
   * forgotten later.
   */
  readonly onCut?: (bar: ForgottenBar) => void
  /**
   * Called with the content of a bar that is not published; also of a published one, when a part of it turns
   * out to be missing for good. One of `disconnect` or `unsubscribed` may still be published, repaired.
   */
  readonly onForgotten?: (bar: ForgottenBar, reason: ForgetReason) => void
}

const optionNames = Object.keys({
  clock: true,
  graceMs: true,
  scheduler: true,
  onSkipped: true,
  onCut: true,
  onForgotten: true,
} satisfies OptionNames<BarOptions>)

/**
 * Bars of all instruments in the stream. Never errors; when the events complete, unfinished bars are
 * forgotten. `options` may be a whole replay, for its clock and its scheduler. Throws a TypeError on unknown
 * options, and a RangeError on a wrong interval or wait.
 */
export function toBars(interval: BarInterval, options: BarOptions = {}): OperatorFunction<MarketEvent | Dropped, Bar> {
  const parsed = parseBarInterval(interval)
  if ('problem' in parsed) throw new RangeError(parsed.problem)
  const { lengthMs } = parsed.value
  const buckets = bucketsOf(lengthMs)
  const { clock = systemClock, graceMs = 2_000, scheduler = asyncScheduler, onSkipped, onCut, onForgotten } = options
  if (!('events$' in options)) refuseUnknown(options, optionNames)
  if (!Number.isFinite(graceMs) || graceMs < 0) throw new RangeError(`graceMs ${graceMs}: expected milliseconds`)

  return events =>
    new Observable(subscriber => {
      const isOver = () => subscriber.closed
      const publishing = createPublishing(bar => subscriber.next(bar), onCut, onForgotten)
      const states = new BarStates(publishing.finish)
      const uptime = createUptime(lengthMs, states, publishing.forget)
      const closing = createClosing({ clock, scheduler, graceMs, states, release: publishing.release, isOver })
      const entry = createEntry({ graceMs, buckets, publishing, uptime, closing })
      const gaps = createGaps({
        clock,
        scheduler,
        graceMs,
        buckets,
        states,
        publishing,
        correct: entry.correct,
        isOver,
      })

      const subscription = events.subscribe({
        next: receive,
        error: error => subscriber.error(error),
        complete: () => {
          for (const state of states) publishing.finish(state)
          subscriber.complete()
        },
      })
      return () => {
        subscription.unsubscribe()
        closing.stop()
        gaps.stop()
      }

      function receive(event: MarketEvent | Dropped): void {
        if (event.type === 'trade') {
          const reason = entry.enter(states.of(event.instrument), event)
          if (reason !== undefined) onSkipped?.(event, reason)
        } else if (event.type === 'disconnect') {
          closing.closeDue()
          uptime.noteDisconnect(event.market)
        } else if (event.type === 'gap' || event.type === 'resync') {
          gaps.noteGap(states.of(event.instrument), event)
        } else if (event.type === 'backfill') {
          gaps.noteBackfill(states.of(event.instrument), event)
        } else if (event.type === 'gap-verdict') {
          gaps.noteVerdict(states.of(event.instrument), event)
        } else if (event.type === 'resume') {
          uptime.noteResume(event.market, event.receivedTime)
        } else if (event.type === 'subscription' && event.channel === 'trade' && event.instrument !== null) {
          uptime.noteStatus(states.of(event.instrument), event.status, event.receivedTime)
        } else if (event.type === 'dropped') {
          gaps.noteDropped(event)
        }
      }
    })
}
