// What continuity knows of each instrument. A memory belongs to one stream; whoever made it may save it meanwhile, and fill it
// before the stream begins.
import type { GapCause } from '../../market/events.ts'
import { canonical, type Instrument, type Market, marketOf } from '../../market/instrument.ts'
import { noNumber, Numbering } from '../../market/numbering.ts'
import {
  type Count,
  createFigures,
  type Figures,
  type Place,
  placeLength,
  restoreCount,
  type SavedCount,
  saveCount,
  setSteady,
  usedAt,
} from './volume-count.ts'

export type Line = {
  readonly instrument: Instrument
  readonly market: Market
  count: Count | undefined
  /**
   * The count before this one: of another date, for the stragglers of a day; or of the same, for a total that comes back. With the
   * two, venues that told their totals by turns would be told apart.
   */
  other: Count | undefined
  /** Volume of trades since the last one that could not be placed in the count; NaN when it is unknown too. */
  unplaced: number
  /** Why what is missing next may be missing. */
  interruption: GapCause | undefined
  /** Let go of, so what still comes are stragglers. */
  isOff: boolean
  /** The last records without volume. */
  still: Set<string> | undefined
  /** Where the figures of one of its counts are, and those of the other one, should there ever have been one. */
  readonly at: number
  secondAt: number | undefined
  /** When it was last used other than by a trade that simply follows: the number of changes by then. */
  used: number
}

export type ContinuityMemory = {
  readonly lines: Map<Instrument, Line>
  /** Of all counts, and where the next one's go. */
  readonly figures: Figures
  nextAt: number
  /** Places of instruments that were forgotten. */
  readonly free: number[]
  /** Instruments that were forgotten, because there were too many. */
  forgotten: number
  /** Tells of each trade which instrument it is of. */
  readonly numbering: Numbering
  /** By the number of an instrument, where the figures of its current count are; -1 while nobody asked, or it has none. */
  currentByNumber: Int32Array
  /** The line asked for last: records of one frame are often of one instrument. */
  last: Line | undefined
  /** Grows with every change. */
  changes: number
}

/** The counts of an instrument, the current one first. */
export type SavedLine = {
  readonly instrument: Instrument
  readonly counts: readonly SavedCount[]
  /** Why what is missing next may be missing; null for no reason. Not known where a feed ended and another one begins. */
  readonly interruption?: GapCause | null
}

/** Broken input can name endlessly many instruments. Past this many, the least recently used is forgotten. */
export const mostLines = 4_096

/** More than a session carries. */
const firstPlaces = 64

export function createContinuityMemory(): ContinuityMemory {
  return {
    lines: new Map(),
    figures: createFigures(firstPlaces),
    nextAt: 0,
    free: [],
    forgotten: 0,
    numbering: new Numbering(),
    currentByNumber: new Int32Array(firstPlaces).fill(nowhere),
    last: undefined,
    changes: 0,
  }
}

const nowhere = -1

/** Where the figures of this instrument's current count are; -1 when it has none. `number`: what it is by the memory's numbering. */
export function currentAt(memory: ContinuityMemory, instrument: Instrument, number: number): number {
  const at = memory.currentByNumber[number] ?? nowhere
  return at < 0 ? findCurrent(memory, instrument, number) : at
}

function findCurrent(memory: ContinuityMemory, instrument: Instrument, number: number): number {
  const at = memory.lines.get(instrument)?.count?.place.at ?? nowhere
  if (number === noNumber) return at
  if (number >= memory.currentByNumber.length) {
    const more = new Int32Array(2 * number).fill(nowhere)
    more.set(memory.currentByNumber)
    memory.currentByNumber = more
  }
  memory.currentByNumber[number] = at
  return at
}

export function lineOf(memory: ContinuityMemory, instrument: Instrument): Line {
  const { last } = memory
  if (last !== undefined && last.instrument === instrument) return last
  const line = memory.lines.get(instrument) ?? addLine(memory, instrument)
  memory.last = line
  return line
}

