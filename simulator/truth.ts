// The records that the tape emitted, the sessions they were sent to, and those they were withheld from. For
// tests of clients.
import { redacted } from '../kis/secret.ts'
import type { Piece } from './cuts/cutter.ts'
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
  /** As the tape emitted it, or as it was cut for this session: its values, joined by carets. */
  readonly record: string
  /** When the tape emitted it. Epoch milliseconds, the simulator's clock. */
  readonly time: number
}

/**
 * A record of the tape and its sessions. Where its volume was cut into other records, it was sent when all of
 * them were. Neither sent nor withheld: no session had it registered.
 */
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
  /** What this session is sent in place of the records. */
  cut(records: readonly TapeRecord[], session: number, pieces: readonly Piece[]): readonly TapeRecord[]
  sent(origin: TapeRecord, session: number): void
  withhold(origin: TapeRecord, session: number, why: FaultKind, fault: number): Withheld
  withheld(): readonly Withheld[]
  /** With a session: the records as they were emitted for it alone. */
  truth(tr: string, key: string, session?: number): readonly TruthRecord[]
  stats(): TruthStats
}

export function createTruth(sizes: TruthSizes): Truth {
  const withheld = createMemory<Withheld>(sizes.withheld)
  const emitted = createMemory<TapeRecord>(sizes.truth)
  /** What was emitted for sessions that get trades cut differently. */
  const own = createMemory<{ readonly session: number; readonly record: TapeRecord }>(sizes.truth)
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
    cut(records, session, pieces) {
      return pieces.map(({ record, of }) => {
        const origins = of.flatMap(at => records[at] ?? [])
        const [origin] = origins as [TapeRecord]
        const isWhole = record === origin.record
        const sent = isWhole ? origin : { ...origin, record, sentTo: [], withheldFrom: [], cuts: undefined }
        if (!keepsTruth) return sent
        own.add({ session, record: sent })
        if (!isWhole) for (const each of origins) addCut(each, session, sent)
        return sent
      })
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
    truth(tr, key, session) {
      if (!keepsTruth) throw new Error('no truth is kept: start the simulator with memory: { truth: 100_000 }')
      const isAsked = (record: TapeRecord) => record.tr === tr && record.key === key
      const ofTape = emitted.all().filter(isAsked)
      if (session === undefined) return ofTape.map(record => shown(record, fatesOf(record)))
      const cut = own.all().flatMap(entry => (entry.session === session && isAsked(entry.record) ? [entry.record] : []))
      const records = cut.length > 0 ? cut : ofTape
      return records
        .map(record => shown(record, fatesIn(record, session)))
        .filter(({ sentTo, withheldFrom }) => sentTo.length + withheldFrom.length > 0)
    },
    stats: () => ({
      withheld: withheld.added(),
      withheldForgotten: withheld.forgotten(),
      emitted: emitted.added(),
      emittedForgotten: emitted.forgotten(),
    }),
  }
}

type Fates = Pick<TruthRecord, 'sentTo' | 'withheldFrom'>

function shown({ record, time, tr }: TapeRecord, fates: Fates): TruthRecord {
  return { record, time, ...volumesOf(tr, record), ...fates }
}

/** Of a record of the tape. It was sent as often as each of its parts was, and withheld with any of them. */
function fatesOf({ cuts, sentTo, withheldFrom }: TapeRecord): Fates {
  const ofCuts = [...(cuts ?? [])].map(([session, parts]) => {
    const fates = parts.map(part => fatesIn(part, session))
    const times = Math.min(...fates.map(part => part.sentTo.length))
    return {
      sentTo: Array.from({ length: times }, () => session),
      withheldFrom: fates.flatMap(part => part.withheldFrom).slice(0, 1),
    }
  })
  return {
    sentTo: [...sentTo, ...ofCuts.flatMap(fates => fates.sentTo)],
    withheldFrom: [...withheldFrom, ...ofCuts.flatMap(fates => fates.withheldFrom)],
  }
}

function addCut(origin: TapeRecord, session: number, part: TapeRecord): void {
  origin.cuts ??= new Map()
  origin.cuts.set(session, [...(origin.cuts.get(session) ?? []), part])
}

function fatesIn({ sentTo, withheldFrom }: TapeRecord, session: number): Fates {
  return {
    sentTo: sentTo.filter(each => each === session),
    withheldFrom: withheldFrom.filter(each => each.session === session),
  }
}

function read(tr: string, key: string, frame: string, time: number): TapeRecord[] {
  const split = splitFrame(frame)
  if (split === undefined) return []
  // The key of a notice is a login id, which identifies a person.
  const name = isNotice(tr) ? redacted : key
  const { countEach } = split
  return split.records.map(record => ({
    tr,
    key: name,
    record,
    countEach,
    time,
    sentTo: [],
    withheldFrom: [],
    cuts: undefined,
  }))
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
