// What KIS's answers teach about a line.
import type { LineId } from '../../market/events.ts'
import { mostSubscriptions } from '../ledger.ts'
import type { Placement } from './words.ts'

/**
 * KIS refused a registration of a session that held `registered` (OPSP0008): a line has no more slots than
 * that. It does not rise again in this process. Not below one: where nothing is registered and KIS has no
 * slot, another session of this app key lingers.
 */
export function learnLimit(placement: Placement, line: LineId, registered: number): Placement {
  const memory = placement.lines[line]
  const known = memory?.limit ?? mostSubscriptions
  const limit = Math.max(1, registered)
  if (limit >= known) return placement
  return { ...placement, lines: { ...placement.lines, [line]: { spent: memory?.spent ?? [], limit } } }
}

/** How many slots each turn of a line has. */
export function limitOf(placement: Placement, line: LineId): number {
  return placement.lines[line]?.limit ?? mostSubscriptions
}
