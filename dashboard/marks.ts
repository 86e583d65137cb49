// What went wrong and where: gaps, repairs and outages, kept to be drawn on the chart at the time they happened.
import type { MarketEvent } from '../market/events.ts'
import type { Market } from '../market/instrument.ts'

/** Volumes in shares; `from` and `to` are when it happened, by KIS's clock where it told, and ours where not. */
export type Mark =
  | {
      readonly kind: 'gap'
      readonly instrument: string
      readonly from: number
      readonly to: number
      readonly volume: number
      readonly cause: string
    }
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

export type Marks = {
  /** Every event but data. */
  note(event: MarketEvent): void
  /** Grows whenever something was added or changed. */
  version(): number
  all(): readonly Mark[]
}

const mostMarks = 500

export function createMarks(): Marks {
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

  function note(event: MarketEvent): void {
    switch (event.type) {
      case 'gap': {
        const { instrument, cause, missingVolume: volume, receivedTime, to, from } = event
        return add({ kind: 'gap', instrument, from: from ?? to ?? receivedTime, to: to ?? receivedTime, volume, cause })
      }
      case 'gap-filled': {
        const { instrument, filledVolume: volume, receivedTime: time } = event
        return add({ kind: 'repair', instrument, from: time, to: time, volume })
      }
      case 'backfill': {
        const { instrument, trades, fromVolume, toVolume, receivedTime } = event
        const from = trades[0]?.eventTime ?? receivedTime
        const to = trades.at(-1)?.eventTime ?? from
        return add({ kind: 'repair', instrument, from, to, volume: toVolume - fromVolume })
      }
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
