// Follows each instrument's cumulative volume, the sequence number that KIS does not send. A repeated trade
// is dropped; missing volume is reported before the trade that shows it. Never throws.
import { ignoreElements, Observable, type OperatorFunction, tap } from 'rxjs'
import type { MarketEvent, ResyncReason, SubscriptionChange, Trade } from '../../market/events.ts'
import { type Market, marketOf } from '../../market/instrument.ts'
import { type ContinuityMemory, createContinuityMemory, stateOf } from './memory.ts'
import { takeFromRange } from './missing-ranges.ts'
import { beginsAnew, type CountedTrade, isCounted, isLater, isRestated, isSameDate } from './rules.ts'
import { movesNothing, valueBefore, volumeBefore } from './rules.ts'
import { Count, type InstrumentState } from './state.ts'

export type ContinuityOptions = {
  /** The state of earlier trades, kept up to date. Empty by default. */
  readonly memory?: ContinuityMemory
  /** Called with each dropped repeat. */
  readonly onDuplicate?: (trade: Trade) => void
  /** Called once, when the first instrument is forgotten because there are too many. */
  readonly onForgotten?: (most: number) => void
}

type Emit = { readonly emit: (event: MarketEvent) => void }

const mostStill = 64

/**
 * Passes on everything but repeats, in order; adds `gap`, `gap-filled` and `resync` before the trades that
 * reveal them. `next` emits 0 to 3 events, after all of its state is written: a subscriber may call it again.
 */
