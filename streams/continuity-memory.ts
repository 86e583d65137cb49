// What continuity knows of each instrument. A memory belongs to one stream; whoever made it may save it meanwhile, and fill it
// before the stream begins.
import type { GapCause } from '../market/events.ts'
import { canonical, type Instrument, type Market, marketOf } from '../market/instrument.ts'
import { type Count, restoreCount, type SavedCount, saveCount } from './volume-count.ts'

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
}

export type ContinuityMemory = {
  readonly lines: Map<Instrument, Line>
  /** The one asked for last: records of one frame are often of one instrument. */
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

/** Rubbish can name endlessly many instruments. Past this many, forget them all and start over. */
export const mostLines = 4_096

export function createContinuityMemory(): ContinuityMemory {
  return { lines: new Map(), last: undefined, changes: 0 }
}

export function lineOf(memory: ContinuityMemory, instrument: Instrument): Line {
  const { last } = memory
  if (last !== undefined && last.instrument === instrument) return last
  const line = memory.lines.get(instrument) ?? addLine(memory, instrument)
  memory.last = line
  return line
}

function addLine({ lines }: ContinuityMemory, named: Instrument): Line {
  const instrument = canonical(named)
  const line = {
    instrument,
    market: marketOf(instrument),
    count: undefined,
    other: undefined,
    unplaced: 0,
    interruption: undefined,
    isOff: false,
    still: undefined,
  }
  if (lines.size >= mostLines) lines.clear()
  lines.set(instrument, line)
  return line
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

/** What is missing of these from now on was missed because nobody ran, unless they say otherwise. */
export function restoreLines(memory: ContinuityMemory, saved: readonly SavedLine[]): void {
  for (const { instrument, counts, interruption = 'restart' } of saved) {
    const line = lineOf(memory, instrument)
    const [count, other] = counts.map(restoreCount)
    line.count = count
    line.other = other
    line.interruption = interruption ?? undefined
  }
}
