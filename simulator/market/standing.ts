// The present record of a transaction and key, for REST: the next one of a generated market, or the last one
// that a tape emitted.
import { columnsFor, layoutOf } from '../../kis/wire/layout.ts'
import type { History, StandingRecord } from '../tape/listener.ts'
import { splitFrame } from '../columns/records.ts'
import type { Registration } from '../transactions.ts'

/** A record by column, in lower case as REST writes its keys. */
export type Columns = Readonly<Record<string, string>>

type RecordOf = (registrations: readonly Registration[]) => StandingRecord | undefined

/** The first of these registrations that has a record. */
export type Standing = (registrations: readonly Registration[]) => Columns | undefined

/** Keeps the last frame of every transaction and key. */
export function createLastEmitted(): History & { readonly record: RecordOf } {
  const frames = new Map<string, string>()
  return {
    add(tr, key, frame) {
      frames.set(`${tr} ${key}`, frame)
    },
    record(registrations) {
      for (const registration of registrations) {
        const frame = frames.get(`${registration.tr} ${registration.key}`)
        const text = frame === undefined ? undefined : splitFrame(frame)?.records.at(-1)
        if (text !== undefined) return { registration, text }
      }
      return undefined
    },
  }
}

export function standingIn(record: RecordOf): Standing {
  return registrations => {
    const found = record(registrations)
    const layout = found === undefined ? undefined : layoutOf(found.registration.tr)
    if (found === undefined || layout === undefined) return undefined
    const values = found.text.split('^')
    const named = columnsFor(layout, values.length).map(([name], i) => [name.toLowerCase(), values[i] ?? ''])
    return Object.fromEntries(named) as Columns
  }
}
