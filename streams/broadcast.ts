// One stream to many subscribers, hot. A Subject does the same but makes a function for each value, and this
// is called for every trade.
import { Observable, Subscriber } from 'rxjs'

export type Broadcast<T> = {
  readonly values$: Observable<T>
  /** Emits a value to all subscribers, in the order of their subscription. */
  next(value: T): void
  /** Late subscribers complete immediately. */
  complete(): void
}

export function createBroadcast<T>(): Broadcast<T> {
  // Never changed, only replaced, so that a subscription during an emission does not affect it.
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
