// A simulated instrument → a record of each transaction, value by value in the order of kis/wire/layouts.ts.
// A column without a value is a mistake, which is reported by name when the simulator starts to use that
// layout.
import { columnsFor, knownWidth, layoutOf } from '../../kis/wire/layout.ts'
import { bondColumns, bondIndexColumns } from './bond.ts'
import { derivativeColumns } from './derivative.ts'
import { elwColumns } from './elw.ts'
import { expectedColumns } from './expected.ts'
import { indexColumns } from './index.ts'
import type { SimulatedInstrument } from '../market/market.ts'
import { memberColumns } from './member.ts'
import { marketStateColumns, navColumns } from './market-state.ts'
import { foreignFutureColumns } from './foreign-future.ts'
import { overseasLevels, overseasShare, usMarkets } from './overseas.ts'
import { overtimeColumns } from './overtime.ts'
import { indexProgramColumns, programColumns } from './program.ts'
import { stockBook, stockLevels, stockTrade } from './stock.ts'
import type { Value, Values } from './values.ts'

/** Writes one record, its values joined by carets. */
export type RowWriter = (instrument: SimulatedInstrument) => string

/** Requested widths; a transaction that never had such a width keeps its own. */
export type Widths = { readonly trade?: number; readonly book?: number }

/**
 * The values of a transaction with its own column names. Made for each writer, since some remember their last
 * record.
 */
const families: readonly (readonly [tr: RegExp, columns: (tr: string, names: readonly string[]) => Values])[] = [
  [/^H0(ST|NX|UN)ANC0$|^H0EWANC0$/, expectedColumns],
  [/^H0STO(UP|AC|AA)0$/, overtimeColumns],
  [/^H0(ST|NX|UN)MBC0$/, memberColumns],
  [/^H0(ST|NX|UN)PGM0$/, programColumns],
  [/^H0(ST|NX|UN)MKO0$/, marketStateColumns],
  [/^H0STNAV0$/, navColumns],
  [/^H0UPPGM0$/, indexProgramColumns],
  [/^H0UP/, indexColumns],
  [/^H0EW/, elwColumns],
  [/^H0BI/, bondIndexColumns],
  [/^H0BJ/, bondColumns],
  [/^HDFFF0/, foreignFutureColumns],
  [/^H0(IF|IO|CF|ZF|ZO|MF|EU)/, derivativeColumns],
]

/** `key`: what it was registered under, which overseas records repeat. */
export function rowWriter(tr: string, width: number, key: string): RowWriter {
  const layout = layoutOf(tr)
  if (layout === undefined) throw new Error(`${tr} has no layout`)
  const names = columnsFor(layout, width).map(([name]) => name)
  const own = new Map(Object.entries({ ...ownColumns(tr, names), RSYM: () => key }))
  const values = names.map((name): Value => {
    const value = own.get(name) ?? columns.get(name)
    if (value === undefined) throw new Error(`${tr}: the simulator has no value for column ${name}`)
    return value
  })
  const [first, ...rest] = values
  return instrument => {
    let row = `${first?.(instrument)}`
    for (let i = 0; i < rest.length; i++) row += `^${(rest[i] as Value)(instrument)}`
    return row
  }
}

function ownColumns(tr: string, names: readonly string[]): Values {
  return families.find(([pattern]) => pattern.test(tr))?.[1](tr, names) ?? {}
}

/** The width of this transaction's records: the requested one if KIS ever sent it, else KIS's present one. */
export function rowWidth(tr: string, venue: string, widths: Widths): number {
  const layout = layoutOf(tr)
  if (layout === undefined) return 0
  // Ten levels in the US, one in Asia (protocol notes 5.5).
  if (tr === 'HDFSASP0') return usMarkets.has(venue) ? knownWidth(layout) : layout.minWidth
  // The exchange class, the eleventh value in the documents, is in no capture.
  if (tr.endsWith('MKO0')) return layout.minWidth
  const asked = tr.endsWith('CNT0') ? widths.trade : widths.book
  return asked !== undefined && Object.hasOwn(layout.widths, asked) ? asked : layout.columns.length
}

const columns: ReadonlyMap<string, Value> = new Map(
  [stockTrade, stockBook, stockLevels, overseasShare, overseasLevels].flatMap(values => Object.entries(values)),
)
