// The states of all instruments of one stream. They may be saved meanwhile, and restored before the stream
// begins.
import { BoundedMap } from '../../market/basics/bounded-map.ts'
import type { GapCause } from '../../market/events.ts'
import { canonical, type Instrument } from '../../market/instrument.ts'
import { Count, InstrumentState, type SavedCount } from './state.ts'

/** The counts of an instrument, the current one first. */
export type SavedState = {
  readonly instrument: Instrument
  readonly counts: readonly SavedCount[]
  /**
   * Why volume that is missing next may be missing; null for no reason. Left out where one feed ended and
   * another began.
   */
  readonly interruption?: GapCause | null
}

/**
 * Malformed input can name endlessly many instruments. Past this many, one that did not trade for long is
 * forgotten.
 */
export const mostInstruments = 4_096

export type ContinuityMemory = {
  readonly states: BoundedMap<Instrument, InstrumentState>
  /** The state asked for last: records of one frame are often of one instrument. */
  last: InstrumentState | undefined
  /** Grows with every change. */
  changes: number
  hasForgotten: boolean
}

export function createContinuityMemory(): ContinuityMemory {
  return { states: new BoundedMap(mostInstruments), last: undefined, changes: 0, hasForgotten: false }
}

/** `onForgotten` is called when the first instrument is forgotten. */
export function stateOf(memory: ContinuityMemory, instrument: Instrument, onForgotten?: (most: number) => void) {
  const { last, states } = memory
  if (last !== undefined && last.instrument === instrument) return last
  const known = states.get(instrument)
  if (known !== undefined) return (memory.last = known)
  const isFull = states.size >= mostInstruments
  const state = new InstrumentState(canonical(instrument))
  states.set(state.instrument, state)
  memory.last = state
  if (isFull && !memory.hasForgotten) onForgotten?.(mostInstruments)
  memory.hasForgotten ||= isFull
  return state
}

/** Every instrument whose volume is followed. */
export function savedStates(memory: ContinuityMemory): SavedState[] {
  return [...memory.states].flatMap(state => saved(state) ?? [])
}

export function savedState({ states }: ContinuityMemory, instrument: Instrument): SavedState | undefined {
  const state = states.peek(instrument)
  return state === undefined ? undefined : saved(state)
}

function saved({ instrument, count, other }: InstrumentState): SavedState | undefined {
  const counts = [count, other].flatMap(one => one?.save() ?? [])
  return counts.length === 0 ? undefined : { instrument, counts }
}

/** For a stream that continues elsewhere without a break: a replay. */
export function handedOverStates(memory: ContinuityMemory): SavedState[] {
  return [...memory.states].flatMap(state => {
    const one = saved(state)
    return one === undefined ? [] : { ...one, interruption: state.interruption ?? null }
  })
}

/**
 * By default, what these instruments miss from now on was missed because no feed ran. If there are too many,
 * the first ones are forgotten.
 */
export function restoreStates(memory: ContinuityMemory, states: readonly SavedState[]): void {
  for (const { instrument, counts, interruption = 'restart' } of states) {
    const [count, other] = counts.map(Count.restore)
    Object.assign(stateOf(memory, instrument), { count, other, interruption: interruption ?? undefined })
  }
}
