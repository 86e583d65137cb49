// Gaps, repairs and outages, kept for the chart, at the time they happened.
import type { MarketEvent } from '../market/events.ts'
import type { Market } from '../market/instrument.ts'

/**
 * Missing volume of a day, and what became of it. What is neither `came` nor `explained` is still missing.
 */
export type GapMark = {
  readonly kind: 'gap'
  readonly instrument: string
  readonly businessDate: number
  readonly fromVolume: number
  readonly toVolume: number
  readonly from: number
  readonly to: number
  readonly volume: number
  readonly cause: string
  /** Came late, or was fetched from REST. */
  readonly came: number
  /** Rightly no trade: volume that KIS counts otherwise. */
  readonly explained: number
  /** REST was asked: what is missing still remains unknown. */
  readonly isJudged: boolean
}

/** Volumes in shares; `from` and `to` by KIS's clock where it is known, else by ours. */
export type Mark =
  | GapMark
  | {
      readonly kind: 'repair'
      readonly instrument: string
      readonly from: number
      readonly to: number
      readonly volume: number
    }
  | {
      readonly kind: 'unknown'
      readonly instrument: string
      readonly from: number
      readonly to: number
      readonly cause: string
    }
  /** `to` is null while it lasts. */
  | {
      readonly kind: 'outage'
      readonly market: Market
      readonly from: number
      readonly to: number | null
      readonly cause: string
    }

export type ChartMarks = {
  /** Every event but data. */
  note(event: MarketEvent): void
  /** Grows whenever something was added or changed. */
  version(): number
  all(): readonly Mark[]
}

const mostMarks = 500

export function createChartMarks(): ChartMarks {
  const marks: Mark[] = []
  let version = 0

  function add(mark: Mark): void {
    marks.push(mark)
    if (marks.length > mostMarks) marks.shift()
    version++
  }

  function endOutage(market: Market, to: number): void {
    const at = marks.findLastIndex(mark => mark.kind === 'outage' && mark.market === market && mark.to === null)
    const outage = marks[at]
    if (outage?.kind !== 'outage') return
    marks[at] = { ...outage, to }
    version++
  }

  /** Changes the gap that contains this part of the day's volume, if it is still kept. */
  function changeGap(part: Part, change: (gap: GapMark) => Partial<GapMark>): void {
    const at = marks.findLastIndex(mark => mark.kind === 'gap' && isWithin(part, mark))
    const gap = marks[at]
    if (gap?.kind !== 'gap') return
    marks[at] = { ...gap, ...change(gap) }
    version++
  }

  function came(part: Part): void {
    changeGap(part, gap => ({ came: gap.came + part.toVolume - part.fromVolume }))
  }

  function note(event: MarketEvent): void {
    switch (event.type) {
      case 'gap': {
        const { instrument, businessDate, fromVolume, toVolume, cause, missingVolume: volume, receivedTime } = event
        const to = event.to ?? receivedTime
        const from = event.from ?? to
        const where = { instrument, businessDate, fromVolume, toVolume, from, to }
        return add({ kind: 'gap', ...where, volume, cause, came: 0, explained: 0, isJudged: false })
      }
      case 'gap-filled': {
        const { instrument, filledVolume: volume, receivedTime: time } = event
        add({ kind: 'repair', instrument, from: time, to: time, volume })
        return came(event)
      }
      case 'backfill': {
        const { instrument, trades, fromVolume, toVolume, receivedTime } = event
        const from = trades[0]?.eventTime ?? receivedTime
        const to = trades.at(-1)?.eventTime ?? from
        add({ kind: 'repair', instrument, from, to, volume: toVolume - fromVolume })
        return came(event)
      }
      case 'gap-verdict':
        // A verdict may come again: what was explained is not counted twice.
        return changeGap(event, ({ explained }) => ({
          explained: Math.max(explained, event.explainedVolume),
          isJudged: true,
        }))
      case 'resync': {
        const { instrument, reason: cause, from, to, receivedTime } = event
        return add({ kind: 'unknown', instrument, from: from ?? receivedTime, to: to ?? receivedTime, cause })
      }
      case 'disconnect':
        return add({ kind: 'outage', market: event.market, from: event.receivedTime, to: null, cause: event.reason })
      case 'resume':
        return endOutage(event.market, event.receivedTime)
    }
  }

  return { note, version: () => version, all: () => [...marks] }
}

type Part = Pick<GapMark, 'instrument' | 'businessDate' | 'fromVolume' | 'toVolume'>

function isWithin(part: Part, gap: GapMark): boolean {
  return (
    gap.instrument === part.instrument &&
    gap.businessDate === part.businessDate &&
    gap.fromVolume <= part.fromVolume &&
    part.toVolume <= gap.toVolume
  )
}
