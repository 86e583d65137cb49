// Where the events of a feed or a replay come out: hot streams, and the attached sinks. Each sink is isolated
// from the others, its troubles are in the journal, and the end waits for it.
import { filter, firstValueFrom, interval, type Observable, race, Subscription } from 'rxjs'
import type { MarketEvent, OrderBook, Trade } from '../../market/events.ts'
import { isolate, type Sink, type SinkNews } from '../../sinks/sink.ts'
import { createBroadcast } from '../../streams/broadcast.ts'
import type { Journal } from '../observe/journal.ts'

export type Outlet = {
  readonly events$: Observable<MarketEvent>
  readonly trades$: Observable<Trade>
  readonly orderBooks$: Observable<OrderBook>
  next(event: MarketEvent): void
  complete(): void
  attach(sink: Sink, name?: string): Subscription
  /** For a sink without a name. */
  newName(): string
  /** After `complete`: resolves when every sink is done or `late` emits, with the names of the others. */
  settled(late: Observable<unknown>): Promise<readonly string[]>
}

type SinkJournal = Pick<Journal, 'sinkAway' | 'sinkBack' | 'sinkEnded' | 'sinkDropped' | 'sinkFailed'>

/** How often sinks are asked whether they are done. Most are at the first look. */
const lookEveryMs = 5

type Attachment = { readonly name: string; readonly sink: Sink; readonly subscription: Subscription }

export function createOutlet(journal: SinkJournal): Outlet {
  const events = createBroadcast<MarketEvent>()
  const events$ = isolate(events.values$, error => journal.sinkFailed('events$', error))
  let attached: readonly Attachment[] = []
  const watching = new Subscription()
  let unnamed = 0

  function note(name: string, news: SinkNews): void {
    switch (news.type) {
      case 'away':
        return journal.sinkAway(name, news.reason)
      case 'back':
        return journal.sinkBack(name)
      case 'ended':
        return journal.sinkEnded(name, news)
      case 'dropped':
        return journal.sinkDropped(name, news)
    }
  }

  function unsettled(): readonly Attachment[] {
    attached = attached.filter(({ sink, subscription }) => !subscription.closed || sink.isSettled?.() === false)
    return attached
  }

  function newName(): string {
    return `sink ${++unnamed}`
  }

  return {
    events$,
    trades$: events$.pipe(filter(isTrade)),
    orderBooks$: events$.pipe(filter(isOrderBook)),
    next: events.next,
    complete: events.complete,
    attach(sink, name = sink.name || newName()) {
      try {
        watching.add(sink.watch?.(news => note(name, news)))
        const subscription = sink(isolate(events.values$, error => journal.sinkFailed(name, error)))
        attached = [...unsettled(), { name, sink, subscription }]
        return subscription
      } catch (error) {
        journal.sinkFailed(name, error)
        return Subscription.EMPTY
      }
    },
    newName,
    async settled(late) {
      if (unsettled().length > 0) {
        const areDone = interval(lookEveryMs).pipe(filter(() => unsettled().length === 0))
        await firstValueFrom(race(areDone, late))
      }
      watching.unsubscribe()
      return unsettled().map(({ name }) => name)
    },
  }
}

function isTrade(event: MarketEvent): event is Trade {
  return event.type === 'trade'
}

function isOrderBook(event: MarketEvent): event is OrderBook {
  return event.type === 'order-book'
}
