// The state of bars for each instrument: the current bar, the waiting ones, and since when no volume is
// missing.
import { BoundedMap } from '../../market/basics/bounded-map.ts'
import { type Instrument, type Market, marketOf, zoneOf } from '../../market/instrument.ts'
import type { BarTrade, Figures } from './figures.ts'
import { CutBars } from './cut.ts'

/**
 * Why a bar is not published.
 * - `joined-late`: the line was not known to be up when it began
 * - `disconnect` · `unsubscribed`: the line, or the instrument's subscription, ended before it did
 * - `completed`: the stream ended before it did, or more than 4,096 instruments came
 * - `unreadable`: a trade of its time entered no bar, because its price, volume, time or date could not be
 *   read
 * - `gap`: volume of its time did not come, or it is unknown whether it did, and it did not come later either
 * - `unrepaired`: what is missing in it did not come for a day, or 1,000 bars of its instrument wait
 */
export type ForgetReason =
  | 'joined-late'
  | 'disconnect'
  | 'unsubscribed'
  | 'completed'
  | 'unreadable'
  | 'gap'
  | 'unrepaired'

/** The current bar, or one that waits for its missing volume. */
export type OpenBar = Figures & {
  /** Undefined when it has every trade since its start, or will have when its gaps are filled. */
  flaw: ForgetReason | undefined
  /** A gap reached into it, or one of its trades came after it was published. */
  isCut: boolean
  publishedCount: number
  /** The volume and the trades that `onForgotten` was called with. */
  forgottenVolume: number
  forgottenCount: number
  /**
   * The delay of trades in a delayed feed, and so of the end of their bar. 0 within the grace. Infinite when
   * the clock can no longer tell that it is over: then the next trade does.
   */
  lagMs: number
}

/**
 * `unreported`: no event named its subscription, so it follows its market. `off`: trades that still come are
 * late ones.
 */
export type SubscriptionState = 'unreported' | 'off' | 'asked' | 'active'

/** What is known of one instrument. */
export type BarState = {
  readonly instrument: Instrument
  readonly market: Market
  readonly zone: string
  bar: OpenBar | undefined
  /**
   * The bar that the last interruption ended, until the next trade. A gap between the two can complete it.
   */
  interrupted: OpenBar | undefined
  readonly cut: CutBars<OpenBar>
  /** Buckets that start before this are over. */
  closedUntil: number
  /**
   * Data came before this without an interruption since, so buckets that start here or later lack nothing.
   */
  provenFrom: number
  /** A bar was forgotten, so buckets that start before this lack its trades. */
  brokenUntil: number
  /** Buckets that start before this lack volume that cannot be found. */
  gapUntil: number
  /** Buckets that start before this lack an unreadable trade. */
  unreadableUntil: number
  /**
   * A trade of an unknown time came: it happened before this, and before any trade with a higher total than
   * its own.
   */
  undatedUntil: number
  undatedTotal: number
  status: SubscriptionState
  activeSince: number
}

function newState(instrument: Instrument): BarState {
  return {
    instrument,
    market: marketOf(instrument),
    zone: zoneOf(instrument),
    bar: undefined,
    interrupted: undefined,
    cut: new CutBars(),
    closedUntil: -Infinity,
    provenFrom: Infinity,
    brokenUntil: -Infinity,
    gapUntil: -Infinity,
    unreadableUntil: -Infinity,
    undatedUntil: -Infinity,
    undatedTotal: -Infinity,
    status: 'unreported',
    activeSince: Infinity,
  }
}

/**
 * Malformed input can name endlessly many instruments. Beyond this number the one unused for longest is
 * removed, as at the end.
 */
const mostInstruments = 4_096

/** The states of all instruments of a stream. */
export class BarStates implements Iterable<BarState> {
  readonly #states: BoundedMap<Instrument, BarState>
  #forgottenUntil = -Infinity

  /** `finish` is called with the state of a removed instrument. */
  constructor(finish: (state: BarState) => void) {
    this.#states = new BoundedMap(mostInstruments, state => {
      // If the instrument comes back, its bars may lack trades of the removed one.
      this.#forgottenUntil = Math.max(this.#forgottenUntil, state.bar?.endTime ?? state.closedUntil)
      finish(state)
    })
  }

  of(instrument: Instrument): BarState {
    const known = this.#states.get(instrument)
    if (known !== undefined) return known
    const state = newState(instrument)
    state.brokenUntil = this.#forgottenUntil
    this.#states.set(instrument, state)
    return state
  }

  [Symbol.iterator](): IterableIterator<BarState> {
    return this.#states[Symbol.iterator]()
  }
}

/** A trade of unknown time came: it happened by then. */
export function noteUndated(state: BarState, happenedBy: number, total: number | null): void {
  state.undatedUntil = Math.max(state.undatedUntil, happenedBy)
  state.undatedTotal = Math.max(state.undatedTotal, total ?? Number.NaN)
}

/** Everything before this trade belongs to no later bar. */
export function passUndated(state: BarState, { cumulativeVolume }: BarTrade): void {
  if (state.undatedUntil === -Infinity || cumulativeVolume === null || !(cumulativeVolume > state.undatedTotal)) return
  state.undatedUntil = -Infinity
  state.undatedTotal = -Infinity
}

/** Late: by the day's total it comes before the last trade of its bar. */
export function isBefore({ cumulativeVolume }: BarTrade, { closeTotal }: Figures): boolean {
  return cumulativeVolume !== null && cumulativeVolume < closeTotal
}

/** Field by field: V8 gives each copy by spread its own shape, a kilobyte for each kept bar. */
export function openBar(figures: Figures): OpenBar {
  return {
    startTime: figures.startTime,
    endTime: figures.endTime,
    open: figures.open,
    high: figures.high,
    low: figures.low,
    close: figures.close,
    volume: figures.volume,
    tradeCount: figures.tradeCount,
    openTime: figures.openTime,
    openTotal: figures.openTotal,
    closeTime: figures.closeTime,
    closeTotal: figures.closeTotal,
    flaw: undefined,
    isCut: false,
    publishedCount: 0,
    forgottenVolume: 0,
    forgottenCount: 0,
    lagMs: 0,
  }
}
