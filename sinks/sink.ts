// What a sink is, and the wall around each one: a failure inside a sink stays inside it, and is reported.
import { Observable, type Observer, type Operator, Subscriber, type Subscription } from 'rxjs'
import type { MarketEvent } from '../market/events.ts'

/**
 * Where a stream ends in an effect. A function is enough. A sink whose work is done elsewhere, by a thread or
 * a queue, also says what becomes of that work.
 */
export interface Sink {
  (events: Observable<MarketEvent>): Subscription
  /** Every event so far is dealt with, or never will be. A feed that stops waits for this, for a while. */
  readonly isSettled?: () => boolean
  /** Reports what happens to the sink from now on. */
  readonly watch?: (watcher: (news: SinkNews) => void) => Subscription
}

export type SinkNews =
  /** The sink cannot do its work, and tries again by itself. Reported once, until `back`. */
  | { readonly type: 'away'; readonly reason: string }
  | { readonly type: 'back' }
  /**
   * The sink ended for good. `lost`: events taken and not dealt with. `isReaderGone`: the reader of its pipe
   * left.
   */
  | { readonly type: 'ended'; readonly reason: string; readonly lost: number; readonly isReaderGone: boolean }
  /** This many more events were dropped, because the sink was too slow. */
  | { readonly type: 'dropped'; readonly count: number }

export type Report = (error: unknown) => void

/**
 * The same events behind a wall. A throwing handler is reported and keeps its subscription; an error that a
 * pipeline does not handle is reported and ends that pipeline alone. Bare RxJS would throw both again on a
 * later turn, where they end the process.
 *
 * The wall is around what is subscribed or piped from here. An Observable that a consumer makes itself (a
 * Subject, the groups of `groupBy`, a `merge` with something else) is outside of it.
 */
export function isolate<T>(events: Observable<T>, report: Report): Observable<T> {
  return enclose(events, error => {
    try {
      report(error)
    } catch {
      // The failure of a reporter cannot be reported, and must not become the failure of an event.
    }
  })
}

function enclose<T>(source: Observable<T>, report: Report): Observable<T> {
  const enclosed = new Enclosed<T>(report)
  enclosed.source = source
  // A consumer without a pipeline in front of it is a wall by itself.
  enclosed.operator = {
    call: (subscriber, events) =>
      events.subscribe(subscriber instanceof Consumer ? subscriber : new Gate<T>(subscriber, report)),
  }
  return enclosed
}

/**
 * RxJS's own operators ask their source to `lift` them, which is how the wall comes to enclose a whole
 * pipeline.
 */
class Enclosed<T> extends Observable<T> {
  readonly #report: Report

  constructor(report: Report) {
    super()
    this.#report = report
  }

  override lift<R>(operator?: Operator<T, R>): Observable<R> {
    const lifted = new Enclosed<R>(this.#report)
    lifted.source = this
    lifted.operator = operator
    return lifted
  }

  /**
   * Hand-written operators return an Observable of their own making: enclose it again. `never` stands for
   * every overload.
   */
  override pipe(...operations: ((source: never) => unknown)[]): Observable<never> {
    let result: unknown = this
    for (const operation of operations) result = operation(result as never)
    const isOutside = result instanceof Observable && !(result instanceof Enclosed)
    return (isOutside ? enclose(result as Observable<never>, this.#report) : result) as Observable<never>
  }

  override subscribe(
    observerOrNext?: Partial<Observer<T>> | ((value: T) => void) | null,
    error?: ((error: unknown) => void) | null,
    complete?: (() => void) | null,
  ): Subscription {
    // A Subscriber is the next link of a chain, and knows what to do with errors.
    if (observerOrNext instanceof Subscriber) return super.subscribe(observerOrNext)
    const observer =
      typeof observerOrNext === 'object' && observerOrNext !== null
        ? observerOrNext
        : observerOf(observerOrNext, error, complete)
    return super.subscribe(new Consumer<T>(observer, this.#report))
  }
}

function observerOf<T>(
  next: ((value: T) => void) | null | undefined,
  error: ((error: unknown) => void) | null | undefined,
  complete: (() => void) | null | undefined,
): Partial<Observer<T>> {
  return { ...(next && { next }), ...(error && { error }), ...(complete && { complete }) }
}

/**
 * Where events enter a consumer's pipeline. What comes back (a teardown that throws) goes no further: others
 * wait behind it.
 */
class Gate<T> extends Subscriber<T> {
  readonly #report: Report

  constructor(destination: Subscriber<T>, report: Report) {
    super(destination)
    this.#report = report
  }

  override next(value: T): void {
    if (this.isStopped) return
    try {
      super._next(value)
    } catch (error) {
      this.#report(error)
    }
  }

  protected override _error(reason: unknown): void {
    try {
      super._error(reason)
    } catch (error) {
      this.#report(error)
    }
  }

  protected override _complete(): void {
    try {
      super._complete()
    } catch (error) {
      this.#report(error)
    }
  }
}

/** The end of a pipeline: the consumer's own functions. Takes the place of RxJS's SafeSubscriber. */
class Consumer<T> extends Subscriber<T> {
  readonly #observer: Partial<Observer<T>>
  readonly #report: Report

  constructor(observer: Partial<Observer<T>>, report: Report) {
    super()
    this.#observer = observer
    this.#report = report
  }

  override next(value: T): void {
    if (this.isStopped) return
    try {
      const outcome: unknown = this.#observer.next?.(value)
      // An async function given to `subscribe`: its failure would end the process as an unhandled rejection.
      if (outcome instanceof Promise) outcome.catch(this.#report)
    } catch (error) {
      this.#report(error)
    }
  }

  protected override _error(reason: unknown): void {
    try {
      if (this.#observer.error) this.#observer.error(reason)
      else this.#report(reason)
    } catch (error) {
      this.#report(error)
    }
    this.unsubscribe()
  }

  protected override _complete(): void {
    try {
      this.#observer.complete?.()
    } catch (error) {
      this.#report(error)
    }
    this.unsubscribe()
  }

  override unsubscribe(): void {
    try {
      super.unsubscribe()
    } catch (error) {
      this.#report(error)
    }
  }
}
