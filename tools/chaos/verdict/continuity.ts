// What a feed said of one instrument's volume, held against what the market did: every share delivered once
// or reported missing.
import type { MarketEvent, Trade } from '../../../market/events.ts'
import type { Instrument } from '../../../market/instrument.ts'
import type { TruthRecord, Withheld } from '../../../simulator/server.ts'
import { holds, joined, type Span, sizeOf, without } from './spans.ts'

export type ContinuityFigures = {
  /** Trades that happened, and that came. */
  readonly happened: number
  readonly delivered: number
  readonly deliveredTwice: number
  readonly withheld: number
  /** Withheld, but another copy came. */
  readonly withheldButDelivered: number
  /** Before the first trade that came, or after the last: it cannot be known. */
  readonly unknowable: number
  /** Gap events, and fills, as they were emitted. */
  readonly gaps: number
  readonly fills: number
  /** What the gaps still hold at the end, and what they should: stretches of volume, and shares. */
  readonly stretchesReported: number
  readonly stretchesExpected: number
  readonly volumeReported: number
  readonly volumeExpected: number
}

export type ContinuityJudgement = { readonly differences: readonly string[]; readonly figures: ContinuityFigures }

export function judgeContinuity(
  instrument: Instrument,
  events: readonly MarketEvent[],
  truth: readonly TruthRecord[],
  withheld: readonly Withheld[],
): ContinuityJudgement {
  const trades = events.filter((event): event is Trade => event.type === 'trade' && event.instrument === instrument)
  const delivered = new Set(trades.map(totalOf))
  const { reported, gaps, fills, differences } = readReports(instrument, events)
  if (delivered.size < trades.length) differences.push(`${trades.length - delivered.size} trades were delivered twice`)

  const happened = new Set(truth.map(totalOf))
  const invented = [...delivered].filter(total => !happened.has(total))
  if (invented.length > 0) differences.push(`trades that never happened were delivered: totals ${invented.join(', ')}`)

  // What traded before the first trade that came is no gap, and what trades after the last is not known yet.
  const [first, last] = trades.length === 0 ? [0, 0] : [totalOf(trades[0] as Trade), Math.max(...delivered)]
  const isKnowable = (total: number) => total > first && total < last
  const expected = joined(
    truth.filter(record => isKnowable(totalOf(record)) && !delivered.has(totalOf(record))).map(spanOf),
  )
  if (JSON.stringify(reported) !== JSON.stringify(expected)) {
    differences.push(`missing ${show(expected)}, but reported ${show(reported)}`)
  }

  const missed = withheld.filter(record => !delivered.has(totalOf(record)))
  const knowable = missed.filter(record => isKnowable(totalOf(record)))
  const unsaid = knowable.filter(record => !holds(reported, spanOf(record)))
  if (unsaid.length > 0) {
    differences.push(
      `${unsaid.length} withheld records were never reported, first: ${show(unsaid.slice(0, 3).map(spanOf))}`,
    )
  }
  return {
    differences: differences.map(text => `${instrument}: ${text}`),
    figures: {
      happened: happened.size,
      delivered: delivered.size,
      deliveredTwice: trades.length - delivered.size,
      withheld: withheld.length,
      withheldButDelivered: withheld.length - missed.length,
      unknowable: missed.length - knowable.length,
      gaps,
      fills,
      stretchesReported: reported.length,
      stretchesExpected: expected.length,
      volumeReported: sizeOf(reported),
      volumeExpected: sizeOf(expected),
    },
  }
}

/**
 * Adds up gaps and fills in their order, and looks at each: it stands right before its trade, and nothing is
 * reported twice.
 */
function readReports(instrument: Instrument, events: readonly MarketEvent[]) {
  const differences: string[] = []
  let reported: Span[] = []
  let gaps = 0
  let fills = 0
  for (const [i, event] of events.entries()) {
    if (event.type === 'resync' && event.instrument === instrument) {
      differences.push(`the count was lost: ${event.reason}`)
    }
    if ((event.type !== 'gap' && event.type !== 'gap-filled') || event.instrument !== instrument) continue
    const span: Span = [event.fromVolume, event.toVolume]
    const next = events[i + 1]
    const trade = next?.type === 'trade' && next.instrument === instrument ? spanOf(next) : undefined
    if (event.type === 'gap') {
      gaps++
      if (event.missingVolume !== sizeOf([span]))
        differences.push(`a gap of ${show([span])} said ${event.missingVolume}`)
      if (trade?.[0] !== span[1]) differences.push(`a gap of ${show([span])} is not right before its trade`)
      reported = [...reported, span]
    } else {
      fills++
      if (trade?.[0] !== span[0] || trade[1] !== span[1])
        differences.push(`a fill ${show([span])} is not right before its trade`)
      if (!holds(joined(reported), span)) differences.push(`a fill ${show([span])} was not missing`)
      reported = without(joined(reported), span)
    }
  }
  return { reported: joined(reported), gaps, fills, differences }
}

type Counted = { readonly volume?: number | null | undefined; readonly cumulativeVolume?: number | null | undefined }

function totalOf({ cumulativeVolume }: Counted): number {
  if (cumulativeVolume == null) throw new Error('a trade of the simulator has no total')
  return cumulativeVolume
}

function spanOf(record: Counted): Span {
  const total = totalOf(record)
  return [total - (record.volume ?? 0), total]
}

function show(spans: readonly Span[]): string {
  const shown = spans.slice(0, 6).map(([from, to]) => `[${from}, ${to})`)
  return spans.length === 0 ? 'nothing' : `${shown.join(' ')}${spans.length > 6 ? ` and ${spans.length - 6} more` : ''}`
}
