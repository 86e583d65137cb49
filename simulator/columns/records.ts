// A data frame as records, and records as a frame again. An unchanged frame leaves as the same text.
import { columnsFor, layoutOf } from '../../kis/wire/layout.ts'
import type { FaultKind } from '../faults/faults.ts'

/**
 * A record of the tape, or of one session that gets trades cut differently. The lists fill while its frame
 * goes out.
 */
export type TapeRecord = {
  readonly tr: string
  readonly key: string
  readonly record: string
  readonly countEach: number
  readonly time: number
  readonly sentTo: number[]
  readonly withheldFrom: { readonly session: number; readonly why: FaultKind }[]
  /** By session that gets other records: those that have its volume. */
  cuts: Map<number, TapeRecord[]> | undefined
}

/** A record to be sent to one session. */
export type Row = {
  /** Its values, joined by carets. */
  readonly text: string
  /** How many records it claims to be: 1, or all of a frame whose values do not divide by its count. */
  readonly count: number
  /** The record that it comes from. */
  readonly origin: TapeRecord
}

export type DataFrame = {
  /** The original text; undefined once something was changed. */
  readonly text: string | undefined
  /** `0|H0STCNT0|` */
  readonly head: string
  readonly rows: readonly Row[]
}

const envelope = /^[01]\|[A-Z0-9]{8}\|(\d{1,6})\|/
export const headLength = '0|H0STCNT0|'.length

export type Split = { readonly head: string; readonly records: readonly string[]; readonly countEach: number }

/** Undefined for a text that is no frame. */
export function splitFrame(text: string): Split | undefined {
  const [start, digits] = envelope.exec(text) ?? []
  if (start === undefined) return undefined
  const head = text.slice(0, headLength)
  const payload = text.slice(start.length)
  const count = Number(digits)
  if (count === 1) return { head, records: [payload], countEach: 1 }
  const values = payload.split('^')
  const width = values.length / count
  if (!Number.isInteger(width)) return { head, records: [payload], countEach: count }
  const records = Array.from({ length: count }, (_, i) => values.slice(i * width, (i + 1) * width).join('^'))
  return { head, records, countEach: 1 }
}

export function frameText({ text, head, rows }: DataFrame): string {
  if (text !== undefined) return text
  const count = rows.reduce((sum, row) => sum + row.count, 0)
  return `${head}${String(count).padStart(3, '0')}|${rows.map(row => row.text).join('^')}`
}

/** A frame of the same kind with other records; none when there are none. */
export function frameWith({ head }: DataFrame, rows: readonly Row[]): readonly DataFrame[] {
  return rows.length === 0 ? [] : [{ text: undefined, head, rows }]
}

export function isTrade(tr: string): boolean {
  return layoutOf(tr)?.kind === 'trade'
}

export function isTradeOrBook(tr: string): boolean {
  return isTrade(tr) || layoutOf(tr)?.kind === 'quote'
}

export type Volumes = { readonly volume: number | undefined; readonly cumulativeVolume: number | undefined }

/** Of Korean shares, overseas shares, futures and options. */
export const volumeColumns: ReadonlySet<string> = new Set(['CNTG_VOL', 'EVOL', 'LAST_CNQN'])
export const cumulativeColumns: ReadonlySet<string> = new Set(['ACML_VOL', 'TVOL'])

/** The volume of a trade in shares; undefined for every other record. */
export function volumesOf(tr: string, record: string): Volumes {
  const layout = layoutOf(tr)
  if (layout === undefined || layout.kind !== 'trade') return { volume: undefined, cumulativeVolume: undefined }
  const values = record.split('^')
  const columns = columnsFor(layout, values.length)
  const valueOf = (names: ReadonlySet<string>) => {
    const value = Number(values[columns.findIndex(([name]) => names.has(name))] || Number.NaN)
    return Number.isFinite(value) ? value : undefined
  }
  return { volume: valueOf(volumeColumns), cumulativeVolume: valueOf(cumulativeColumns) }
}
