// The last frames that could not be read, and the last changes of columns, for the page. Reasons only: the
// text itself may hold anything.
import type { MarketEvent } from '../market/events.ts'
import type { TroubleView } from './view.ts'

const mostKept = 20

export type Troubles = {
  /** Every event but data. */
  note(event: MarketEvent): void
  last(): readonly TroubleView[]
}

export function createTroubles(): Troubles {
  const kept: TroubleView[] = []

  function keep(trouble: TroubleView): void {
    kept.push(trouble)
    if (kept.length > mostKept) kept.shift()
  }

  function note(event: MarketEvent): void {
    if (event.type === 'malformed') keep({ kind: 'malformed', at: event.receivedTime, what: event.reason })
    if (event.type === 'schema-drift') {
      const { tr, width, knownWidth } = event
      keep({ kind: 'schema-drift', at: event.receivedTime, what: `${tr}: ${knownWidth} → ${width}` })
    }
  }

  return { note, last: () => [...kept] }
}
