// The messages between the server and the page: plain JSON, and never a secret.
import type { InspectionRecord } from '../app/machine-docs/inspector.ts'
import type { MachineOutlines } from '../app/machine-docs/machines.ts'
import type { BarRow } from './bar-history.ts'
import type { Mark } from './chart-marks.ts'
import type { StatusView } from './view.ts'

/**
 * Price, previous close, open, volume, best bid and ask. The change is from the open until the previous close
 * is known.
 */
export type PriceRow = readonly [
  instrument: string,
  price: number | null,
  previousClose: number | null,
  open: number | null,
  volume: number | null,
  bid: number | null,
  ask: number | null,
  time: number | null,
]

/** Price, volume. */
export type LevelRow = readonly [price: number | null, volume: number | null]

export type TapeRow = readonly [
  time: number | null,
  price: number | null,
  volume: number | null,
  side: 'buy' | 'sell' | null,
]

/** First, once. */
export type Hello = {
  readonly type: 'hello'
  readonly isDemonstration: boolean
  readonly outlines: MachineOutlines
  /** What is mounted beside the page. */
  readonly hasJobs: boolean
  readonly hasStately: boolean
}

/** Only what changed since the last one. */
export type Prices = { readonly type: 'prices'; readonly rows: readonly PriceRow[] }

/** The instrument the page chose, from the beginning. */
export type Chosen = {
  readonly type: 'chosen'
  readonly instrument: string
  readonly seconds: readonly BarRow[]
  readonly minutes: readonly BarRow[]
}

/**
 * What changed of the chosen instrument. `missed`: trades that are not in `trades`, because there were too
 * many.
 */
export type Watched = {
  readonly type: 'watched'
  readonly instrument: string
  readonly trades: readonly TapeRow[]
  readonly missed: number
  readonly bars: readonly BarRow[]
  /** Minutes that are over and were repaired. */
  readonly minutes: readonly BarRow[]
  readonly day: {
    readonly open: number | null
    readonly high: number | null
    readonly low: number | null
    readonly volume: number | null
    readonly value: number | null
  } | null
  /** Null when it did not change. */
  readonly book: {
    readonly bids: readonly LevelRow[]
    readonly asks: readonly LevelRow[]
    readonly totalBid: number | null
    readonly totalAsk: number | null
    readonly time: number | null
  } | null
}

export type MarksMessage = { readonly type: 'marks'; readonly marks: readonly Mark[] }

export type Inspected = {
  readonly type: 'inspected'
  readonly isFirst: boolean
  readonly records: readonly InspectionRecord[]
}

export type ToPage = Hello | Prices | Chosen | Watched | MarksMessage | Inspected | StatusView

export type FromPage =
  | { readonly type: 'choose'; readonly instrument: string }
  | { readonly type: 'inspect'; readonly on: boolean }

/** Undefined for anything else: any program may send anything. */
export function readFromPage(text: string): FromPage | undefined {
  try {
    const { type, instrument, on } = Object(JSON.parse(text)) as Readonly<Record<string, unknown>>
    if (type === 'choose' && typeof instrument === 'string') return { type, instrument }
    if (type === 'inspect' && typeof on === 'boolean') return { type, on }
  } catch {
    // No JSON, so no message of our page.
  }
  return undefined
}
