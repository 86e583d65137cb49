// How many of a line's requests moves have used. Working state of one placement; what is kept between two is
// the list of times.
import { mostMoveRequests, moveWindowMs } from './limits.ts'
import type { Spent } from './words.ts'

export type MoveBudget = { readonly now: number; spent: readonly Spent[]; left: number }

export function openBudget(kept: readonly Spent[], now: number): MoveBudget {
  // A clock that was set back must neither freeze the budget until it has caught up nor refill it.
  const spent = kept.flatMap(({ at, requests }) =>
    now - at < moveWindowMs ? [{ at: Math.min(at, now), requests }] : [],
  )
  return { now, spent, left: mostMoveRequests - spent.reduce((sum, { requests }) => sum + requests, 0) }
}

export function spend(budget: MoveBudget, requests: number): void {
  if (requests === 0) return
  const last = budget.spent.at(-1)
  budget.spent =
    last?.at === budget.now
      ? [...budget.spent.slice(0, -1), { at: budget.now, requests: last.requests + requests }]
      : [...budget.spent, { at: budget.now, requests }]
  budget.left -= requests
}

/** When so many requests are left, epoch milliseconds. */
export function affordableAt(budget: MoveBudget, requests: number): number {
  let left = budget.left
  if (left >= requests) return budget.now
  for (const each of budget.spent) {
    left += each.requests
    if (left >= requests) return each.at + moveWindowMs
  }
  return Number.POSITIVE_INFINITY
}
