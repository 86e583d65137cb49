// Trades → bars, by event time. Publishes only bars that hold every trade of their interval, and reports of
// everything else why it was left out. A bar that a gap cut is published once what was missing in it is
// there.
import { asyncScheduler, Observable, type OperatorFunction, type SchedulerLike, type Subscription, timer } from 'rxjs'
import { type Clock, systemClock } from '../../market/clock.ts'
import type {
  Backfill,
  Bar,
  Dropped,
  Gap,
  GapVerdict,
  MarketEvent,
  Resync,
  SubscriptionStatus,
  Trade,
} from '../../market/events.ts'
import { BoundedMap } from '../../market/basics/bounded-map.ts'
import { dayMs } from '../../market/basics/durations.ts'
import { refuseUnknown } from '../../market/basics/did-you-mean.ts'
import type { Instrument, Market } from '../../market/instrument.ts'
import { append, type BarTrade, figuresOf, insert } from './figures.ts'
import { type BarInterval, bucketsOf, earlyTradingMs, parseBarInterval } from './intervals.ts'
import { type ForgetReason, isBefore, type Line, type LineStatus, newLine, type OpenBar, openBar } from './state.ts'
import { type MissingRange, overlaps } from './cut.ts'

/** Why a trade entered no bar. `late`: the bar it belongs to was over, and is not kept any more. */
export type SkipReason = 'no-price' | 'no-volume' | 'no-event-time' | 'no-business-date' | 'late'

export type ForgottenBar = Pick<Bar, 'instrument' | 'startTime' | 'endTime' | 'volume' | 'tradeCount'>

export type BarOptions = {
  /** The clock that stamps `receivedTime`: a playback must bring its own. */
  readonly clock?: Clock
  /**
   * How long a bar waits for stragglers when no later trade ends it. 2 s: KIS tells whole seconds, by a clock
   * that is not ours.
   */
  readonly graceMs?: number
  readonly scheduler?: SchedulerLike
  /** Called with every trade that entered no bar. */
  readonly onSkipped?: (trade: Trade, reason: SkipReason) => void
  /**
   * Called with what entered a bar that a gap cut, when the bar is over. It waits: it is published or
   * forgotten later.
   */
  readonly onCut?: (bar: ForgottenBar) => void
  /**
   * Called with what entered a bar that is not published. A published one, too, of which it shows later that
   * a part is missing for good. One of `disconnect` or `unsubscribed` may still be published, repaired.
   */
  readonly onForgotten?: (bar: ForgottenBar, reason: ForgetReason) => void
}

/**
 * A bar's clock may run at another pace than the scheduler's (a playback, a laptop's sleep): look at it this
 * often.
 */
const lookEveryMs = 1_000
/**
 * When more than this lies between two looks, or less than nothing, the clock was set or the machine slept.
 */
const longestBetweenLooksMs = 10_000
/**
 * Broken input can name endlessly many instruments. Beyond this the one that was not used for longest goes,
 * as at the end.
 */
const mostInstruments = 4_096
/** As long as REST has the trades of a date. */
const longestWaitMs = dayMs

const optionNames: readonly string[] = [
  'clock',
  'graceMs',
  'scheduler',
  'onSkipped',
  'onCut',
  'onForgotten',
] satisfies (keyof BarOptions)[]

/**
 * Bars of all instruments in the stream. Never errors; when the events complete, unfinished bars are
 * forgotten. `options` may be a whole replay, for its clock and its scheduler. Throws a TypeError on unknown
 * options, and a RangeError on an interval or a wait that is none.
 */
