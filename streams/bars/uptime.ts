// Since when the trades of an instrument come without a break: whether a bar has all of them since its start.
import type { SubscriptionStatus, Trade } from '../../market/events.ts'
import type { Market } from '../../market/instrument.ts'
import { earlyTradingMs } from './intervals.ts'
import type { BarState, BarStates, ForgetReason, OpenBar, SubscriptionState } from './state.ts'

export type Uptime = {
  noteResume(market: Market, receivedTime: number): void
  noteDisconnect(market: Market): void
  noteStatus(state: BarState, status: SubscriptionStatus, receivedTime: number): void
  /** Whether a bar lacks nothing before its first trade. */
  hasAllSince(state: BarState, startTime: number, trade: Trade): boolean
}

/** `lengthMs` is null for bars of a business date. */
export function createUptime(
  lengthMs: number | null,
  states: BarStates,
  forget: (state: BarState, bar: OpenBar, reason: ForgetReason) => void,
): Uptime {
  const upSince: Record<Market, number> = { KR: Infinity, US: Infinity }

  return {
    noteResume(market, receivedTime) {
      upSince[market] = receivedTime
    },
    noteDisconnect(market) {
      upSince[market] = Infinity
      for (const state of states) if (state.market === market) interrupt(state, 'disconnect', 'unreported')
    },
    noteStatus,
    hasAllSince,
  }

  function noteStatus(state: BarState, status: SubscriptionStatus, receivedTime: number): void {
    if (status === 'active') {
      if (state.status !== 'active') state.activeSince = receivedTime
      state.status = 'active'
    } else if (status === 'adopted') {
      state.status = 'asked'
    } else {
      interrupt(state, 'unsubscribed', status === 'requested' || status === 'refused' ? 'asked' : 'off')
    }
  }

  function interrupt(state: BarState, reason: ForgetReason, status: SubscriptionState): void {
    state.status = status
    state.provenFrom = Infinity
    const { bar } = state
    if (bar === undefined) return
    state.bar = undefined
    state.interrupted = bar
    state.brokenUntil = bar.endTime
    forget(state, bar, reason)
  }

  /** A first trade that is the day's whole volume so far has none before it. */
  function hasAllSince(state: BarState, startTime: number, trade: Trade): boolean {
    if (state.status === 'off' || startTime < state.brokenUntil) return false
    if (trade.cumulativeVolume === trade.volume || startTime >= state.provenFrom) return true
    const marketSince = state.status === 'unreported' ? upSince[state.market] : Infinity
    const instrumentSince = state.status === 'active' ? state.activeSince : marketSince
    return instrumentSince <= startTime - (lengthMs === null ? earlyTradingMs(state.instrument) : 0)
  }
}

/** Whether all volume before the first trade of a bar is in the gap that this trade revealed. */
export function willHoldAll(state: BarState, startTime: number): boolean {
  const gap = state.cut.ranges.at(-1)
  return gap !== undefined && gap.firstStart < startTime && startTime >= state.brokenUntil && state.status !== 'off'
}
