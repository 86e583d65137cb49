// The known shape of a transaction's records.

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
  /** Known widths, each with the first day it was seen, or null where only a document shows it. */
  readonly widths: Readonly<Record<number, string | null>>
  readonly columns: readonly Column[]
  /** Other column lists that KIS sends, each of another width. */
  readonly variants: readonly (readonly Column[])[]
}
