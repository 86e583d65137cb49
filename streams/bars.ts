// Trades → bars, by event time. Publishes only bars that hold every trade of their interval, and says of everything else why
// it was left out.
import { asyncScheduler, Observable, type OperatorFunction, type SchedulerLike, type Subscription, timer } from 'rxjs'
import { type Clock, systemClock } from '../market/clock.ts'
import type { Bar, Gap, MarketEvent, Resync, SubscriptionStatus, Trade } from '../market/events.ts'
import { type Instrument, type Market, marketOf, partsOf, type Venue, zoneOf } from '../market/instrument.ts'
import { koreanMidnight } from '../market/korea-time.ts'
import { dayIn } from '../market/zone.ts'

/** `1s`, `5s`, `1m`, `15m`, `1h`: anything that divides a day into equal parts; and `1d`, the business date. */
export type BarInterval = `${number}${'s' | 'm' | 'h'}` | '1d'

/** Why a trade entered no bar. `late`: the bar it belongs to was over. */
export type SkipReason = 'no-price' | 'no-volume' | 'no-event-time' | 'no-business-date' | 'late'

/**
 * Why a bar was not published.
 * - `joined-late`: the line was not known to be up when it began
 * - `disconnect` · `unsubscribed`: the line, or the instrument's subscription, ended before it did
 * - `completed`: the stream ended before it did
 * - `gap`: volume of its time did not come in its turn, or nobody can tell whether it did. A gap that shows after a bar was
 *   published cannot take it back
 */
export type ForgetReason = 'joined-late' | 'disconnect' | 'unsubscribed' | 'completed' | 'gap'

export type ForgottenBar = Pick<Bar, 'instrument' | 'startTime' | 'endTime' | 'volume' | 'tradeCount'>

export type BarOptions = {
  /** The clock that stamps `receivedTime`: a playback must bring its own. */
  readonly clock?: Clock
  /** How long a bar waits for stragglers when no later trade ends it. 2 s: KIS tells whole seconds, by a clock that is not ours. */
  readonly graceMs?: number
  readonly scheduler?: SchedulerLike
  /** Told every trade that entered no bar. */
  readonly onSkipped?: (trade: Trade, reason: SkipReason) => void
  /** Told what entered a bar that was then not published. */
  readonly onForgotten?: (bar: ForgottenBar, reason: ForgetReason) => void
}

const dayMs = 86_400_000
const unitMs = { s: 1_000, m: 60_000, h: 3_600_000 } as const

/** A bar's clock may run at another pace than the scheduler's (a playback, a laptop's sleep): look at it this often. */
const lookEveryMs = 1_000
/** When more than this lies between two looks, or less than nothing, the clock was set or the machine slept. */
const longestBetweenLooksMs = 10_000

/** The interval that `text` names, its length null for `1d` (23 to 25 hours), or a sentence that says what is wrong with it. */
export function parseBarInterval(
  text: string,
): { interval: BarInterval; lengthMs: number | null } | { problem: string } {
  if (text === '1d') return { interval: text, lengthMs: null }
  const [, count, unit] = /^([1-9]\d{0,5})([smh])$/.exec(text) ?? []
  const lengthMs = Number(count) * unitMs[unit as keyof typeof unitMs] // NaN when there was no match
  if (lengthMs < dayMs && dayMs % lengthMs === 0) return { interval: text as BarInterval, lengthMs }
  const reason =
    lengthMs >= dayMs ? 'a day is written 1d' : lengthMs > 0 ? 'it does not divide a day' : 'it is no interval'
  return { problem: `'${text}': ${reason}; expected seconds, minutes or hours as in 1s, 30s, 1m, 15m, 1h, or 1d` }
}

/** A bar in the making. */
type OpenBar = {
  readonly startTime: number
  readonly endTime: number
  readonly open: number
  /** Undefined when everything since its start is in it. */
  flaw: 'joined-late' | 'gap' | undefined
  high: number
  low: number
  close: number
  volume: number
  tradeCount: number
  /**
   * Trades of a delayed feed come this long after they happened, and so does the end of their bar. 0 within the grace. Infinite
   * when the clock can no longer tell that it is over: then the next trade does.
   */
  lagMs: number
}

/** `unheard`: nobody spoke of its subscription, so it is as up as its market. `off`: what still comes are stragglers. */
type LineStatus = 'unheard' | 'off' | 'asked' | 'active'

