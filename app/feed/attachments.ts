// The sinks that are attached to a feed or a replay: each behind its wall, with what becomes of it in the journal, and waited for at
// the end.
import { filter, firstValueFrom, interval, type Observable, race, Subscription } from 'rxjs'
import type { MarketEvent } from '../../market/events.ts'
import { isolate, type Sink, type SinkNews } from '../../sinks/sink.ts'
import type { Journal } from '../observe/journal.ts'

export type Attachments = {
  attach(sink: Sink, name?: string): Subscription
  /** For a sink without a name. */
  newName(): string
  /** Once the events are over: resolves when each sink dealt with what it was given, or when it is late with the names of the others. */
  settled(late: Observable<unknown>): Promise<readonly string[]>
}

/** How often sinks are asked whether they are done. Mostly the first answer is yes. */
const lookEveryMs = 5

type Attachment = { readonly name: string; readonly sink: Sink; readonly subscription: Subscription }

export function createAttachments(events$: Observable<MarketEvent>, journal: Journal): Attachments {
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
    attach(sink, name = sink.name || newName()) {
      try {
        watching.add(sink.watch?.(news => note(name, news)))
        const subscription = sink(isolate(events$, error => journal.sinkFailed(name, error)))
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