function addLine(memory: ContinuityMemory, named: Instrument): Line {
  const { lines } = memory
  if (lines.size >= mostLines) forgetLeastUsed(memory)
  const instrument = canonical(named)
  const line: Line = {
    instrument,
    market: marketOf(instrument),
    count: undefined,
    other: undefined,
    unplaced: 0,
    interruption: undefined,
    isOff: false,
    still: undefined,
    at: takePlace(memory),
    secondAt: undefined,
    used: memory.changes,
  }
  lines.set(instrument, line)
  return line
}

function forgetLeastUsed(memory: ContinuityMemory): void {
  let least: Line | undefined
  let leastUsed = Infinity
  for (const line of memory.lines.values()) {
    const used = lastUsed(memory, line)
    if (used >= leastUsed) continue
    least = line
    leastUsed = used
  }
  if (least === undefined) return
  memory.lines.delete(least.instrument)
  memory.free.push(least.at)
  if (least.secondAt !== undefined) memory.free.push(least.secondAt)
  // All of them, because the line does not know its number.
  memory.currentByNumber.fill(nowhere)
  if (memory.last === least) memory.last = undefined
  memory.forgotten++
}

function lastUsed({ figures: { all } }: ContinuityMemory, { at, secondAt = at, used }: Line): number {
  return Math.max(used, all[at + usedAt] as number, all[secondAt + usedAt] as number)
}

function takePlace(memory: ContinuityMemory): number {
  const free = memory.free.pop()
  if (free !== undefined) {
    memory.figures.all[free + usedAt] = 0
    return free
  }
  const { figures, nextAt } = memory
  memory.nextAt += placeLength
  if (memory.nextAt > figures.all.length) {
    const more = new Float64Array(2 * figures.all.length)
    more.set(figures.all)
    figures.all = more
  }
  return nextAt
}

/** Where a count that is to be the current one of a line can begin: in the place of the one that is not. */
export function freePlace(memory: ContinuityMemory, line: Line): Place {
  const { figures } = memory
  if (line.count?.place.at !== line.at) return { figures, at: line.at }
  line.secondAt ??= takePlace(memory)
  return { figures, at: line.secondAt }
}

/** The count that was current is kept beside it. */
export function makeCurrent(memory: ContinuityMemory, line: Line, next: Count): void {
  line.other = line.count
  line.count = next
  // All of them, so that a line need not know its number: it is rare, once a day for most.
  memory.currentByNumber.fill(nowhere)
}

/** What is missing from here on may be missing for this reason. */
export function interrupt(line: Line, cause: GapCause): void {
  line.interruption = cause
  unsettle(line)
}

/** The next trade has to be looked at. */
export function unsettle({ count }: Line): void {
  if (count !== undefined) setSteady(count, false)
}

export function savedLines({ lines }: ContinuityMemory): SavedLine[] {
  return [...lines.values()].flatMap(line => savedLine(line) ?? [])
}

/** Undefined for an instrument whose volume is not followed. */
export function savedLine({ instrument, count, other }: Line): SavedLine | undefined {
  const counts = [count, other].filter(one => one !== undefined).map(saveCount)
  return counts.length === 0 ? undefined : { instrument, counts }
}

/** For a stream that goes on elsewhere as if nothing had been: a replay. */
export function handedOverLines(memory: ContinuityMemory): SavedLine[] {
  return savedLines(memory).map(line => ({
    ...line,
    interruption: memory.lines.get(line.instrument)?.interruption ?? null,
  }))
}

/**
 * What is missing of these from now on was missed because no feed ran, unless they say otherwise. Should there
 * be too many, those at the beginning are forgotten first.
 */
export function restoreLines(memory: ContinuityMemory, saved: readonly SavedLine[]): void {
  for (const { instrument, counts, interruption = 'restart' } of saved) {
    const line = lineOf(memory, instrument)
    line.count = undefined
    for (const count of counts.toReversed()) makeCurrent(memory, line, restoreCount(freePlace(memory, line), count))
    line.interruption = interruption ?? undefined
  }
}
