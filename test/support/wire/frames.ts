// Captured frames by file and line, frames built from values, and a decoder that collects what it says.
import { readFileSync } from 'node:fs'
import { columnsFor, layoutOf } from '../../../kis/wire/layout.ts'
import { createDecoder, type DecodedEvent, type DecoderOptions } from '../../../kis/wire/decoder.ts'

/** The minute in which most of the frames were captured. */
export const receivedTime = Date.parse('2026-06-08T11:48:30.500+09:00')

/** Lines of a fixture under fixtures/frames. */
export function linesOf(file: string): string[] {
  const text = readFileSync(new URL(`../../fixtures/frames/${file}`, import.meta.url), 'utf8')
  return text.split('\n').filter(line => line !== '')
}

/** One line of a fixture, counted from 1 as manifest.tsv does. */
export function lineOf(file: string, line: number): string {
  const text = linesOf(file)[line - 1]
  if (text === undefined) throw new Error(`${file} has no line ${line}`)
  return text
}

export type ManifestRow = {
  readonly file: string
  readonly line: number
  /** The record count as the header writes it; empty when the line has no header. */
  readonly headerCount: string
  readonly fields: number
}

/** manifest.tsv: what the collector of the fixtures counted, with other means than the decoder's. */
export function manifest(): ManifestRow[] {
  return linesOf('manifest.tsv')
    .slice(1)
    .map(row => {
      const [file = '', line = '', , , headerCount = '', fields = ''] = row.split('\t')
      return { file, line: Number(line), headerCount, fields: Number.parseInt(fields, 10) }
    })
}

export function transactionOf(file: string): string {
  return file.slice(0, 8)
}

/** `0|TR|00n|…` of records given as their values. */
export function frame(tr: string, ...records: readonly (readonly string[])[]): string {
  return `0|${tr}|${String(records.length).padStart(3, '0')}|${records.map(values => values.join('^')).join('^')}`
}

/** The values of a captured line's records. */
export function recordsOf(line: string): string[][] {
  const [, , count = '1', payload = ''] = line.split('|')
  const values = payload.split('^')
  const width = values.length / Number(count)
  return Array.from({ length: Number(count) }, (_, i) => values.slice(i * width, (i + 1) * width))
}

/** Where a column stands, by the layout of that width. */
export function indexOfColumn(tr: string, name: string, width: number): number {
  const layout = layoutOf(tr)
  const index = layout === undefined ? -1 : columnsFor(layout, width).findIndex(([column]) => column === name)
  if (index < 0) throw new Error(`${tr} of ${width} values has no column ${name}`)
  return index
}

/** The same record with some values exchanged, by KIS's column names. */
export function withValues(tr: string, record: readonly string[], values: Readonly<Record<string, string>>): string[] {
  const changed = [...record]
  for (const [name, value] of Object.entries(values)) changed[indexOfColumn(tr, name, record.length)] = value
  return changed
}

export type Frames = string | Uint8Array | readonly (string | Uint8Array)[]

/** Everything one decoder says to these frames. */
export function decode(frames: Frames, options: DecoderOptions & { receivedTime?: number } = {}): DecodedEvent[] {
  const decoder = createDecoder(options)
  const events: DecodedEvent[] = []
  for (const bytes of typeof frames === 'string' || frames instanceof Uint8Array ? [frames] : frames) {
    const buffer = typeof bytes === 'string' ? Buffer.from(bytes) : bytes
    decoder.decode(buffer, options.receivedTime ?? receivedTime, event => void events.push(event))
  }
  return events
}

/** The one event that the frames make, when it is of this type. */
export function only<T extends DecodedEvent['type']>(type: T, events: readonly DecodedEvent[]) {
  const [event, ...others] = events
  if (event?.type !== type || others.length > 0) {
    throw new Error(`expected one ${type}, found ${events.map(found => found.type).join(', ') || 'nothing'}`)
  }
  return event as Extract<DecodedEvent, { type: T }>
}

export function typesOf(events: readonly DecodedEvent[]): string[] {
  return events.map(({ type }) => type)
}

/** Epoch milliseconds of a Korean date and time, `2026-06-08T11:48:27`. */
export function kst(dateTime: string): number {
  return Date.parse(`${dateTime}+09:00`)
}

/** A captured trade of KRX:005930, on 2026-06-08, with other values where they matter. `time`: `120010`. */
export function tradeFrame(time: string, price: string, volume: number, total: number): Buffer {
  const line = lineOf('H0STCNT0.txt', 1)
  const [record = []] = recordsOf(line)
  const values = { STCK_CNTG_HOUR: time, STCK_PRPR: price, CNTG_VOL: String(volume), ACML_VOL: String(total) }
  return Buffer.from(frame('H0STCNT0', withValues('H0STCNT0', record, values)))
}
