// The missing ranges of one instrument's bars, and the bars that wait for them. A bar is complete when no
// missing range reaches into it: its trades came late or were repaired, or REST explained why there was no
// trade. Bounded: ranges and bars that wait too long, or are too many, are returned to be forgotten.
import type { BarTrade, Figures } from './figures.ts'

/** The volume [fromVolume, toVolume) of a day, of which no trade came. */
export type MissingRange = {
  readonly businessDate: number
  readonly fromVolume: number
  readonly toVolume: number
  /** The bars of the nearest known trades around it: it may reach into them and all between. */
  readonly firstStart: number
  readonly lastStart: number
  /** The time of our clock when the gap was noted. */
  readonly notedAt: number
}

/** A bar that is not published yet, or not correct any more. */
export type CutBar = Figures & {
  /** Its trades when it was last published; 0 before that. */
  publishedCount: number
}

type Dated = Pick<MissingRange, 'businessDate'>
type Span = Pick<MissingRange, 'fromVolume' | 'toVolume'>
/** Its position among the day's trades. `startTime` is that of its bar, NaN when it is not known. */
export type Place = Dated & Pick<BarTrade, 'cumulativeVolume'> & { readonly volume: number; readonly startTime: number }

/** Waiting bars of an instrument. With 41 instruments, some 10 MB at most. */
const mostWaiting = 1_000
/** Missing ranges of an instrument: two for each bar that may wait. */
const mostRanges = 2_000
/**
 * Published bars that a late trade still corrects, of each instrument: a minute and a half of one-second
 * bars.
 */
const mostPublished = 100

export class CutBars<B extends CutBar> {
  /** In the order in which their gaps were found. */
  ranges: MissingRange[] = []
  /** In order of time. */
  readonly #waiting: B[] = []
  /** The last ones, in the order in which they were published. */
  readonly #published: B[] = []

  /**
   * Returns the range that has to give way to it, if there is one: the bars that it reaches into cannot be
   * completed.
   */
  add(range: MissingRange): MissingRange | undefined {
    this.ranges.push(range)
    return this.ranges.length > mostRanges ? this.ranges.shift() : undefined
  }

  /** Whether volume is missing that may belong into the bar that starts then. */
  isCut(startTime: number): boolean {
    return this.ranges.some(range => reaches(range, startTime))
  }

  /**
   * Takes a trade out of the range that holds all of it, and returns the range as it was. Undefined when it
   * was not missing.
   */
  fill({ businessDate, cumulativeVolume: toVolume, volume, startTime }: Place): MissingRange | undefined {
    if (toVolume === null || volume <= 0) return undefined
    const fromVolume = toVolume - volume
    const at = this.ranges.findLastIndex(
      range => range.businessDate === businessDate && range.fromVolume <= fromVolume && toVolume <= range.toVolume,
    )
    const range = this.ranges[at]
    if (range === undefined) return undefined
    const isBetween = range.firstStart <= startTime && startTime <= range.lastStart
    const below = { ...range, toVolume: fromVolume, ...(isBetween ? { lastStart: startTime } : {}) }
    const above = { ...range, fromVolume: toVolume, ...(isBetween ? { firstStart: startTime } : {}) }
    this.ranges.splice(at, 1, ...[below, above].filter(part => part.fromVolume < part.toVolume))
    return range
  }

  /** Removes the missing part of a span, and returns it: it is not expected any more. */
  settle({ businessDate }: Dated, span: Span): MissingRange[] {
    const isIn = (range: MissingRange) => range.businessDate === businessDate && overlaps(range, span)
    const settled = this.ranges.filter(isIn)
    if (settled.length > 0) this.ranges = this.ranges.filter(range => !isIn(range))
    return settled
  }

  /** Removes the ranges noted at this time or before, and returns them. */
  expire(time: number): MissingRange[] {
    const expired = this.ranges.filter(({ notedAt }) => notedAt <= time)
    if (expired.length > 0) this.ranges = this.ranges.filter(({ notedAt }) => notedAt > time)
    return expired
  }

  /** The bar waits from now on. */
  hold(bar: B): void {
    const before = this.#waiting.findLastIndex(({ startTime }) => startTime < bar.startTime)
    this.#waiting.splice(before + 1, 0, bar)
  }

  remember(bar: B): void {
    this.#published.push(bar)
    if (this.#published.length > mostPublished) this.#published.shift()
  }

  /** The bar that starts then, which waits from now on if it does not yet. */
  reopen(startTime: number): B | undefined {
    const waiting = this.#waiting.findLast(bar => bar.startTime === startTime)
    if (waiting !== undefined) return waiting
    const published = takeLast(this.#published, bar => bar.startTime === startTime)
    if (published !== undefined) this.hold(published)
    return published
  }

  /** Takes out a waiting bar: it is the current one again. */
  resume(startTime: number): B | undefined {
    return takeLast(this.#waiting, bar => bar.startTime === startTime)
  }

  /** The first waiting bar, if it is complete. Later ones wait for it: corrections come in order. */
  takeComplete(): B | undefined {
    const [first] = this.#waiting
    return first === undefined || this.isCut(first.startTime) ? undefined : this.#waiting.shift()
  }

  /** The first waiting bar when there are too many. */
  takeSurplus(): B | undefined {
    return this.#waiting.length > mostWaiting ? this.#waiting.shift() : undefined
  }

  /** Removes the bars in [firstStart, lastStart] and returns them; the published ones only on request. */
  takeIn(firstStart: number, lastStart: number, which: 'waiting' | 'all'): B[] {
    const isIn = ({ startTime }: B) => firstStart <= startTime && startTime <= lastStart
    const waiting = takeAll(this.#waiting, isIn)
    return which === 'all' ? [...takeAll(this.#published, isIn), ...waiting] : waiting
  }
}

function reaches({ firstStart, lastStart }: MissingRange, startTime: number): boolean {
  return firstStart <= startTime && startTime <= lastStart
}

export function overlaps(one: Span, other: Span): boolean {
  return one.fromVolume < other.toVolume && other.fromVolume < one.toVolume
}

function takeLast<T>(list: T[], isIt: (item: T) => boolean): T | undefined {
  const at = list.findLastIndex(isIt)
  return at < 0 ? undefined : list.splice(at, 1)[0]
}

function takeAll<T>(list: T[], isIt: (item: T) => boolean): T[] {
  const taken = list.filter(isIt)
  if (taken.length > 0) list.splice(0, list.length, ...list.filter(item => !isIt(item)))
  return taken
}
