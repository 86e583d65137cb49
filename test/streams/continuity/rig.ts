// Continuity at work: feeds it what the test says, keeps what came of it. `restarts` is another process with
// what the first had saved.
import { Subject } from 'rxjs'
import type { MarketEvent, SubscriptionStatus, Trade } from '../../../market/events.ts'
import type { Instrument, Market } from '../../../market/instrument.ts'
import { checkContinuity } from '../../../streams/continuity/continuity.ts'
import {
  createContinuityMemory,
  restoreStates,
  type SavedState,
  savedState,
  savedStates,
} from '../../../streams/continuity/memory.ts'
import { at, samsung, trade } from '../samples.ts'

export function continuityRig() {
  const seen: MarketEvent[] = []
  const duplicates: Trade[] = []
  const joinedLate: number[] = []
  const forgotten: number[] = []
  let memory = createContinuityMemory()
  let events = run()

  function run(): Subject<MarketEvent> {
    const source = new Subject<MarketEvent>()
    source
      .pipe(
        checkContinuity({
          memory,
          onForgotten: most => forgotten.push(most),
          onDuplicate: duplicate => duplicates.push(duplicate),
        }),
      )
      .subscribe(event => seen.push(event))
    return source
  }

  function send(event: MarketEvent): void {
    const before = event.type === 'trade' ? dateOf(event.instrument) : undefined
    events.next(event)
    if (event.type !== 'trade' || dateOf(event.instrument) === before) return
    const [first] = savedState(memory, event.instrument)?.counts[0]?.holes ?? []
    if (first?.from === null && !first.isGap) joinedLate.push(first.toVolume)
  }

  function dateOf(instrument: Instrument): number | undefined {
    return savedState(memory, instrument)?.counts[0]?.businessDate
  }

  return {
    seen,
    duplicates,
    /** Volume before the first trade of a date, where there was some. */
    joinedLate,
    /** What `onForgotten` was called with. */
    forgotten,
    send,
    of: <T extends MarketEvent['type']>(type: T) =>
      seen.filter((event): event is Extract<MarketEvent, { type: T }> => event.type === type),
    /** The totals of the trades that were delivered. */
    get delivered(): (number | null)[] {
      return this.of('trade').map(({ cumulativeVolume }) => cumulativeVolume)
    },
    /** Everything but the trades themselves. */
    get reported(): MarketEvent[] {
      return seen.filter(({ type }) => type !== 'trade')
    },
    /** One trade of `volume`, after which the day's total is `total`. At 100 a share unless changed. */
    trades(volume: number, total: number, changes: Partial<Trade> = {}): void {
      send(trade({ volume, cumulativeVolume: total, cumulativeValue: total * 100, price: 100, ...changes }))
    },
    disconnects(market: Market = 'KR'): void {
      events.next({ type: 'disconnect', line: '1', market, reason: 'cut', receivedTime: at('10:00:00') })
    },
    resumes(market: Market = 'KR'): void {
      events.next({ type: 'resume', line: '1', market, outageMs: 1, receivedTime: at('10:00:00') })
    },
    becomes(status: SubscriptionStatus, instrument: Instrument | null = samsung, channel = 'trade'): void {
      events.next({ type: 'subscription', line: '1', instrument, channel, status, receivedTime: at('10:00:00') })
    },
    restarts(): void {
      const saved = JSON.parse(JSON.stringify(savedStates(memory))) as SavedState[]
      events.complete()
      memory = createContinuityMemory()
      restoreStates(memory, saved)
      events = run()
    },
  }
}