export function toBars(interval: BarInterval, options: BarOptions = {}): OperatorFunction<MarketEvent | Dropped, Bar> {
  const parsed = parseBarInterval(interval)
  if ('problem' in parsed) throw new RangeError(parsed.problem)
  const { lengthMs } = parsed.value
  const { startOf, endOf } = bucketsOf(lengthMs)
  const { clock = systemClock, graceMs = 2_000, scheduler = asyncScheduler, onSkipped, onCut, onForgotten } = options
  if (!('events$' in options)) refuseUnknown(options, optionNames)
  if (!Number.isFinite(graceMs) || graceMs < 0) throw new RangeError(`graceMs ${graceMs}: expected milliseconds`)

  return events =>
    new Observable(subscriber => {
      const lines = new BoundedMap<Instrument, Line>(mostInstruments, line => {
        // A bar of an instrument that comes back could lack what was in the one that goes.
        forgottenUntil = Math.max(forgottenUntil, line.bar?.endTime ?? line.closedUntil)
        finish(line)
      })
      let forgottenUntil = -Infinity
      const upSince: Record<Market, number> = { KR: Infinity, US: Infinity }
      let nextDue = Infinity
      let lookedAt = clock.now()
      let nextLook: Subscription | undefined
      let nextExpiry: Subscription | undefined

      const subscription = events.subscribe({
        next: receive,
        error: error => subscriber.error(error),
        complete: () => {
          for (const line of lines) finish(line)
          subscriber.complete()
        },
      })
      return () => {
        subscription.unsubscribe()
        nextLook?.unsubscribe()
        nextExpiry?.unsubscribe()
      }

      function receive(event: MarketEvent | Dropped): void {
        if (event.type === 'trade') {
          const reason = enter(event)
          if (reason !== undefined) onSkipped?.(event, reason)
        } else if (event.type === 'disconnect') {
          closeDue()
          upSince[event.market] = Infinity
          for (const line of lines) if (line.market === event.market) interrupt(line, 'disconnect', 'unreported')
        } else if (event.type === 'gap' || event.type === 'resync') {
          noteGap(lineOf(event.instrument), event)
        } else if (event.type === 'backfill') {
          noteBackfill(lineOf(event.instrument), event)
        } else if (event.type === 'gap-verdict') {
          noteVerdict(lineOf(event.instrument), event)
        } else if (event.type === 'resume') {
          upSince[event.market] = event.receivedTime
        } else if (event.type === 'subscription' && event.channel === 'trade' && event.instrument !== null) {
          noteStatus(lineOf(event.instrument), event.status, event.receivedTime)
        } else if (event.type === 'dropped') {
          noteDropped(event)
        }
      }

      /** Undefined, or why not. */
      function enter(trade: Trade): SkipReason | undefined {
        const { price, volume, eventTime } = trade
        const line = lineOf(trade.instrument)
        line.interrupted = undefined // no gap came since: what was missing in it is unknown
        const startTime = eventTime === null ? Number.NaN : startOf(trade, eventTime, line.zone)
        const filled = line.cut.ranges.length > 0 && volume !== null ? fill(line, trade, volume, startTime) : undefined
        let reason: SkipReason | undefined
        if (price === null || volume === null || eventTime === null || Number.isNaN(startTime)) {
          spoil(line, trade, startTime, filled)
          reason =
            price === null
              ? 'no-price'
              : volume === null
                ? 'no-volume'
                : eventTime === null
                  ? 'no-event-time'
                  : 'no-business-date'
        } else {
          const entering = { price, volume, eventTime, cumulativeVolume: trade.cumulativeVolume }
          const { bar } = line
          if (startTime === bar?.startTime) {
            if (filled !== undefined || isBefore(entering, bar)) insert(bar, entering)
            else goOn(line, bar, entering, trade.receivedTime)
          } else if (filled !== undefined || startTime < line.closedUntil) {
            if (!correct(line, entering, startTime, filled)) reason = 'late'
          } else {
            begin(line, trade, entering, startTime, lagOf(trade.receivedTime - eventTime))
          }
        }
        if (filled !== undefined) publishComplete(line)
        return reason
      }

      function goOn(line: Line, bar: OpenBar, trade: BarTrade, receivedTime: number): void {
        append(bar, trade)
        bar.lagMs = Math.max(bar.lagMs, lagOf(receivedTime - trade.eventTime))
        passUndated(line, trade)
      }

      function noteUndated(line: Line, happenedBy: number, total: number | null): void {
        line.undatedUntil = Math.max(line.undatedUntil, happenedBy)
        line.undatedTotal = Math.max(line.undatedTotal, total ?? Number.NaN)
      }

      /** What happened before this trade belongs to no later bar. */
      function passUndated(line: Line, { cumulativeVolume }: BarTrade): void {
        if (line.undatedUntil === -Infinity || cumulativeVolume === null || !(cumulativeVolume > line.undatedTotal))
          return
        line.undatedUntil = -Infinity
        line.undatedTotal = -Infinity
      }

      function fill(line: Line, trade: Trade, volume: number, startTime: number): MissingRange | undefined {
        const { businessDate, cumulativeVolume } = trade
        return businessDate === null ? undefined : line.cut.fill({ businessDate, cumulativeVolume, volume, startTime })
      }

      function lagOf(latenessMs: number): number {
        return latenessMs > graceMs ? latenessMs : 0
      }

      function begin(line: Line, trade: Trade, entering: BarTrade, startTime: number, lagMs: number): void {
        const { bar: finished, cut } = line
        const endTime = endOf(startTime, trade, line.zone)
        const spoiled = spoiledReason(line, startTime)
        const resumed = cut.resume(startTime)
        if (resumed !== undefined) append(resumed, entering)
        const bar = resumed ?? openBar(figuresOf(startTime, endTime, entering))
        bar.flaw ??= spoiled
        if (resumed === undefined && bar.flaw === undefined) {
          bar.isCut = cut.isCut(startTime)
          if (bar.isCut ? !willHoldAll(line, startTime) : !hasAllSince(line, startTime, trade)) bar.flaw = 'joined-late'
        }
        bar.lagMs = lagMs
        passUndated(line, entering)
        line.bar = bar
        line.closedUntil = startTime
        line.provenFrom = Math.min(line.provenFrom, endTime)
        const due = dueOf(line.bar)
        if (due < nextDue) lookAt(due)
        // Last, because a subscriber to the bar may cause the next event.
        if (finished !== undefined) release(line, finished)
      }

      function spoiledReason(line: Line, startTime: number): ForgetReason | undefined {
        if (startTime < line.gapUntil) return 'gap'
        return startTime < line.unreadableUntil || startTime < line.undatedUntil ? 'unreadable' : undefined
      }

      /** A first trade that is all of the day's volume so far has nothing before it. */
      function hasAllSince(line: Line, startTime: number, trade: Trade): boolean {
        if (line.status === 'off' || startTime < line.brokenUntil) return false
        if (trade.cumulativeVolume === trade.volume || startTime >= line.provenFrom) return true
        const marketSince = line.status === 'unreported' ? upSince[line.market] : Infinity
        const lineSince = line.status === 'active' ? line.activeSince : marketSince
        return lineSince <= startTime - (lengthMs === null ? earlyTradingMs(line.instrument) : 0)
      }

      /** Whether everything before the first trade of a bar is in the gap that this trade revealed. */
      function willHoldAll(line: Line, startTime: number): boolean {
        const gap = line.cut.ranges.at(-1)
        return gap !== undefined && gap.firstStart < startTime && startTime >= line.brokenUntil && line.status !== 'off'
      }

      /** A trade of a bar that is over: false when the bar is not kept. */
      function correct(line: Line, trade: BarTrade, startTime: number, filled: MissingRange | undefined): boolean {
        const kept = line.cut.reopen(startTime)
        if (kept !== undefined) {
          insert(kept, trade)
          kept.isCut = true
        } else if (filled !== undefined && filled.firstStart < startTime && startTime < filled.lastStart) {
          // All trades of its time were missing.
          const dated = { businessDate: filled.businessDate }
          const bar = openBar(figuresOf(startTime, endOf(startTime, dated, line.zone), trade))
          bar.isCut = true
          line.cut.hold(bar)
        } else {
          return false
        }
        if (filled === undefined) publishComplete(line)
        return true
      }

      /**
       * A trade that enters no bar leaves its own incomplete: that of its time, or whichever it may belong
       * to.
       */
      function spoil(line: Line, trade: Trade, startTime: number, filled: MissingRange | undefined): void {
        const { bar } = line
        if (Number.isNaN(startTime)) {
          if (bar !== undefined) bar.flaw ??= 'unreadable'
          const happenedBy = bar?.lagMs === Infinity ? Infinity : trade.receivedTime + graceMs
          noteUndated(line, happenedBy, trade.cumulativeVolume)
          if (filled !== undefined) giveUp(line, filled, 'unreadable')
        } else if (startTime === bar?.startTime) {
          bar.flaw ??= 'unreadable'
        } else {
          for (const kept of line.cut.takeIn(startTime, startTime, 'all')) forget(line, kept, 'unreadable')
          if (startTime >= line.closedUntil) {
            line.unreadableUntil = Math.max(line.unreadableUntil, endOf(startTime, trade, line.zone))
          }
        }
      }

      /**
       * What is missing happened in some bucket from that of the trade before it to that of the trade that
       * revealed it.
       */
      function noteGap(line: Line, gap: Gap | Resync): void {
        const { bar, interrupted } = line
        line.interrupted = undefined
        const firstStart = gap.from === null ? -Infinity : startOf(gap, gap.from, line.zone)
        const lastStart = startOf(gap, gap.to ?? gap.receivedTime, line.zone)
        const isOpenIn = bar !== undefined && firstStart <= bar.startTime && bar.startTime <= lastStart
        const canBeFilled = gap.type === 'gap' && gap.to !== null && Number.isFinite(firstStart + lastStart)
        if (!canBeFilled) {
          if (isOpenIn) bar.flaw ??= 'gap'
          for (const waiting of line.cut.takeIn(firstStart, lastStart, 'waiting')) forget(line, waiting, 'gap')
          if (!Number.isNaN(lastStart)) line.gapUntil = Math.max(line.gapUntil, endOf(lastStart, gap, line.zone))
          return publishComplete(line)
        }
        if (interrupted !== undefined && interrupted.closeTime === gap.from && interrupted.flaw === undefined) {
          interrupted.isCut = true
          line.cut.hold(interrupted)
        }
        if (isOpenIn) bar.isCut = true
        const { businessDate, fromVolume, toVolume } = gap
        const range = { businessDate, fromVolume, toVolume, firstStart, lastStart, notedAt: clock.now() }
        const surplus = line.cut.add(range)
        if (surplus !== undefined) giveUp(line, surplus, 'unrepaired')
        nextExpiry ??= timer(longestWaitMs, scheduler).subscribe(expire)
      }

      function noteBackfill(line: Line, { businessDate, trades }: Backfill): void {
        for (const trade of trades) {
          const startTime = startOf({ businessDate }, trade.eventTime, line.zone)
          const filled = line.cut.fill({ businessDate, startTime, ...trade })
          if (filled === undefined || Number.isNaN(startTime)) continue
          if (startTime === line.bar?.startTime) insert(line.bar, trade)
          else correct(line, trade, startTime, filled)
        }
        publishComplete(line)
      }

      /**
       * What remains of the gap is explained, so no bar lacks it, or unknown, and then those that it reaches
       * into do for ever.
       */
      function noteVerdict(line: Line, { verdict, unknown, ...gap }: GapVerdict): void {
        for (const range of line.cut.settle(gap, gap)) {
          const isUnknown =
            verdict === 'unfillable' && (unknown.length === 0 || unknown.some(part => overlaps(part, range)))
          if (isUnknown) giveUp(line, range, 'gap')
        }
        publishComplete(line)
      }

      /** What a slow consumer missed may be anything: a trade of any instrument, a gap or its repair. */
      function noteDropped({ conflated, to }: Dropped): void {
        if (conflated?.type === 'order-book') return
        const affected = conflated === undefined ? [...lines] : [lineOf(conflated.instrument)]
        for (const line of affected) {
          line.interrupted = undefined
          if (line.bar !== undefined) line.bar.flaw ??= 'gap'
          noteUndated(line, to + graceMs, null)
          line.cut.ranges = []
          for (const waiting of line.cut.takeIn(-Infinity, Infinity, 'waiting')) forget(line, waiting, 'gap')
        }
      }

      /** What it reaches into is not completed any more. */
      function giveUp(line: Line, { firstStart, lastStart }: MissingRange, reason: ForgetReason): void {
        const { bar } = line
        if (bar !== undefined && firstStart <= bar.startTime && bar.startTime <= lastStart) bar.flaw ??= reason
        for (const over of line.cut.takeIn(firstStart, lastStart, 'all')) forget(line, over, reason)
      }

      function expire(): void {
        const before = clock.now() - longestWaitMs
        let next = Infinity
        for (const line of lines) {
          for (const range of line.cut.expire(before)) giveUp(line, range, 'unrepaired')
          publishComplete(line)
          for (const { notedAt } of line.cut.ranges) next = Math.min(next, notedAt)
        }
        nextExpiry =
          next === Infinity || subscriber.closed
            ? undefined
            : timer(Math.max(next - before, lookEveryMs), scheduler).subscribe(expire)
      }

      function noteStatus(line: Line, status: SubscriptionStatus, receivedTime: number): void {
        if (status === 'active') {
          if (line.status !== 'active') line.activeSince = receivedTime
          line.status = 'active'
        } else if (status === 'adopted') {
          line.status = 'asked'
        } else {
          interrupt(line, 'unsubscribed', status === 'requested' || status === 'refused' ? 'asked' : 'off')
        }
      }

      function interrupt(line: Line, reason: ForgetReason, status: LineStatus): void {
        line.status = status
        line.provenFrom = Infinity
        const { bar } = line
        if (bar === undefined) return
        line.bar = undefined
        line.interrupted = bar
        line.brokenUntil = bar.endTime
        forget(line, bar, reason)
      }

      function finish(line: Line): void {
        const { bar } = line
        line.bar = undefined
        if (bar !== undefined) forget(line, bar, 'completed')
        for (const waiting of line.cut.takeIn(-Infinity, Infinity, 'waiting')) {
          if (line.cut.isCut(waiting.startTime)) forget(line, waiting, 'gap')
          else publish(line, waiting)
        }
      }

      /** What becomes of a bar that is over. */
      function release(line: Line, bar: OpenBar): void {
        if (bar.flaw !== undefined) return forget(line, bar, bar.flaw)
        if (!bar.isCut) return publish(line, bar)
        line.cut.hold(bar)
        if (line.cut.isCut(bar.startTime)) onCut?.(summaryOf(line, bar))
        publishComplete(line)
      }

      /** Bars in which nothing is missing any more, in order. */
      function publishComplete(line: Line): void {
        for (let bar = nextOf(line); bar !== undefined; bar = nextOf(line)) publish(line, bar)
      }

      function nextOf(line: Line): OpenBar | undefined {
        for (;;) {
          const complete = line.cut.takeComplete()
          if (complete !== undefined) return complete
          const surplus = line.cut.takeSurplus()
          if (surplus === undefined) return undefined
          forget(line, surplus, 'unrepaired')
        }
      }

      function publish(line: Line, bar: OpenBar): void {
        const { startTime, endTime, open, high, low, close, volume, tradeCount, isCut } = bar
        const { instrument } = line
        const isNews = tradeCount > bar.publishedCount
        bar.publishedCount = tradeCount
        line.cut.remember(bar)
        if (line.bar === undefined) line.closedUntil = Math.max(line.closedUntil, endTime)
        if (!isNews) return
        const figures = { startTime, endTime, open, high, low, close, volume, tradeCount }
        subscriber.next({ type: 'bar', instrument, ...figures, ...(isCut ? { isRepaired: true } : {}) })
      }

      /** Reports what entered the bar, once. */
      function forget(line: Line, bar: OpenBar, reason: ForgetReason): void {
        if (bar.tradeCount === bar.forgottenCount) return
        const forgotten = summaryOf(line, bar)
        bar.forgottenVolume = bar.volume
        bar.forgottenCount = bar.tradeCount
        onForgotten?.(forgotten, reason)
      }

      function summaryOf({ instrument }: Line, bar: OpenBar): ForgottenBar {
        const { startTime, endTime } = bar
        const volume = bar.volume - bar.forgottenVolume
        return { instrument, startTime, endTime, volume, tradeCount: bar.tradeCount - bar.forgottenCount }
      }

      function dueOf(bar: OpenBar): number {
        return bar.endTime + graceMs + bar.lagMs
      }

      function closeDue(): void {
        const now = clock.now()
        const hasLeapt = now < lookedAt || now - lookedAt > longestBetweenLooksMs
        let earliest = Infinity
        nextDue = Infinity
        for (const line of lines) {
          const { bar } = line
          if (bar === undefined) continue
          if (hasLeapt) bar.lagMs = Infinity
          const due = dueOf(bar)
          if (due > now) {
            earliest = Math.min(earliest, due)
          } else {
            line.bar = undefined
            line.closedUntil = bar.endTime
            release(line, bar)
          }
        }
        if (earliest < nextDue) lookAt(earliest)
      }

      function lookAt(due: number): void {
        nextDue = due
        lookedAt = clock.now()
        nextLook?.unsubscribe()
        if (subscriber.closed) return
        nextLook = timer(Math.min(Math.max(due - lookedAt, 0), lookEveryMs), scheduler).subscribe(closeDue)
      }

      function lineOf(instrument: Instrument): Line {
        let line = lines.get(instrument)
        if (line === undefined) {
          line = newLine(instrument)
          line.brokenUntil = forgottenUntil
          lines.set(instrument, line)
        }
        return line
      }
    })
}
