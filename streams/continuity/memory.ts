// The states of all instruments of one stream. They may be saved meanwhile, and restored before the stream
// begins.
import type { GapCause } from '../../market/events.ts'
import { canonical, type Instrument } from '../../market/instrument.ts'
import { Count, InstrumentState, type SavedCount } from './state.ts'

/** The counts of an instrument, the current one first. */
export type SavedState = {
  readonly instrument: Instrument
  readonly counts: readonly SavedCount[]
  /**
   * Why what is missing next may be missing; null for no reason. Left out where a feed ended and another one
   * begins.
   */
  readonly interruption?: GapCause | null
}

/**
 * Malformed input can name endlessly many instruments. Past this many, the least recently used is forgotten.
 */
export const mostInstruments = 4_096

export type ContinuityMemory = {
  readonly states: Map<Instrument, InstrumentState>
  /** The state asked for last: records of one frame are often of one instrument. */
  last: InstrumentState | undefined
  /** Grows with every change. */
  changes: number
  hasForgotten: boolean
}

export function createContinuityMemory(): ContinuityMemory {
  return { states: new Map(), last: undefined, changes: 0, hasForgotten: false }
}

/** `onForgotten` is called when the first instrument is forgotten. */
export function stateOf(memory: ContinuityMemory, instrument: Instrument, onForgotten?: (most: number) => void) {
  const { last, states } = memory
  if (last !== undefined && last.instrument === instrument) return last
  const known = states.get(instrument)
  if (known !== undefined) return (memory.last = known)
  const isFull = states.size >= mostInstruments
  if (isFull) states.delete(leastUsed(memory).instrument)
  const state = new InstrumentState(canonical(instrument))
  state.used = memory.changes
  states.set(state.instrument, state)
  memory.last = state
  if (isFull && !memory.hasForgotten) onForgotten?.(mostInstruments)
  memory.hasForgotten ||= isFull
  return state
}

function leastUsed({ states }: ContinuityMemory): InstrumentState {
  return [...states.values()].reduce((least, state) => (state.used < least.used ? state : least))
}

/** Every instrument whose volume is followed. */
export function savedStates(memory: ContinuityMemory): SavedState[] {
  return [...memory.states.keys()].flatMap(instrument => savedState(memory, instrument) ?? [])
}

export function savedState({ states }: ContinuityMemory, instrument: Instrument): SavedState | undefined {
  const { count, other } = states.get(instrument) ?? {}
  const counts = [count, other].flatMap(one => one?.save() ?? [])
  return counts.length === 0 ? undefined : { instrument, counts }
}

/** For a stream that goes on elsewhere without a break: a replay. */
export function handedOverStates(memory: ContinuityMemory): SavedState[] {
  const interruptionOf = (instrument: Instrument) => memory.states.get(instrument)?.interruption ?? null
  return savedStates(memory).map(state => ({ ...state, interruption: interruptionOf(state.instrument) }))
}

/**
 * By default, what is missing of these from now on was missed because no feed ran. If there are too many,
 * those at the beginning are forgotten first.
 */
export function restoreStates(memory: ContinuityMemory, saved: readonly SavedState[]): void {
  for (const { instrument, counts, interruption = 'restart' } of saved) {
    const [count, other] = counts.map(Count.restore)
    Object.assign(stateOf(memory, instrument), { count, other, interruption: interruption ?? undefined })
  }
}
