// A subscribable → a callback actor that sends every value to its machine. XState's observable actors keep
// the subscription in their snapshot, and an inspector that serialises it throws.
import { fromCallback, type EventObject } from 'xstate'

export interface Subscribable<T> {
  subscribe(next: (value: T) => void): { unsubscribe(): void }
}

export function fromStream<T extends EventObject>(stream: () => Subscribable<T>) {
  return fromCallback(({ sendBack }) => {
    const subscription = stream().subscribe(sendBack)
    return () => subscription.unsubscribe()
  })
}
