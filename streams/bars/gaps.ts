// Gaps and their repairs: which bars lack volume, and what becomes of them.
import { type SchedulerLike, type Subscription, timer } from 'rxjs'
import { dayMs } from '../../market/basics/durations.ts'
import type { Clock } from '../../market/clock.ts'
import type { Backfill, Dropped, Gap, GapVerdict, Resync } from '../../market/events.ts'
import { lookEveryMs } from './closing.ts'
import { type MissingRange, overlaps } from './cut.ts'
import { type BarTrade, insert } from './figures.ts'
import type { Buckets } from './intervals.ts'
import type { Publishing } from './publishing.ts'
import { type BarState, type BarStates, noteUndated } from './state.ts'

/** REST has the trades of a date for this long. */
const longestWaitMs = dayMs

export type Gaps = {
  noteGap(state: BarState, gap: Gap | Resync): void
  noteBackfill(state: BarState, backfill: Backfill): void
  noteVerdict(state: BarState, verdict: GapVerdict): void
  noteDropped(dropped: Dropped): void
  stop(): void
}

export type GapParts = {
  readonly clock: Clock
  readonly scheduler: SchedulerLike
  readonly graceMs: number
  readonly buckets: Buckets
  readonly states: BarStates
  readonly publishing: Publishing
  /** Takes a trade of an ended bar. */
  readonly correct: (state: BarState, trade: BarTrade, startTime: number, filled: MissingRange) => void
  /** Whether the subscriber to the bars is gone. */
  readonly isOver: () => boolean
}

export function createGaps(parts: GapParts): Gaps {
  const { clock, scheduler, graceMs, buckets, states, publishing, correct, isOver } = parts
  const { startOf, endOf } = buckets
  const { publishComplete, forget, giveUp } = publishing
  let nextExpiry: Subscription | undefined

  return { noteGap, noteBackfill, noteVerdict, noteDropped, stop: () => nextExpiry?.unsubscribe() }

  /**
   * The missing volume was traded in some bucket from that of the trade before it to that of the trade that
   * revealed it.
   */
  function noteGap(state: BarState, gap: Gap | Resync): void {
    const { bar, interrupted } = state
    state.interrupted = undefined
    const firstStart = gap.from === null ? -Infinity : startOf(gap, gap.from, state.zone)
    const lastStart = startOf(gap, gap.to ?? gap.receivedTime, state.zone)
    const isOpenIn = bar !== undefined && firstStart <= bar.startTime && bar.startTime <= lastStart
    const canBeFilled = gap.type === 'gap' && gap.to !== null && Number.isFinite(firstStart + lastStart)
    if (!canBeFilled) {
      if (isOpenIn) bar.flaw ??= 'gap'
      for (const waiting of state.cut.takeIn(firstStart, lastStart, 'waiting')) forget(state, waiting, 'gap')
      if (!Number.isNaN(lastStart)) state.gapUntil = Math.max(state.gapUntil, endOf(lastStart, gap, state.zone))
      return publishComplete(state)
    }
    if (interrupted !== undefined && interrupted.closeTime === gap.from && interrupted.flaw === undefined) {
      interrupted.isCut = true
      state.cut.hold(interrupted)
    }
    if (isOpenIn) bar.isCut = true
    const { businessDate, fromVolume, toVolume } = gap
    const range = { businessDate, fromVolume, toVolume, firstStart, lastStart, notedAt: clock.now() }
    const surplus = state.cut.add(range)
    if (surplus !== undefined) giveUp(state, surplus, 'unrepaired')
    nextExpiry ??= timer(longestWaitMs, scheduler).subscribe(expire)
  }

  function noteBackfill(state: BarState, { businessDate, trades }: Backfill): void {
    for (const trade of trades) {
      const startTime = startOf({ businessDate }, trade.eventTime, state.zone)
      const filled = state.cut.fill({ businessDate, startTime, ...trade })
      if (filled === undefined || Number.isNaN(startTime)) continue
      if (startTime === state.bar?.startTime) insert(state.bar, trade)
      else correct(state, trade, startTime, filled)
    }
    publishComplete(state)
  }

  /**
   * The rest of the gap is explained, so no bar lacks it, or unknown, so the bars that it reaches into always
   * will.
   */
  function noteVerdict(state: BarState, { verdict, unknown, ...gap }: GapVerdict): void {
    for (const range of state.cut.settle(gap, gap)) {
      const isUnknown =
        verdict === 'unfillable' && (unknown.length === 0 || unknown.some(part => overlaps(part, range)))
      if (isUnknown) giveUp(state, range, 'gap')
    }
    publishComplete(state)
  }

  /** A slow consumer may have missed any event: a trade of any instrument, a gap or its repair. */
  function noteDropped({ conflated, to }: Dropped): void {
    if (conflated?.type === 'order-book') return
    const affected = conflated === undefined ? [...states] : [states.of(conflated.instrument)]
    for (const state of affected) {
      state.interrupted = undefined
      if (state.bar !== undefined) state.bar.flaw ??= 'gap'
      noteUndated(state, to + graceMs, null)
      state.cut.ranges = []
      for (const waiting of state.cut.takeIn(-Infinity, Infinity, 'waiting')) forget(state, waiting, 'gap')
    }
  }

  function expire(): void {
    const before = clock.now() - longestWaitMs
    let next = Infinity
    for (const state of states) {
      for (const range of state.cut.expire(before)) giveUp(state, range, 'unrepaired')
      publishComplete(state)
      for (const { notedAt } of state.cut.ranges) next = Math.min(next, notedAt)
    }
    nextExpiry =
      next === Infinity || isOver()
        ? undefined
        : timer(Math.max(next - before, lookEveryMs), scheduler).subscribe(expire)
  }
}
