// A record of a transaction that has no event type of its own → its columns by KIS's names.
import type { OtherRecord } from '../../../market/events.ts'
import { type Column, columnsFor, type Layout } from '../layout.ts'
import { numberOf, textOf } from '../scan/scan.ts'
import { redacted } from '../../secret.ts'

/** The record whose first value is `first`. Columns beyond the known ones come out in `extra`. */
export function readRecord(
  tr: string,
  layout: Layout | undefined,
  receivedTime: number,
  first: number,
  width: number,
): OtherRecord {
  const known = layout === undefined ? [] : columnsFor(layout, width)
  const columns: Record<string, string | number | null> = {}
  known.forEach((column, index) => {
    columns[column[0]] = readValue(column, first + index)
  })
  const extra: string[] = []
  // A column appended to a notice may hold anything, an account number too.
  for (let i = known.length; i < width; i++) extra.push(layout?.encrypted ? hide(textOf(first + i)) : textOf(first + i))
  return { type: 'record', tr, columns, extra, receivedTime }
}

function readValue([, type]: Column, value: number): string | number | null {
  if (type === 'int' || type === 'decimal') return numberOf(value)
  const text = textOf(value)
  return type === 'secret' ? hide(text) : text
}

function hide(text: string): string {
  return text === '' ? '' : redacted
}
