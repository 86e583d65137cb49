// How far our clock is from KIS's, by its PINGPONG, which carries KIS's time in whole seconds. Lag, gaps and
// bars are read against our clock, so one that is wrong makes everything look late, or early.
import { dayMs } from '../../market/basics/durations.ts'
import type { Heartbeat } from '../../market/events.ts'

export type ClockSkew = {
  /** Above 0: our clock is ahead of KIS's. */
  readonly aheadMs: number
  /** The truth is within this much of it, apart from the time the message took. */
  readonly withinMs: number
  /** When it was seen. */
  readonly at: number
}

/** Whole seconds are cut off, not rounded: KIS's clock is between `serverTime` and a second later. */
const halfASecond = 500

export function skewOf(serverTime: number, receivedTime: number): ClockSkew {
  return { aheadMs: receivedTime - serverTime - halfASecond, withinMs: halfASecond, at: receivedTime }
}

/** How far ahead our clock is, where that is a matter of days; else 0. For a date rather than a time. */
export function daysAheadMs(skew: ClockSkew | undefined): number {
  return skew !== undefined && Math.abs(skew.aheadMs) >= dayMs ? skew.aheadMs : 0
}

export type ClockWatch = {
  heartbeat(serverTime: number, receivedTime: number): void
  /** Undefined until KIS's first heartbeat. */
  skew(): ClockSkew | undefined
  aheadMs(): number
}

/** `onOtherDay`: a heartbeat that decides whether a record's date is near, which a recording has to know. */
export function watchClockSkew(onOtherDay: (heartbeat: Heartbeat) => void): ClockWatch {
  let skew: ClockSkew | undefined
  return {
    heartbeat(serverTime, receivedTime) {
      const before = daysAheadMs(skew)
      skew = skewOf(serverTime, receivedTime)
      if (before === 0 && daysAheadMs(skew) === 0) return
      onOtherDay({ type: 'heartbeat', serverTime, receivedTime })
    },
    skew: () => skew,
    aheadMs: () => daysAheadMs(skew),
  }
}
