// The lines that serve a market, now or next, with the slots of that turn.
import type { LineId } from '../../market/events.ts'
import type { Market } from '../../market/instrument.ts'
import { mostSubscriptions } from '../ledger.ts'
import { type Turn, type TurnState } from './board.ts'
import { slotsFilledLast } from './limits.ts'
import type { MoveBudget } from './move-budget.ts'
import { type Placement, type PlacementLine, noticeLevel, ranks } from './words.ts'

const levels = Array.from({ length: noticeLevel + 1 }, () => 0)

export function turnsOf(
  market: Market,
  lines: readonly PlacementLine[],
  placement: Placement,
  budgets: ReadonlyMap<LineId, MoveBudget>,
): Turn[] {
  const serving = lines.flatMap(line => {
    const state = stateOf(line, market)
    return state === undefined ? [] : [{ line, state }]
  })
  return serving.map(({ line, state }) => ({
    line: line.id,
    market,
    state,
    feed: line.overseasFeed,
    limit: placement.lines[line.id]?.limit ?? mostSubscriptions,
    noticeSlots: line.noticeSlots ?? 0,
    filledLast: serving.length === 1 ? 0 : slotsFilledLast,
    mayLeave: state === 'departing' ? ranks : state === 'lost' ? (line.mayLeave ?? []) : [],
    budget: budgets.get(line.id) as MoveBudget, // every line has one
    seated: new Set(),
    free: placement.lines[line.id]?.limit ?? mostSubscriptions,
    wanted: [...levels],
    kept: [...levels],
  }))
}

function stateOf({ now, next, state = 'serving' }: PlacementLine, market: Market): TurnState | undefined {
  if (now === market) return state === 'serving' ? 'open' : state
  // A line that is lost may be back in its following turn; one that departs is not.
  return next === market && state !== 'departing' ? 'later' : undefined
}
