// The last frames that could not be read, and the last changes of columns, for the page. Reasons only: the text itself may hold anything.
import type { Observable, Subscription } from 'rxjs'
import type { MarketEvent } from '../market/events.ts'
import type { TroubleView } from './view.ts'

const mostKept = 20

export type Troubles = { last(): readonly TroubleView[]; subscription: Subscription }

export function watchTroubles(events$: Observable<MarketEvent>): Troubles {
  const kept: TroubleView[] = []

  function keep(trouble: TroubleView): void {
    kept.push(trouble)
    if (kept.length > mostKept) kept.shift()
  }

  const subscription = events$.subscribe(event => {
    if (event.type === 'malformed') keep({ kind: 'malformed', at: event.receivedTime, what: event.reason })
    if (event.type === 'schema-drift') {
      const { tr, width, knownWidth } = event
      keep({ kind: 'schema-drift', at: event.receivedTime, what: `${tr}: ${knownWidth} → ${width}` })
    }
  })
  return { last: () => [...kept], subscription }
}
