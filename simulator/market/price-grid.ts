// The valid prices, in Korea and overseas.

/**
 * Prices are whole numbers of the smallest decimal, so that sums stay exact: 274000 for 274,000 won, 1697850
 * for 169.7850 dollars.
 */
export type PriceGrid = {
  readonly decimals: number
  /** The next price above, and below. */
  readonly up: (price: number) => number
  readonly down: (price: number) => number
}

/** KRX's tick sizes since 2023-01-25. NXT has the same. */
const koreanTicks: readonly (readonly [below: number, tick: number])[] = [
  [2_000, 1],
  [5_000, 5],
  [20_000, 10],
  [50_000, 50],
  [200_000, 100],
  [500_000, 500],
  [Number.POSITIVE_INFINITY, 1_000],
]

export function koreanTick(price: number): number {
  for (const [below, tick] of koreanTicks) if (price < below) return tick
  return 1_000
}

export const koreanGrid: PriceGrid = {
  decimals: 0,
  up: price => price + koreanTick(price),
  // Below 2,000 the step is that of 1,999.
  down: price => price - koreanTick(price - 1),
}

export function evenGrid(decimals: number, tick: number): PriceGrid {
  return { decimals, up: price => price + tick, down: price => price - tick }
}

/** Rounds down to a valid price. */
export function onGrid(price: number, grid: PriceGrid): number {
  return price - (price % (grid.up(price) - price))
}
