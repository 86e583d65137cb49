// Why a subscription has no slot: what has to change before it gets one.
import type { LineId } from '../../market/events.ts'
import type { Board, Claim, Turn } from './board.ts'
import { keptMs } from './limits.ts'
import type { Why } from './words.ts'

export function whyNot(
  { turns, market, now }: Board,
  { key, group, isShadow, level }: Claim,
  blocked: { readonly line: LineId; readonly until: number } | undefined,
): Why {
  if (blocked !== undefined) return { code: 'budget', ...blocked }
  const taking = turns.filter(turn => turn.state !== 'departing')
  if (taking.length === 0) return { code: 'not-served', market }
  const feed = market === 'US' && group.family.feed !== undefined ? { feed: group.family.feed } : {}
  const possible = taking.filter(turn => feed.feed === undefined || turn.feed === feed.feed)
  const others = isShadow ? possible.filter(({ line }) => line !== group.twin?.turn?.line) : possible
  if (isShadow && others.length === 0) return { code: 'one-line', ...feed }
  const kept = soonestKept(others, now, level)
  if (kept !== undefined) return { code: 'kept', ...kept }
  const other = group.claims.find(each => each.key !== key && each.turn !== null)
  if (other?.turn) return { code: 'shared-full', line: other.turn.line, other: other.key }
  return { code: 'full', lines: others.length, ...feed }
}

/** The slot that is no longer wanted and is released first; a lower rank's would have been taken. */
function soonestKept(turns: readonly Turn[], now: number, level: number): { line: LineId; until: number } | undefined {
  let soonest: { line: LineId; until: number } | undefined
  for (const { kept, seated, line } of turns) {
    if (!kept.some((count, each) => count > 0 && each >= level)) continue
    for (const { isWanted, since } of seated) {
      const until = since + keptMs
      if (!isWanted && until > now && until < (soonest?.until ?? Number.POSITIVE_INFINITY)) soonest = { line, until }
    }
  }
  return soonest
}
