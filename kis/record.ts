// A record of a transaction that has no event type of its own → its columns by KIS's names.
import type { OtherRecord } from '../market/events.ts'
import { type Column, columnsFor, type Layout } from './layout.ts'
import { readNumber, readText } from './scan.ts'

const redacted = '[redacted]'

/** Reads `width` values at the cursor. Columns beyond the known ones come out in `extra`. */
export function readRecord(tr: string, layout: Layout | undefined, width: number, receivedTime: number): OtherRecord {
  const known = layout === undefined ? [] : columnsFor(layout, width)
  const columns: Record<string, string | number | null> = {}
  for (const column of known) columns[column[0]] = readValue(column)
  const extra: string[] = []
  // A column appended to a notice may hold anything, an account number too.
  for (let i = known.length; i < width; i++) extra.push(layout?.encrypted ? hide(readText()) : readText())
  return { type: 'record', tr, columns, extra, receivedTime }
}

function readValue([, type]: Column): string | number | null {
  if (type === 'int' || type === 'decimal') return readNumber()
  const text = readText()
  return type === 'secret' ? hide(text) : text
}

function hide(text: string): string {
  return text === '' ? '' : redacted
}
