// The shape of a record: the position of each column. A record is read by its own width, not by an expected
// one, because KIS appends columns with a few days' notice and no version.
import type { Column, Layout } from './layout-type.ts'
import { layouts } from './layouts.ts'

export type { Column, Layout, ValueType } from './layout-type.ts'

/** The ids of every real-time transaction that KIS offers. */
export const transactionIds: readonly string[] = Object.keys(layouts)

export function layoutOf(tr: string): Layout | undefined {
  return Object.hasOwn(layouts, tr) ? layouts[tr] : undefined
}

export function knownWidth(layout: Layout): number {
  return Math.max(...Object.keys(layout.widths).map(Number))
}

/** The column list for a record of this width: the one of exactly that width, else the main one, cut. */
export function columnsFor(layout: Layout, width: number): readonly Column[] {
  const exact = [layout.columns, ...layout.variants].find(columns => columns.length === width)
  return exact ?? layout.columns.slice(0, width)
}
