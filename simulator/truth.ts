// What was told, to whom, and what was kept from whom: the side of the story a test holds against what its client says.
import { redacted } from '../kis/secret.ts'
import type { FaultKind } from './faults/faults.ts'
import type { History } from './tape/listener.ts'
import { splitFrame, type Volumes, volumesOf } from './columns/records.ts'
import { isNotice } from './transactions.ts'

/** A record that a session had registered and was not sent. */
export type Withheld = Volumes & {
  /** The number of the fault, and its kind. */
  readonly fault: number
  readonly why: FaultKind
  readonly session: number
  readonly tr: string
  readonly key: string
  /** As it was told: its values, joined by carets. */
  readonly record: string
  /** When it was told. Epoch milliseconds, the simulator's clock. */
  readonly time: number
}

/** A record of the tape and what became of it. Neither sent nor withheld: nobody had it registered. */
export type TruthRecord = Volumes & {
  readonly record: string
  readonly time: number
  /** By session number; twice where it was sent twice. */
  readonly sentTo: readonly number[]
  readonly withheldFrom: readonly { readonly session: number; readonly why: FaultKind }[]
}

/** A record of the tape. The two lists fill while its frame goes out. */
export type ToldRecord = {
  readonly tr: string
  readonly key: string
  readonly record: string
  readonly countEach: number
  readonly time: number
  readonly sentTo: number[]
  readonly withheldFrom: { readonly session: number; readonly why: FaultKind }[]
}

/** How many records are remembered: the newest. */
export type LedgerSizes = { readonly withheld: number; readonly truth: number }

export type LedgerStats = {
  /** Records withheld so far, and how many of them are not remembered any more. */
  readonly withheld: number
  readonly withheldForgotten: number
  /** The same of everything told; 0 when nothing of it is kept. */
  readonly told: number
  readonly toldForgotten: number
}

export type Ledger = History & {
  /** Whether everything told is kept. */
  readonly keepsTruth: boolean
  /** The records of a frame that is about to be sent; none for a text that is no frame. */
  recordsOf(tr: string, key: string, frame: string, time: number): readonly ToldRecord[]
  sent(told: ToldRecord, session: number): void
  /** Gives back what it wrote down. */
  withhold(told: ToldRecord, session: number, why: FaultKind, fault: number): Withheld
  withheld(): readonly Withheld[]
  truth(tr: string, key: string): readonly TruthRecord[]
  stats(): LedgerStats
}

export function createLedger(sizes: LedgerSizes): Ledger {
  const withheld = createMemory<Withheld>(sizes.withheld)
  const truth = createMemory<ToldRecord>(sizes.truth)
  /** The last frame of each transaction and key, so that what becomes of it is written beside it. */
  const last = new Map<string, { readonly frame: string; readonly records: readonly ToldRecord[] }>()
  const keepsTruth = sizes.truth > 0

  function tell(tr: string, key: string, frame: string, time: number): readonly ToldRecord[] {
    const records = read(tr, key, frame, time)
    if (!keepsTruth) return records
    last.set(`${tr} ${key}`, { frame, records })
    for (const record of records) truth.add(record)
    return records
  }

  return {
    keepsTruth,
    tell,
    recordsOf(tr, key, frame, time) {
      const known = last.get(`${tr} ${key}`)
      // A tape that tells no history still has one.
      return known?.frame === frame ? known.records : tell(tr, key, frame, time)
    },
    sent(told, session) {
      if (keepsTruth) told.sentTo.push(session)
    },
    withhold(told, session, why, fault) {
      const { tr, key, record, time } = told
      const entry = { fault, why, session, tr, key, record, time, ...volumesOf(tr, record) }
      withheld.add(entry)
      if (keepsTruth) told.withheldFrom.push({ session, why })
      return entry
    },
    withheld: () => withheld.all(),
    truth(tr, key) {
      if (!keepsTruth) throw new Error('no truth is kept: start the simulator with memory: { truth: 100_000 }')
      return truth
        .all()
        .filter(told => told.tr === tr && told.key === key)
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
      told: truth.added(),
      toldForgotten: truth.forgotten(),
    }),
  }
}

function read(tr: string, key: string, frame: string, time: number): ToldRecord[] {
  const split = splitFrame(frame)
  if (split === undefined) return []
  // The key of a notice is a login id, which identifies a person.
  const shown = isNotice(tr) ? redacted : key
  const { countEach } = split
  return split.records.map(record => ({ tr, key: shown, record, countEach, time, sentTo: [], withheldFrom: [] }))
}

/** A list that forgets its oldest. In bulk, because taking the first of a long list away moves all the others. */
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
