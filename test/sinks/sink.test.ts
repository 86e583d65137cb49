import {
  delay,
  filter,
  finalize,
  firstValueFrom,
  map,
  Observable,
  of,
  Subject,
  share,
  switchMap,
  take,
  tap,
  throwError,
  timer,
} from 'rxjs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { MarketEvent } from '../../market/events.ts'
import { isolate } from '../../sinks/sink.ts'
import { toQuotes } from '../../streams/quotes.ts'
import { orderBook, trade } from '../streams/samples.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  // RxJS throws unhandled errors again from a timer of its own: none may be left.
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

/** A wall with a well-behaved neighbour on the same source, who must see everything. */
function wall() {
  const source = new Subject<MarketEvent>()
  const reported: unknown[] = []
  const events = isolate<MarketEvent>(source, error => reported.push(error))
  const neighbour: MarketEvent[] = []
  let isNeighbourThere = false
  return {
    source,
    reported,
    events,
    neighbour,
    /** After the consumer under test, so that what it throws would reach the neighbour. */
    emit(...given: MarketEvent[]): void {
      if (!isNeighbourThere) source.subscribe(event => neighbour.push(event))
      isNeighbourThere = true
      for (const event of given) source.next(event)
    },
  }
}
const first = trade({ volume: 1 })
const second = trade({ volume: 2 })

function fail(): never {
  throw new Error('mine')
}

describe('isolated events', () => {
  it('are the very same, in order, to the end', () => {
    const { source, events, reported } = wall()
    const seen: unknown[] = []
    events.subscribe({ next: event => seen.push(event), complete: () => seen.push('end') })
    source.next(first)
    source.next(second)
    source.complete()
    expect(seen).toEqual([first, second, 'end'])
    expect(seen[0]).toBe(first)
    expect(reported).toEqual([])
  })

  it('can be piped, taken from, awaited and shared like any other', async () => {
    const { source, events, reported } = wall()
    const shared = events.pipe(
      filter(event => event.type === 'trade'),
      map(event => event.volume),
      share(),
    )
    const seen: unknown[] = []
    shared.subscribe(volume => seen.push(volume))
    shared.pipe(take(1)).subscribe(volume => seen.push(volume))
    const awaited = firstValueFrom(events)
    const subject = new Subject<MarketEvent>()
    subject.subscribe(event => seen.push(event.type))
    events.subscribe(subject)
    source.next(first)
    source.next(second)
    expect(seen).toEqual([1, 1, 'trade', 2, 'trade'])
    expect(await awaited).toBe(first)
    expect(reported).toEqual([])
  })

  it('leave their source when their consumer leaves them, even from within', () => {
    const { source, events } = wall()
    const seen: unknown[] = []
    const outside = events.subscribe()
    const within = events.pipe(map(event => event)).subscribe(event => {
      seen.push(event)
      within.unsubscribe()
    })
    outside.unsubscribe()
    source.next(first)
    source.next(second)
    expect(seen).toEqual([first])
    expect(source.observed).toBe(false)
  })
})

describe('a handler that throws', () => {
  it('keeps its subscription, and every failure is reported', () => {
    const { events, emit, reported, neighbour } = wall()
    const seen: MarketEvent[] = []
    events.subscribe(event => {
      seen.push(event)
      fail()
    })
    emit(first, second)
    expect(seen).toEqual([first, second])
    expect(reported).toEqual([new Error('mine'), new Error('mine')])
    expect(neighbour).toEqual([first, second])
  })

  it('keeps its subscription at the end of a pipeline too', () => {
    const { events, emit, reported } = wall()
    const next = vi.fn(fail)
    events.pipe(map(event => event.type)).subscribe({ next })
    emit(first, second)
    expect(next).toHaveBeenCalledTimes(2)
    expect(reported).toHaveLength(2)
  })

  it('may do so later: an async function is reported and not an unhandled rejection', async () => {
    const { events, emit, reported, neighbour } = wall()
    events.subscribe(async event => {
      await Promise.resolve()
      if (event === first) fail()
    })
    emit(first, second)
    await vi.waitFor(() => expect(reported).toEqual([new Error('mine')]), { timeout: 120_000 })
    expect(neighbour).toEqual([first, second])
  })

  it('may be the one for completion or for errors', () => {
    const { source, events, reported } = wall()
    const neighbour = vi.fn()
    events.subscribe({ complete: fail })
    events.subscribe(undefined, undefined, fail)
    source.subscribe({ complete: neighbour })
    source.complete()
    isolate(
      throwError(() => 'broken'),
      error => reported.push(error),
    ).subscribe({ error: fail })
    expect(reported).toEqual([new Error('mine'), new Error('mine'), new Error('mine')])
    expect(neighbour).toHaveBeenCalledOnce()
  })
})

