// The shape of a record: which column stands where. A record is read by its own width, never by the width it should have,
// because KIS appends columns with a few days' notice and no version.
import { layouts } from './layouts.ts'

/** `secret` columns identify a person or an account; their values are never handed out. */
export type ValueType = 'string' | 'time6' | 'date8' | 'code' | 'flag' | 'int' | 'decimal' | 'secret'

/** KIS's name, value type, Korean label. */
export type Column = readonly [name: string, type: ValueType, label: string]

export type Layout = {
  readonly tr: string
  readonly name: { readonly ko: string; readonly en: string }
  readonly kind: string
  readonly encrypted: boolean
  readonly environments: readonly string[]
  /** A narrower record was cut off, or lacks a leading column, and its positions cannot be trusted. */
  readonly minWidth: number
  /** Widths known so far, each with the first day it is known from, or null where only a document shows it. */
  readonly widths: Readonly<Record<number, string | null>>
  readonly columns: readonly Column[]
  /** Other column lists KIS is known to send, told apart by their width. */
  readonly variants: readonly (readonly Column[])[]
}

export function layoutOf(tr: string): Layout | undefined {
  return Object.hasOwn(layouts, tr) ? layouts[tr] : undefined
}

export function knownWidth(layout: Layout): number {
  return Math.max(...Object.keys(layout.widths).map(Number))
}

/** The column list for a record of this width: the one of exactly that width, else the main one, cut to fit. */
export function columnsFor(layout: Layout, width: number): readonly Column[] {
  const exact = [layout.columns, ...layout.variants].find(columns => columns.length === width)
  return exact ?? layout.columns.slice(0, width)
}
