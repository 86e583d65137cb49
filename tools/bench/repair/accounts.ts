// What became of every record that was lost: each is held against the gaps, the backfills and the verdicts,
// to the share.
import { hourMs } from '../../../market/basics/durations.ts'
import { fromWire } from '../../../kis/channel.ts'
import type { BackfilledTrade, GapVerdict, MarketEvent } from '../../../market/events.ts'
import { skipsOneOf } from '../../../simulator/rest/quoting.ts'
import type { Withheld } from '../../../simulator/server.ts'
import type { RepairSession } from './session.ts'

export type RepairReport = {
  readonly lost: number
  readonly gaps: number
  /** Lost, and its volume lies in a gap that was reported. */
  readonly detected: number
  /** Lost, and delivered with a backfill, the same in price, volume, total and second. */
  readonly repaired: number
  /** Delivered with a backfill, and not the same as what was lost. */
  readonly wrong: number
  /** Delivered more than once, by the stream or by a backfill. */
  readonly twice: number
  /** Lost, and reported as unknown. */
  readonly unfillable: number
  /** Of these, how many REST leaves out of its executions… */
  readonly skipped: number
  /**
   * …and how many stand behind the thirty newest of their second, which is all of a second that Korean REST
   * returns…
   */
  readonly crowded: number
  /**
   * …and the others: overseas, where only the latest are returned, they were too old; Korean ones may not
   * exist.
   */
  readonly others: number
  /** Lost, neither repaired nor reported. */
  readonly unaccounted: number
  readonly verdicts: Readonly<Record<GapVerdict['verdict'], number>>
  readonly calls: number
  /** Refused by the simulator, because they came too soon. */
  readonly callsTooSoon: number
  /** From each gap to the verdict that it is repaired, sorted. */
  readonly repairMs: readonly number[]
}

type Lost = {
  readonly name: string
  readonly instrument: string
  readonly businessDate: string
  readonly fromVolume: number
  readonly toVolume: number
  readonly price: number
  readonly time: string
}

type Part = { readonly instrument: string; readonly fromVolume: number; readonly toVolume: number }

export function accountsOf(session: RepairSession, skippedOneOf: number): RepairReport {
  const { lost, events, stats } = session
  const all = lost.map(readLost)
  const byName = new Map(all.map(one => [one.name, one]))
  const gaps = of(events, 'gap')
  const verdicts = of(events, 'gap-verdict')
  const backfilled = of(events, 'backfill').flatMap(({ instrument, trades }) =>
    trades.map(trade => ({ trade, name: `${instrument} ${trade.cumulativeVolume}` })),
  )
  const right = new Set(backfilled.filter(({ name, trade }) => isSame(byName.get(name), trade)).map(({ name }) => name))
  const unknownParts = verdicts.flatMap(({ instrument, unknown }) => unknown.map(part => ({ ...part, instrument })))
  const unfillable = all.filter(one => !right.has(one.name) && isInOneOf(unknownParts, one))
  const skips = skipsOneOf(skippedOneOf, 1)
  const isSkipped = ({ businessDate, toVolume }: Lost) => skips({ businessDate, cumulativeVolume: toVolume })
  const crowd = crowdedNames(session, isSkipped)
  const notSkipped = unfillable.filter(one => !isSkipped(one))
  const delivered = [
    ...of(events, 'trade').map(({ instrument, cumulativeVolume }) => `${instrument} ${cumulativeVolume}`),
    ...backfilled.map(({ name }) => name),
  ]
  const gapTimes = new Map(gaps.map(gap => [nameOf(gap), gap.receivedTime]))
  const withVerdict = (wanted: GapVerdict['verdict']) => verdicts.filter(({ verdict }) => verdict === wanted)
  return {
    lost: all.length,
    gaps: gaps.length,
    detected: all.filter(one => isInOneOf(gaps, one)).length,
    repaired: right.size,
    wrong: backfilled.length - right.size,
    twice: delivered.length - new Set(delivered).size,
    unfillable: unfillable.length,
    skipped: unfillable.length - notSkipped.length,
    crowded: notSkipped.filter(({ name }) => crowd.has(name)).length,
    others: notSkipped.filter(({ name }) => !crowd.has(name)).length,
    unaccounted: all.length - right.size - unfillable.length,
    verdicts: {
      repaired: withVerdict('repaired').length,
      explained: withVerdict('explained').length,
      unfillable: withVerdict('unfillable').length,
    },
    calls: stats.quotationsAnswered,
    callsTooSoon: stats.quotationsTooSoon,
    repairMs: withVerdict('repaired')
      .map(verdict => verdict.receivedTime - (gapTimes.get(nameOf(verdict)) ?? Number.NaN))
      .sort((a, b) => a - b),
  }
}

export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

function of<T extends MarketEvent['type']>(events: readonly MarketEvent[], type: T) {
  return events.filter((event): event is Extract<MarketEvent, { type: T }> => event.type === type)
}

function nameOf({ instrument, fromVolume, toVolume }: Part): string {
  return `${instrument} ${fromVolume} ${toVolume}`
}

function isInOneOf(parts: readonly Part[], { instrument, fromVolume, toVolume }: Lost): boolean {
  return parts.some(
    part => part.instrument === instrument && part.fromVolume <= fromVolume && toVolume <= part.toVolume,
  )
}

const executionsPerCall = 30

/**
 * A Korean call returns the newest thirty at or before a second: the others of that second are never
 * returned.
 */
function crowdedNames({ truth }: RepairSession, isSkipped: (one: Lost) => boolean): ReadonlySet<string> {
  const names = new Set<string>()
  for (const [place, records] of truth) {
    const [tr = '', key = ''] = place.split(' ')
    if (tr.startsWith('HDFS')) continue
    const returned = records.map(record => readLost({ ...record, tr, key })).filter(one => !isSkipped(one))
    for (const [at, one] of returned.entries())
      if (returned[at + executionsPerCall]?.time === one.time) names.add(one.name)
  }
  return names
}

/** Read from the record's text by position, without anything of the pipeline's own reading. */
type Emitted = Pick<Withheld, 'tr' | 'key' | 'record' | 'volume' | 'cumulativeVolume'>

function readLost({ tr, key, record, volume = Number.NaN, cumulativeVolume = Number.NaN }: Emitted): Lost {
  const values = record.split('^')
  const isOverseas = tr.startsWith('HDFS')
  const instrument = fromWire({ tr, key })?.instrument ?? key
  return {
    name: `${instrument} ${cumulativeVolume}`,
    instrument,
    businessDate: values[isOverseas ? 3 : 33] ?? '',
    fromVolume: cumulativeVolume - volume,
    toVolume: cumulativeVolume,
    price: Number(values[isOverseas ? 11 : 2]),
    time: values[isOverseas ? 7 : 1] ?? '',
  }
}

function isSame(lost: Lost | undefined, trade: BackfilledTrade): boolean {
  if (lost === undefined) return false
  const time = new Date(trade.eventTime + 9 * hourMs).toISOString().slice(11, 19).replaceAll(':', '')
  const isSameVolume = lost.toVolume === trade.cumulativeVolume && lost.toVolume - lost.fromVolume === trade.volume
  return isSameVolume && lost.price === trade.price && lost.time === time
}