/** What is known of one instrument. */
type Line = {
  readonly instrument: Instrument
  readonly market: Market
  readonly zone: string
  bar: OpenBar | undefined
  /** Buckets that start before this are over. */
  closedUntil: number
  /** Data came before this without an interruption since, so buckets that start here or later miss nothing. */
  provenFrom: number
  /** A bar was forgotten, so buckets that start before this miss what was in it. */
  brokenUntil: number
  /** Buckets that start before this miss what is missing. */
  gapUntil: number
  status: LineStatus
  activeSince: number
}

/** `startOf` is NaN when the trade has no date. */
type Buckets = {
  startOf(trade: Dated, eventTime: number, line: Line): number
  endOf(startTime: number, trade: Dated, line: Line): number
}

type Dated = Pick<Trade, 'businessDate'>

/** Bars of all instruments in the stream. Never errors; when the events complete, unfinished bars are forgotten. */
export function toBars(interval: BarInterval, options: BarOptions = {}): OperatorFunction<MarketEvent, Bar> {
  const parsed = parseBarInterval(interval)
  if ('problem' in parsed) throw new RangeError(parsed.problem)
  const { lengthMs } = parsed
  const { startOf, endOf } = lengthMs === null ? businessDates : equalParts(lengthMs)
  const { clock = systemClock, graceMs = 2_000, scheduler = asyncScheduler, onSkipped, onForgotten } = options

  return events =>
    new Observable(subscriber => {
      const lines = new Map<Instrument, Line>()
      const upSince: Record<Market, number> = { KR: Infinity, US: Infinity }
      let nextDue = Infinity
      let lookedAt = clock.now()
      let nextLook: Subscription | undefined

      const subscription = events.subscribe({
        next: receive,
        error: error => subscriber.error(error),
        complete: () => {
          for (const line of lines.values()) forget(line, 'completed')
          subscriber.complete()
        },
      })
      return () => {
        subscription.unsubscribe()
        nextLook?.unsubscribe()
      }

      function receive(event: MarketEvent): void {
        if (event.type === 'trade') {
          const reason = enter(event)
          if (reason !== undefined) onSkipped?.(event, reason)
        } else if (event.type === 'disconnect') {
          closeDue()
          upSince[event.market] = Infinity
          for (const line of lines.values()) if (line.market === event.market) interrupt(line, 'disconnect', 'unheard')
        } else if (event.type === 'gap' || event.type === 'resync') {
          noteGap(event)
        } else if (event.type === 'resume') {
          upSince[event.market] = event.receivedTime
        } else if (event.type === 'subscription' && event.channel === 'trade' && event.instrument !== null) {
          noteStatus(lineOf(event.instrument), event.status, event.receivedTime)
        }
      }

      /** Undefined, or why not. */
      function enter(trade: Trade): SkipReason | undefined {
        const { price, volume, eventTime } = trade
        if (price === null) return 'no-price'
        if (volume === null) return 'no-volume'
        if (eventTime === null) return 'no-event-time'
        const line = lineOf(trade.instrument)
        const startTime = startOf(trade, eventTime, line)
        if (Number.isNaN(startTime)) return 'no-business-date'
        const lateness = trade.receivedTime - eventTime
        const lagMs = lateness > graceMs ? lateness : 0
        const { bar } = line
        if (startTime < line.closedUntil) return 'late'
        if (bar === undefined || startTime > bar.startTime) begin(line, trade, price, volume, startTime, lagMs)
        else add(bar, price, volume, lagMs)
        return undefined
      }

      function begin(line: Line, trade: Trade, price: number, volume: number, startTime: number, lagMs: number): void {
        const { bar: finished } = line
        const endTime = endOf(startTime, trade, line)
        const flaw = startTime < line.gapUntil ? 'gap' : hasAllSince(line, startTime, trade) ? undefined : 'joined-late'
        const figures = { open: price, high: price, low: price, close: price, volume, tradeCount: 1 }
        line.bar = { startTime, endTime, ...figures, flaw, lagMs }
        line.closedUntil = startTime
        line.provenFrom = Math.min(line.provenFrom, endTime)
        const due = dueOf(line.bar)
        if (due < nextDue) lookAt(due)
        // Last, because whoever receives the bar may cause the next event.
        if (finished !== undefined) release(line, finished)
      }

      /** A first trade that is all of the day's volume so far has nothing before it. */
      function hasAllSince(line: Line, startTime: number, trade: Trade): boolean {
        if (line.status === 'off' || startTime < line.brokenUntil) return false
        if (trade.cumulativeVolume === trade.volume || startTime >= line.provenFrom) return true
        const marketSince = line.status === 'unheard' ? upSince[line.market] : Infinity
        const lineSince = line.status === 'active' ? line.activeSince : marketSince
        return lineSince <= startTime - (lengthMs === null ? earlyTradingMs(line.instrument) : 0)
      }

      /** What is missing happened in some bucket from that of the trade before it to that of the trade that revealed it. */
      function noteGap(gap: Gap | Resync): void {
        const line = lineOf(gap.instrument)
        const { bar } = line
        const first = gap.from === null ? -Infinity : startOf(gap, gap.from, line)
        const last = startOf(gap, gap.to ?? gap.receivedTime, line)
        if (bar !== undefined && first <= bar.startTime && bar.startTime <= last) bar.flaw ??= 'gap'
        if (!Number.isNaN(last)) line.gapUntil = Math.max(line.gapUntil, endOf(last, gap, line))
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
        forget(line, reason)
      }

      function forget(line: Line, reason: ForgetReason): void {
        const { bar } = line
        if (bar === undefined) return
        line.bar = undefined
        line.brokenUntil = bar.endTime
        tellForgotten(line, bar, reason)
      }

      /** What becomes of a bar that is over. */
      function release(line: Line, bar: OpenBar): void {
        if (bar.flaw !== undefined) return tellForgotten(line, bar, bar.flaw)
        const { startTime, endTime, open, high, low, close, volume, tradeCount } = bar
        const { instrument } = line
        subscriber.next({ type: 'bar', instrument, startTime, endTime, open, high, low, close, volume, tradeCount })
      }

      function tellForgotten({ instrument }: Line, bar: OpenBar, reason: ForgetReason): void {
        const { startTime, endTime, volume, tradeCount } = bar
        onForgotten?.({ instrument, startTime, endTime, volume, tradeCount }, reason)
      }

      function dueOf(bar: OpenBar): number {
        return bar.endTime + graceMs + bar.lagMs
      }

      function closeDue(): void {
        const now = clock.now()
        const hasLeapt = now < lookedAt || now - lookedAt > longestBetweenLooksMs
        let earliest = Infinity
        nextDue = Infinity
        for (const line of lines.values()) {
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
          line = {
            instrument,
            market: marketOf(instrument),
            zone: zoneOf(instrument),
            bar: undefined,
            closedUntil: -Infinity,
            provenFrom: Infinity,
            brokenUntil: -Infinity,
            gapUntil: -Infinity,
            status: 'unheard',
            activeSince: Infinity,
          }
          lines.set(instrument, line)
        }
        return line
      }
    })
}