export function createContinuity(options: ContinuityOptions & Emit): { next(event: MarketEvent): void } {
  const { emit, memory = createContinuityMemory(), onDuplicate, onForgotten } = options

  function next(event: MarketEvent): void {
    if (event.type === 'trade') return take(event)
    if (event.type === 'disconnect') noteDisconnect(event.market)
    else if (event.type === 'subscription') noteStatus(event)
    emit(event)
  }

  function take(trade: Trade): void {
    const state = stateOf(memory, trade.instrument, onForgotten)
    memory.changes++
    const { count } = state
    if (!isCounted(trade)) {
      state.unplaced += trade.volume ?? Number.NaN
      emit(trade)
    } else if (count === undefined || !isSameDate(trade, count)) {
      placeByDate(state, trade)
    } else if (volumeBefore(trade) === count.volume && trade.volume > 0) {
      goOn(state, count, trade) // nearly every trade
    } else {
      place(state, count, trade)
    }
  }

  /** A late trade of the date before this one, or the first trade of a date. */
  function placeByDate(state: InstrumentState, trade: CountedTrade): void {
    const { other } = state
    if (other !== undefined && isSameDate(trade, other)) return place(state, other, trade)
    state.makeCurrent(Count.begin(trade))
    emit(trade)
  }

  /** A trade that does not simply follow. In the order of certainty. */
  function place(state: InstrumentState, count: Count, trade: CountedTrade): void {
    if (movesNothing(trade, count)) return passStill(state, count, trade)
    const before = volumeBefore(trade)
    if (before === count.volume) return goOn(state, count, trade)
    if (before === count.volume + state.unplaced) {
      count.forgetUpTo(before) // they were delivered, without being known by their totals
      return goOn(state, count, trade)
    }
    if (count.wasDelivered(trade)) return onDuplicate?.(trade)
    const other = alternativeTo(count, state)
    if (other !== undefined && before === other.volume) {
      state.makeCurrent(other)
      return goOn(state, other, trade)
    }
    if (other?.wasDelivered(trade)) return onDuplicate?.(trade)
    if (before > count.volume) return jump(state, count, trade)
    for (const one of other === undefined ? [count] : [count, other]) {
      if (fill(one, trade)) return
      if (one.mustHaveBeenDelivered(trade)) return onDuplicate?.(trade)
    }
    const reason = beginsAnew(trade) ? 'count-restarted' : 'total-lowered'
    startAgain(state, count, trade, state.unplaced !== 0 ? 'unreadable' : reason)
  }

  function goOn(state: InstrumentState, count: Count, trade: CountedTrade): void {
    state.follow(count, trade)
    emit(trade)
  }

  /** The total grew by more than this trade. */
  function jump(state: InstrumentState, count: Count, trade: CountedTrade): void {
    const { interruption, unplaced } = state
    if (isRestated(trade, count, interruption !== undefined)) return startAgain(state, count, trade, 'total-restated')
    const missingValue = differenceOf(valueBefore(trade), count.value)
    const { fromVolume, toVolume, from, to } = count.skipTo(trade, unplaced === 0)
    state.follow(count, trade)
    if (unplaced === 0) {
      const { instrument, businessDate, receivedTime } = trade
      const missing = { missingVolume: toVolume - fromVolume, missingValue, fromVolume, toVolume, from, to }
      emit({ type: 'gap', instrument, cause: interruption ?? 'lost', businessDate, ...missing, receivedTime })
    } else {
      emitResync(trade, 'unreadable', from)
    }
    emit(trade)
  }

  /** Whether the trade is late, and was missing until now. */
  function fill(count: Count, trade: CountedTrade): boolean {
    const { instrument, businessDate, volume, receivedTime } = trade
    const span = { fromVolume: volumeBefore(trade), toVolume: trade.cumulativeVolume }
    const range = takeFromRange(count.missing, span, trade.eventTime)
    if (range === undefined) return false
    count.noteDelivered(trade)
    if (range.isGap) emit({ type: 'gap-filled', instrument, businessDate, filledVolume: volume, ...span, receivedTime })
    emit(trade)
    return true
  }

  /** This trade begins another total; the one before it is kept, in case it comes back. */
  function startAgain(state: InstrumentState, count: Count, trade: CountedTrade, reason: ResyncReason): void {
    state.makeCurrent(Count.begin(trade, count.eventTime))
    emitResync(trade, reason, count.eventTime)
    emit(trade)
  }

  function emitResync(trade: CountedTrade, reason: ResyncReason, from: number | null): void {
    const { instrument, businessDate, eventTime: to, receivedTime } = trade
    emit({ type: 'resync', instrument, reason, businessDate, from, to, receivedTime })
  }

  function passStill({ still }: InstrumentState, count: Count, trade: CountedTrade): void {
    const name = `${trade.cumulativeVolume} ${trade.price} ${trade.eventTime}`
    const isOld = trade.cumulativeVolume < count.volume && !isLater(trade, count)
    if (isOld || still.has(name)) return onDuplicate?.(trade)
    if (still.size >= mostStill) still.clear()
    still.add(name)
    emit(trade)
  }

  /** An outage replaces `unsubscribed`: it could not be avoided. */
  function noteDisconnect(market: Market): void {
    for (const state of memory.states)
      if (marketOf(state.instrument) === market && state.interruption !== 'restart') state.interruption = 'outage'
  }

  function noteStatus({ instrument, channel, status }: SubscriptionChange): void {
    const state = channel === 'trade' && instrument !== null ? memory.states.get(instrument) : undefined
    if (state === undefined) return
    state.isOff = status === 'releasing' || status === 'released' || status === 'wanted'
    if (state.isOff) state.interruption ??= 'unsubscribed'
  }

  return { next }
}

/** An operator around a continuity of its own. */
export function checkContinuity(options: ContinuityOptions = {}): OperatorFunction<MarketEvent, MarketEvent> {
  return events =>
    new Observable(subscriber => {
      const { next } = createContinuity({ ...options, emit: event => subscriber.next(event) })
      return events.pipe(tap(next), ignoreElements()).subscribe(subscriber)
    })
}

/** The other count of the same date, if there is one. */
function alternativeTo(count: Count, { count: current, other }: InstrumentState): Count | undefined {
  return count === current && other?.businessDate === count.businessDate ? other : undefined
}

/** KIS rounds totals of money overseas; a negative difference is no measurement. */
function differenceOf(later: number | null, earlier: number | null): number | null {
  if (later === null || earlier === null || later < earlier) return null
  const difference = later - earlier
  return Number.isInteger(difference) ? difference : Math.round(difference * 100) / 100
}
