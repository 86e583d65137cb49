// How an operator here subscribes to its source. RxJS puts three calls and a try around an observer's `next`, and an operator's inner
// subscriber needs none of them; at the rate of trades that is a good part of what a step costs.
import { Subscriber } from 'rxjs'

/** Calls `receive` for every value, which must not throw, and passes completion and errors on to `destination`. */
export function step<A, B>(destination: Subscriber<B>, receive: (value: A) => void): Subscriber<A> {
  return new Step(destination, receive)
}

class Step<A> extends Subscriber<A> {
  readonly #receive: (value: A) => void

  constructor(destination: Subscriber<unknown>, receive: (value: A) => void) {
    super(destination)
    this.#receive = receive
  }

  override next(value: A): void {
    if (!this.isStopped) this.#receive(value)
  }
}
