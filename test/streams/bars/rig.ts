// Bars under fake timers: tells a story at given Korean times, and keeps everything that came of it.
import { Subject, type Subscription } from 'rxjs'
import { vi } from 'vitest'
import type { Bar, Dropped, MarketEvent, SubscriptionStatus, Trade } from '../../../market/events.ts'
import type { Instrument, Market } from '../../../market/instrument.ts'
import type { BarInterval } from '../../../streams/bars/intervals.ts'
import type { ForgetReason } from '../../../streams/bars/state.ts'
import { type BarOptions, toBars } from '../../../streams/bars/bars.ts'
import type { ForgottenBar } from '../../../streams/bars/publishing.ts'
import type { SkipReason } from '../../../streams/bars/trades.ts'
import { at, samsung, trade } from '../samples.ts'

export function barRig(interval: BarInterval, options: BarOptions = {}) {
  const events = new Subject<MarketEvent | Dropped>()
  const bars: Bar[] = []
  const skipped: { trade: Trade; reason: SkipReason }[] = []
  const forgotten: { bar: ForgottenBar; reason: ForgetReason }[] = []
  const cut: ForgottenBar[] = []
  let isComplete = false

  const subscription: Subscription = events
    .pipe(
      toBars(interval, {
        onSkipped: (skippedTrade, reason) => skipped.push({ trade: skippedTrade, reason }),
        onCut: bar => cut.push(bar),
        onForgotten: (bar, reason) => forgotten.push({ bar, reason }),
        ...options,
      }),
    )
    .subscribe({ next: bar => bars.push(bar), complete: () => (isComplete = true) })

  return {
    events,
    bars,
    skipped,
    forgotten,
    subscription,
    get isComplete() {
      return isComplete
    },
    /** `['10:00', 12]`: start and volume of each bar, which is enough to know it by. */
    get published(): [string, number][] {
      return bars.map(bar => [timeOf(bar.startTime), bar.volume])
    },
    /** Those that came repaired, like `published`. */
    get repaired(): [string, number][] {
      return bars.filter(({ isRepaired }) => isRepaired).map(bar => [timeOf(bar.startTime), bar.volume])
    },
    /** What waits, or waited, for what a gap took out of it. */
    get waiting(): [string, number][] {
      return cut.map(bar => [timeOf(bar.startTime), bar.volume])
    },
    get lost(): [string, number, ForgetReason][] {
      return forgotten.map(({ bar, reason }) => [timeOf(bar.startTime), bar.volume, reason])
    },
    advanceTo(time: string | number): void {
      const instant = typeof time === 'string' ? at(time) : time // a time of the story's day, or any instant
      if (instant > Date.now()) vi.advanceTimersByTime(instant - Date.now())
    },
    /** A trade that happens and arrives at `time`, unless changed. */
    trades(time: string, volume: number, changes: Partial<Trade> = {}): void {
      this.advanceTo(time)
      events.next(trade({ volume, eventTime: at(time), ...changes }))
    },
    resumes(time: string, market: Market = 'KR'): void {
      this.advanceTo(time)
      events.next({ type: 'resume', line: '1', market, outageMs: 0, receivedTime: at(time) })
    },
    disconnects(time: string, market: Market = 'KR'): void {
      this.advanceTo(time)
      events.next({ type: 'disconnect', line: '1', market, reason: 'cut', receivedTime: at(time) })
    },
    becomes(
      status: SubscriptionStatus,
      time: string,
      instrument: Instrument | null = samsung,
      channel = 'trade',
    ): void {
      this.advanceTo(time)
      events.next({ type: 'subscription', line: '1', instrument, channel, status, receivedTime: at(time) })
    },
  }
}

export function timeOf(instant: number): string {
  return new Date(instant + 9 * 3_600_000).toISOString().slice(11, 19)
}

/** A rig whose line is known to be up since 09:59. */
export function upRig(...[interval = '1m', options]: Partial<Parameters<typeof barRig>>) {
  const rig = barRig(interval, options)
  rig.resumes('09:59:00')
  rig.resumes('09:59:00', 'US')
  return rig
}