function add(bar: OpenBar, price: number, volume: number, lagMs: number): void {
  if (price > bar.high) bar.high = price
  if (price < bar.low) bar.low = price
  bar.close = price
  bar.volume += volume
  bar.tradeCount++
  if (lagMs > bar.lagMs) bar.lagMs = lagMs
}

/** Intraday bars of every venue are aligned to Korean midnight, as their event times are Korean. */
function equalParts(lengthMs: number): Buckets {
  return {
    startOf(_trade, eventTime) {
      const midnight = koreanMidnight(eventTime)
      return midnight + Math.floor((eventTime - midnight) / lengthMs) * lengthMs
    },
    endOf: startTime => startTime + lengthMs,
  }
}

const businessDates: Buckets = {
  startOf: (trade, _eventTime, line) => dayOf(trade, line)?.startTime ?? Number.NaN,
  endOf: (_startTime, trade, line) => dayOf(trade, line)?.endTime ?? Number.NaN,
}

function dayOf({ businessDate }: Dated, { zone }: Line) {
  return businessDate === null ? undefined : dayIn(zone, businessDate)
}

/** The US day market trades a business date from 10:00 KST on: the evening before it, up to four hours before its midnight. */
const dayMarkets: ReadonlySet<Venue> = new Set(['BAQ', 'BAY', 'BAA'])

function earlyTradingMs(instrument: Instrument): number {
  return dayMarkets.has(partsOf(instrument).venue) ? 4 * unitMs.h : 0
}
