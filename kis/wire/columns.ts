// Further columns by KIS's own names, added to trades and books as verbatim text.
import { didYouMean } from '../../market/basics/did-you-mean.ts'
import type { MarketData } from '../../market/events.ts'
import { typedTransactionIds } from '../channel.ts'
import { columnsFor, type Layout, layoutOf } from './layout.ts'
import { textOf } from './scan/scan.ts'

/** Adds the columns to the event of the record whose first value is `first`. */
export type ColumnPicker = (event: MarketData, first: number, width: number) => MarketData

/** A sentence for each name that no trade and no book has, in any width. */
export function unknownColumns(names: readonly string[]): string[] {
  const known = new Set(typedTransactionIds.flatMap(tr => columnNames(layoutOf(tr))))
  return names
    .filter(name => !known.has(name))
    .map(name => `'${name}' is no column of trades or books${didYouMean(name, known)}`)
}

function columnNames(layout: Layout | undefined): string[] {
  return layout === undefined ? [] : [layout.columns, ...layout.variants].flat().map(([name]) => name)
}

/** Undefined when none of the names is a column of this transaction: the decoder then skips this step. */
export function columnPicker(layout: Layout, names: readonly string[]): ColumnPicker | undefined {
  const everyName = new Set(columnNames(layout))
  const wanted = new Set(names.filter(name => everyName.has(name)))
  if (wanted.size === 0) return undefined
  const indexesByWidth = new Map<number, readonly (readonly [name: string, index: number])[]>()

  return (event, first, width) => {
    let indexes = indexesByWidth.get(width)
    if (indexes === undefined) {
      indexes = columnsFor(layout, width).flatMap(([name], index) => (wanted.has(name) ? [[name, index] as const] : []))
      indexesByWidth.set(width, indexes)
    }
    const columns: Record<string, string> = {}
    for (const [name, index] of indexes) columns[name] = textOf(first + index)
    // The event is new and not emitted yet, so it may change; copying its seventeen properties would cost
    // more than reading them did.
    return Object.assign(event, { columns })
  }
}