describe('an operator that throws', () => {
  it.each<[string, (events: Observable<MarketEvent>) => Observable<unknown>]>([
    ['alone', events => events.pipe(map(fail))],
    [
      'between others',
      events =>
        events.pipe(
          filter(() => true),
          tap(fail),
          delay(0),
          take(5),
        ),
    ],
    ['behind an operator of our own', events => events.pipe(toQuotes(), map(fail))],
    ['inside another', events => events.pipe(switchMap(() => of(1).pipe(map(fail))))],
    ['in two pipes', events => events.pipe(map(event => event)).pipe(map(fail))],
  ])('%s ends its own pipeline, once, with a report', (_where, pipeline) => {
    const { events, emit, reported, neighbour } = wall()
    const seen: unknown[] = []
    const subscription = pipeline(events).subscribe(value => seen.push(value))
    emit(orderBook(), orderBook({ bids: [] }))
    expect(reported).toEqual([new Error('mine')])
    expect(subscription.closed).toBe(true)
    expect(seen).toEqual([])
    expect(neighbour).toHaveLength(2)
  })

  it('on a later turn is reported as well', () => {
    const { events, emit, reported } = wall()
    events.pipe(delay(10), map(fail)).subscribe()
    emit(first)
    expect(reported).toEqual([])
    vi.advanceTimersByTime(10)
    expect(reported).toEqual([new Error('mine')])
  })

  it('is not reported when its consumer handles it', async () => {
    const { events, emit, reported } = wall()
    const error = vi.fn()
    events.pipe(map(fail)).subscribe({ error })
    events.pipe(map(fail)).subscribe(() => {}, error)
    const rejected = expect(firstValueFrom(events.pipe(map(fail)))).rejects.toThrow('mine')
    emit(first, second)
    await rejected
    expect(error).toHaveBeenCalledTimes(2)
    expect(reported).toEqual([])
  })
})

describe('a teardown that throws', () => {
  it('does not stop the event from reaching the others', () => {
    const { events, emit, reported, neighbour } = wall()
    events.pipe(finalize(fail), take(1)).subscribe()
    events.pipe(take(1), finalize(fail)).subscribe()
    emit(first)
    expect(neighbour).toEqual([first])
    expect(reported).toHaveLength(2)
  })

  it('does not stop the end from reaching the others, nor the one who unsubscribes', () => {
    const { source, events, reported } = wall()
    const neighbour = vi.fn()
    const left = events.pipe(finalize(fail)).subscribe()
    left.unsubscribe()
    events.pipe(finalize(fail)).subscribe()
    source.subscribe({ complete: neighbour })
    source.complete()
    expect(neighbour).toHaveBeenCalledOnce()
    expect(reported).toHaveLength(2)
  })
})

describe('an error of the source itself', () => {
  it('goes to the consumer who handles errors, and is reported for the one who does not', () => {
    const { source, events, reported } = wall()
    const error = vi.fn()
    events.subscribe({ error })
    events.subscribe()
    source.error('broken')
    expect(error).toHaveBeenCalledWith('broken')
    expect(reported).toEqual(['broken'])
  })
})

describe('a wall', () => {
  it('holds when the reporter throws', () => {
    const source = new Subject<MarketEvent>()
    const neighbour = vi.fn()
    const events = isolate(source, fail)
    events.subscribe(fail)
    events.pipe(map(fail)).subscribe()
    source.subscribe(neighbour)
    expect(() => source.next(first)).not.toThrow()
    expect(neighbour).toHaveBeenCalledOnce()
  })

  it('inside a wall reports to the inner one', () => {
    const source = new Subject<MarketEvent>()
    const outer = vi.fn()
    const inner = vi.fn()
    isolate(isolate(source, outer), inner).subscribe(fail)
    source.next(first)
    expect(inner).toHaveBeenCalledOnce()
    expect(outer).not.toHaveBeenCalled()
  })

  it('lets a pipeline end in something that is no Observable', () => {
    const { events } = wall()
    expect(events.pipe(() => 5 as never)).toBe(5)
    expect(events.pipe()).toBe(events)
  })

  it('hands an operator that makes Observables of its own the events unharmed', () => {
    const { events, emit, reported } = wall()
    const seen: unknown[] = []
    const types = (source: Observable<MarketEvent>) =>
      new Observable<string>(subscriber => source.subscribe(event => subscriber.next(event.type)))
    const subscription = events.pipe(types).subscribe(type => {
      seen.push(type)
      fail()
    })
    emit(first, second)
    subscription.unsubscribe()
    emit(first)
    expect(seen).toEqual(['trade', 'trade'])
    expect(reported).toHaveLength(2)
  })

  it('keeps what a consumer waits for out of the way of the others', () => {
    const { events, emit, neighbour, reported } = wall()
    events.pipe(switchMap(() => timer(1_000).pipe(map(fail)))).subscribe()
    emit(first)
    vi.advanceTimersByTime(1_000)
    emit(second)
    expect(reported).toEqual([new Error('mine')])
    expect(neighbour).toEqual([first, second])
  })
})
