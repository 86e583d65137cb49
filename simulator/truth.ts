// The records that the tape emitted, the sessions they were sent to, and those they were withheld from. For
// tests of clients.
import { redacted } from '../kis/secret.ts'
import type { FaultKind } from './faults/faults.ts'
import type { History } from './tape/listener.ts'
import { splitFrame, type TapeRecord, type Volumes, volumesOf } from './columns/records.ts'
import { isNotice } from './transactions.ts'

/** A record that a session had registered and was not sent. */
export type Withheld = Volumes & {
  /** The number of the fault, and its kind. */
  readonly fault: number
  readonly why: FaultKind
  readonly session: number
  readonly tr: string
  readonly key: string
  /** As the tape emitted it: its values, joined by carets. */
  readonly record: string
  /** When the tape emitted it. Epoch milliseconds, the simulator's clock. */
  readonly time: number
}

/** A record of the tape and its sessions. Neither sent nor withheld: no session had it registered. */
export type TruthRecord = Volumes & {
  readonly record: string
  readonly time: number
  /** By session number; twice where it was sent twice. */
  readonly sentTo: readonly number[]
  readonly withheldFrom: readonly { readonly session: number; readonly why: FaultKind }[]
}

/** How many records are remembered: the newest. */
export type TruthSizes = { readonly withheld: number; readonly truth: number }

export type TruthStats = {
  /** Records withheld so far, and how many of them are not remembered any more. */
  readonly withheld: number
  readonly withheldForgotten: number
  /** The same for all records emitted; 0 when the truth is not kept. */
  readonly emitted: number
  readonly emittedForgotten: number
}

export type Truth = History & {
  /** Whether every record emitted is kept. */
  readonly keepsTruth: boolean
  /** The records of a frame that is about to be sent; none for a text that is no frame. */
  recordsOf(tr: string, key: string, frame: string, time: number): readonly TapeRecord[]
  sent(origin: TapeRecord, session: number): void
  withhold(origin: TapeRecord, session: number, why: FaultKind, fault: number): Withheld
  withheld(): readonly Withheld[]
  truth(tr: string, key: string): readonly TruthRecord[]
  stats(): TruthStats
}

export function createTruth(sizes: TruthSizes): Truth {
  const withheld = createMemory<Withheld>(sizes.withheld)
  const emitted = createMemory<TapeRecord>(sizes.truth)
  /** The last frame of each transaction and key, so that its deliveries are noted with it. */
  const last = new Map<string, { readonly frame: string; readonly records: readonly TapeRecord[] }>()
  const keepsTruth = sizes.truth > 0

  function add(tr: string, key: string, frame: string, time: number): readonly TapeRecord[] {
    const records = read(tr, key, frame, time)
    if (!keepsTruth) return records
    last.set(`${tr} ${key}`, { frame, records })
    for (const record of records) emitted.add(record)
    return records
  }

  return {
    keepsTruth,
    add,
    recordsOf(tr, key, frame, time) {
      const known = last.get(`${tr} ${key}`)
      // A tape may add nothing to its history.
      return known?.frame === frame ? known.records : add(tr, key, frame, time)
    },
    sent(origin, session) {
      if (keepsTruth) origin.sentTo.push(session)
    },
    withhold(origin, session, why, fault) {
      const { tr, key, record, time } = origin
      const entry = { fault, why, session, tr, key, record, time, ...volumesOf(tr, record) }
      withheld.add(entry)
      if (keepsTruth) origin.withheldFrom.push({ session, why })
      return entry
    },
    withheld: () => withheld.all(),
    truth(tr, key) {
      if (!keepsTruth) throw new Error('no truth is kept: start the simulator with memory: { truth: 100_000 }')
      return emitted
        .all()
        .filter(origin => origin.tr === tr && origin.key === key)
        .map(({ record, time, sentTo, withheldFrom }) => ({
          record,
          time,
          ...volumesOf(tr, record),
          sentTo: [...sentTo],
          withheldFrom: [...withheldFrom],
        }))
    },
    stats: () => ({
      withheld: withheld.added(),
      withheldForgotten: withheld.forgotten(),
      emitted: emitted.added(),
      emittedForgotten: emitted.forgotten(),
    }),
  }
}

function read(tr: string, key: string, frame: string, time: number): TapeRecord[] {
  const split = splitFrame(frame)
  if (split === undefined) return []
  // The key of a notice is a login id, which identifies a person.
  const shown = isNotice(tr) ? redacted : key
  const { countEach } = split
  return split.records.map(record => ({ tr, key: shown, record, countEach, time, sentTo: [], withheldFrom: [] }))
}

/**
 * A list that drops its oldest entries. In bulk, because removing the first entry of a long list moves all
 * the others.
 */
function createMemory<T>(most: number) {
  const kept: T[] = []
  let added = 0
  return {
    add(entry: T): void {
      added++
      if (most === 0) return
      if (kept.length >= most * 2) kept.splice(0, most)
      kept.push(entry)
    },
    all: (): T[] => (most === 0 ? [] : kept.slice(-most)),
    added: () => added,
    forgotten: () => Math.max(0, added - most),
  }
}
