// What a recording holds, in the order in which it happened: the frames as they came, and what a feed could
// not derive from the frames again.
import type { RawFrame } from '../../kis/wire/frame.ts'
import type { MarketEvent } from '../../market/events.ts'

/**
 * A run of a feed begins here, or a trading date of a run that goes on, or, in the middle of either, a
 * segment. First in every segment, so that each can be read by itself.
 */
export type Begin = {
  readonly kind: 'begin'
  /** Names the run: what follows with the same name was one feed's, without a break. */
  readonly run: string
  /** The trading date, written 20260914. */
  readonly date: number
  /** How the run read its frames. */
  readonly columns: readonly string[]
  readonly continuity: boolean
  /**
   * Records dated far from their receipt were `malformed`. Absent where any date would do: in imports, and
   * before 2026-12.
   */
  readonly checksDates?: boolean | undefined
  /**
   * What the feed knew before, for `app/` to make and to read. Absent where a segment merely goes on: it is
   * not known there.
   */
  readonly state?: unknown
  readonly receivedTime: number
}

export type RecordedFrame = RawFrame & { readonly kind: 'frame' }

/** An event that did not come from a frame: a disconnect, the state of a subscription. */
export type Marker = {
  readonly kind: 'marker'
  readonly event: MarketEvent
  /**
   * A subscriber may cause a marker in the middle of a frame: after this many events of the frame before it.
   * 0: after all.
   */
  readonly after: number
  readonly receivedTime: number
}

/** The recorder could not keep this many frames and markers, or they can no longer be read. */
export type Lost = {
  readonly kind: 'lost'
  readonly count: number
  readonly reason: string
  /** They were written, and cannot be read any more. */
  readonly isDamage: boolean
  /** Of the first and the last of them. */
  readonly from: number
  readonly receivedTime: number
}

export type Entry = Begin | RecordedFrame | Marker | Lost

/** Which part of a recording to read. */
export type Range = {
  /** One trading date, written 20260914. Default: all, in their order. */
  readonly date?: number
  /** Epoch milliseconds, by `receivedTime`: from this on … */
  readonly from?: number
  /** … and up to but without this. */
  readonly to?: number
  /**
   * As `KRX:005930`. Leaves out the parts of a segment that have none of them. What is left still holds
   * others: a reader that wants none of these must look at the events.
   */
  readonly instruments?: readonly string[]
}
