// Executions cut differently: two in one record, one in two, or two of the same second in the other order.
// The day's totals are right at the end of every record. A trade can be cut only behind the one before it,
// whose totals say what it added itself.
import type { TradeColumns } from './trade-columns.ts'

/** The values of a record. */
export type Values = readonly string[]

/** Whether nothing was traded between the two. */
export function follows(before: Values, trade: Values, columns: TradeColumns): boolean {
  const { moment, total, volume } = columns
  const date = moment[1]
  const volumeOf = Number(trade[volume])
  return (
    volumeOf > 0 &&
    (date === undefined || before[date] === trade[date]) &&
    Number(before[total]) + volumeOf === Number(trade[total])
  )
}

/** Two executions of one second, at one price, on one side, as one record. */
export function joined(before: Values, one: Values, next: Values, columns: TradeColumns): Values | undefined {
  const { price, running, volume } = columns
  if (!isOneMoment(one, next, columns) || one[price] !== next[price]) return undefined
  // The side shows in what an execution adds to.
  const isSameSide = running.every(at => (added(before, one, at) === 0) === (added(one, next, at) === 0))
  if (!isSameSide) return undefined
  return withValues(next, [[volume, `${Number(one[volume]) + Number(next[volume])}`]])
}

/** The first part has `share` of the volume, at least 1; undefined for a volume that cannot be divided. */
export function split(
  before: Values,
  trade: Values,
  share: number,
  columns: TradeColumns,
): [Values, Values] | undefined {
  const { sums, volume } = columns
  const whole = Number(trade[volume])
  if (!Number.isInteger(whole) || whole < 2) return undefined
  const first = 1 + Math.floor(share * (whole - 1))
  const part = first / whole
  const half = withValues(trade, [
    [volume, `${first}`],
    ...sums.map((at): [number, string] => [at, sum(before[at], added(before, trade, at) * part, trade[at])]),
  ])
  return [half, withValues(trade, [[volume, `${whole - first}`]])]
}

/** Undefined where the order would show nothing, or would change the day's open, high or low. */
export function swapped(
  before: Values,
  one: Values,
  next: Values,
  columns: TradeColumns,
): [Values, Values] | undefined {
  const { extremes, price, ratios, running, volume } = columns
  if (!isOneMoment(one, next, columns)) return undefined
  if (one[price] === next[price] && one[volume] === next[volume]) return undefined
  if (extremes.some(at => before[at] !== one[at] || one[at] !== next[at])) return undefined
  const first = withValues(
    next,
    running.map(at => [at, sum(before[at], added(one, next, at), next[at])]),
  )
  const second = withValues(
    one,
    [...running, ...ratios].map(at => [at, next[at] ?? '']),
  )
  return [first, second]
}

function isOneMoment(one: Values, next: Values, { moment }: TradeColumns): boolean {
  return moment.every(at => one[at] === next[at])
}

function added(before: Values, trade: Values, at: number): number {
  return Number(trade[at]) - Number(before[at])
}

/** With as many decimals as the value of the record has. */
function sum(before: string | undefined, more: number, written: string | undefined): string {
  const decimals = written?.split('.')[1]?.length ?? 0
  return (Number(before) + more).toFixed(decimals)
}

function withValues(values: Values, changes: readonly (readonly [at: number, value: string])[]): Values {
  const changed = [...values]
  for (const [at, value] of changes) changed[at] = value
  return changed
}
