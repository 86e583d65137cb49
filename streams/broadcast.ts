// One stream to many subscribers, hot. A Subject does the same and makes a function for each value; this is
// called for every trade.
import { Observable, Subscriber } from 'rxjs'

export type Broadcast<T> = {
  readonly values$: Observable<T>
  /** Hands a value to everyone who is there, in the order in which they came. */
  next(value: T): void
  /** Late subscribers complete immediately. */
  complete(): void
}

export function createBroadcast<T>(): Broadcast<T> {
  // Never changed, only replaced: a subscriber that comes or goes while a value is handed round does not
  // disturb the round.
  let listeners: readonly Subscriber<T>[] = []
  let isOver = false

  return {
    values$: new Observable(subscriber => {
      if (isOver) return subscriber.complete()
      listeners = [...listeners, subscriber]
      return () => {
        listeners = listeners.filter(one => one !== subscriber)
      }
    }),
    next(value) {
      const present = listeners
      for (let i = 0; i < present.length; i++) (present[i] as Subscriber<T>).next(value)
    },
    complete() {
      isOver = true
      for (const one of listeners) one.complete()
      listeners = []
    },
  }
}
