// The instruments of this market besides shares, each transaction's product by its name: indices, warrants,
// futures, options, bonds. Prices are near the captures and the vendor's lines of each, or made up where
// there is neither.
import { evenGrid, type PriceGrid } from './price-grid.ts'

export type Product = {
  readonly name: string
  readonly grid: PriceGrid
  /** Previous closes lie between these. */
  readonly lowest: number
  readonly highest: number
  /** Shares or contracts that usually rest at one price. */
  readonly depth: number
  /** From evening to morning, as one trading day. */
  readonly isAtNight?: boolean
  /** Known previous closes, by code or by its first characters. */
  readonly known?: Readonly<Record<string, number>>
}

const hundredths = evenGrid(2, 1)
const fiveHundredths = evenGrid(2, 5)
const won = evenGrid(0, 100)
const indexOption = { grid: hundredths, lowest: 2, highest: 20, depth: 60 }
const indexFuture = { grid: fiveHundredths, lowest: 1_050, highest: 1_120, depth: 60, known: { A05: 1_080.85 } }

const products: readonly (readonly [tr: RegExp, product: Product])[] = [
  // 2001 is KOSPI 200, near its futures of 2026-07-22; 0001 is in the proportion of the vendor's lines to it.
  [
    /^H0UP/,
    {
      name: 'index',
      grid: fiveHundredths,
      lowest: 800,
      highest: 3_000,
      depth: 300,
      known: { '2001': 1_082, '0001': 7_900 },
    },
  ],
  [/^H0EW/, { name: 'warrant', grid: evenGrid(0, 5), lowest: 200, highest: 800, depth: 30_000 }],
  [/^H0IF/, { name: 'index future', ...indexFuture }],
  [/^H0MF/, { name: 'night future', isAtNight: true, ...indexFuture }],
  [/^H0IO/, { name: 'index option', ...indexOption }],
  [/^H0EU/, { name: 'night option', isAtNight: true, ...indexOption }],
  // The dollar, 2026-05-04.
  [
    /^H0CF/,
    {
      name: 'commodity future',
      grid: evenGrid(2, 10),
      lowest: 1_400,
      highest: 1_500,
      depth: 100,
      known: { A75: 1_483.3 },
    },
  ],
  [/^H0ZF/, { name: 'share future', grid: won, lowest: 50_000, highest: 90_000, depth: 40 }],
  [/^H0ZO/, { name: 'share option', grid: evenGrid(0, 10), lowest: 800, highest: 5_000, depth: 40 }],
  [/^H0BJ/, { name: 'bond', grid: evenGrid(1, 5), lowest: 9_500, highest: 10_500, depth: 5_000 }],
  [/^H0BI/, { name: 'bond index', grid: hundredths, lowest: 150, highest: 180, depth: 100 }],
  // Raw numbers: their decimal point is shifted.
  [/^HDFFF0/, { name: 'overseas future', grid: evenGrid(1, 5), lowest: 5_000, highest: 20_000, depth: 30 }],
]

/** Undefined for shares and for notices of an account. */
export function productOf(tr: string): Product | undefined {
  return products.find(([pattern]) => pattern.test(tr))?.[1]
}

export function knownClose({ known = {} }: Product, symbol: string): number | undefined {
  return Object.entries(known).find(([start]) => symbol.startsWith(start))?.[1]
}
