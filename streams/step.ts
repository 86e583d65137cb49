// How an operator here subscribes to its source, and where a chain of them ends. RxJS puts three calls and a try around an observer's
// `next`, and what is inside a chain needs none of them; at the rate of trades that is a good part of what a step costs.
import { Subscriber } from 'rxjs'

/** Calls `receive` for every value, which must not throw, and passes completion and errors on to `destination`. */
export abstract class Step<A> extends Subscriber<A> {
  override next(value: A): void {
    if (!this.isStopped) this.receive(value)
  }

  protected abstract receive(value: A): void
}

/** The last one: hands every value to a function, which must not throw. */
export class End<A> extends Step<A> {
  readonly #take: (value: A) => void
  readonly #complete: () => void

  constructor(take: (value: A) => void, complete: () => void) {
    super()
    this.#complete = complete
    this.#take = take
  }

  protected receive(value: A): void {
    this.#take(value)
  }

  protected override _complete(): void {
    this.#complete()
    super._complete()
  }
}
