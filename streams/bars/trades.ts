// A trade enters the bar of its time: the current one, a new one, or an ended one that is still kept.
import type { Trade } from '../../market/events.ts'
import type { Closing } from './closing.ts'
import type { MissingRange } from './cut.ts'
import { append, type BarTrade, figuresOf, insert } from './figures.ts'
import type { Buckets } from './intervals.ts'
import type { Publishing } from './publishing.ts'
import { type BarState, type ForgetReason, isBefore, noteUndated, openBar, type OpenBar, passUndated } from './state.ts'
import { type Uptime, willHoldAll } from './uptime.ts'

/** Why a trade entered no bar. `late`: its bar was over, and is not kept any more. */
export type SkipReason = 'no-price' | 'no-volume' | 'no-event-time' | 'no-business-date' | 'late'

export type Entry = {
  /** Undefined, or why the trade entered no bar. */
  enter(state: BarState, trade: Trade): SkipReason | undefined
  /** A trade of an ended bar: false when the bar is not kept. */
  correct(state: BarState, trade: BarTrade, startTime: number, filled: MissingRange | undefined): boolean
}

export type EntryParts = {
  readonly graceMs: number
  readonly buckets: Buckets
  readonly publishing: Publishing
  readonly uptime: Uptime
  readonly closing: Closing
}

export function createEntry({ graceMs, buckets, publishing, uptime, closing }: EntryParts): Entry {
  const { startOf, endOf } = buckets
  const { release, publishComplete, forget, giveUp } = publishing

  return { enter, correct }

  function enter(state: BarState, trade: Trade): SkipReason | undefined {
    const { price, volume, eventTime } = trade
    state.interrupted = undefined // no gap came since: what was missing in it is unknown
    const startTime = eventTime === null ? Number.NaN : startOf(trade, eventTime, state.zone)
    const filled = state.cut.ranges.length > 0 && volume !== null ? fill(state, trade, volume, startTime) : undefined
    let reason: SkipReason | undefined
    if (price === null || volume === null || eventTime === null || Number.isNaN(startTime)) {
      spoil(state, trade, startTime, filled)
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
      const { bar } = state
      if (startTime === bar?.startTime) {
        if (filled !== undefined || isBefore(entering, bar)) insert(bar, entering)
        else goOn(state, bar, entering, trade.receivedTime)
      } else if (filled !== undefined || startTime < state.closedUntil) {
        if (!correct(state, entering, startTime, filled)) reason = 'late'
      } else {
        begin(state, trade, entering, startTime, lagOf(trade.receivedTime - eventTime))
      }
    }
    if (filled !== undefined) publishComplete(state)
    return reason
  }

  function goOn(state: BarState, bar: OpenBar, trade: BarTrade, receivedTime: number): void {
    append(bar, trade)
    bar.lagMs = Math.max(bar.lagMs, lagOf(receivedTime - trade.eventTime))
    passUndated(state, trade)
  }

  function begin(state: BarState, trade: Trade, entering: BarTrade, startTime: number, lagMs: number): void {
    const { bar: finished, cut } = state
    const endTime = endOf(startTime, trade, state.zone)
    const spoiled = spoiledReason(state, startTime)
    const resumed = cut.resume(startTime)
    if (resumed !== undefined) append(resumed, entering)
    const bar = resumed ?? openBar(figuresOf(startTime, endTime, entering))
    bar.flaw ??= spoiled
    if (resumed === undefined && bar.flaw === undefined) {
      bar.isCut = cut.isCut(startTime)
      if (bar.isCut ? !willHoldAll(state, startTime) : !uptime.hasAllSince(state, startTime, trade))
        bar.flaw = 'joined-late'
    }
    bar.lagMs = lagMs
    passUndated(state, entering)
    state.bar = bar
    state.closedUntil = startTime
    state.provenFrom = Math.min(state.provenFrom, endTime)
    closing.watch(bar)
    // Last, because a subscriber to the bar may cause the next event.
    if (finished !== undefined) release(state, finished)
  }

  function correct(state: BarState, trade: BarTrade, startTime: number, filled: MissingRange | undefined): boolean {
    const kept = state.cut.reopen(startTime)
    if (kept !== undefined) {
      insert(kept, trade)
      kept.isCut = true
    } else if (filled !== undefined && filled.firstStart < startTime && startTime < filled.lastStart) {
      // All trades of its time were missing.
      const dated = { businessDate: filled.businessDate }
      const bar = openBar(figuresOf(startTime, endOf(startTime, dated, state.zone), trade))
      bar.isCut = true
      state.cut.hold(bar)
    } else {
      return false
    }
    if (filled === undefined) publishComplete(state)
    return true
  }

  /** A trade that enters no bar makes its own incomplete: that of its time, or any that it may belong to. */
  function spoil(state: BarState, trade: Trade, startTime: number, filled: MissingRange | undefined): void {
    const { bar } = state
    if (Number.isNaN(startTime)) {
      if (bar !== undefined) bar.flaw ??= 'unreadable'
      const happenedBy = bar?.lagMs === Infinity ? Infinity : trade.receivedTime + graceMs
      noteUndated(state, happenedBy, trade.cumulativeVolume)
      if (filled !== undefined) giveUp(state, filled, 'unreadable')
    } else if (startTime === bar?.startTime) {
      bar.flaw ??= 'unreadable'
    } else {
      for (const kept of state.cut.takeIn(startTime, startTime, 'all')) forget(state, kept, 'unreadable')
      if (startTime >= state.closedUntil) {
        state.unreadableUntil = Math.max(state.unreadableUntil, endOf(startTime, trade, state.zone))
      }
    }
  }

  function lagOf(latenessMs: number): number {
    return latenessMs > graceMs ? latenessMs : 0
  }
}

function fill(state: BarState, trade: Trade, volume: number, startTime: number): MissingRange | undefined {
  const { businessDate, cumulativeVolume } = trade
  return businessDate === null ? undefined : state.cut.fill({ businessDate, cumulativeVolume, volume, startTime })
}

function spoiledReason(state: BarState, startTime: number): ForgetReason | undefined {
  if (startTime < state.gapUntil) return 'gap'
  return startTime < state.unreadableUntil || startTime < state.undatedUntil ? 'unreadable' : undefined
}
