import fc from 'fast-check'
import { of, Subject } from 'rxjs'
import { describe, expect, it, vi } from 'vitest'
import type { Dropped, MarketEvent } from '../../market/events.ts'
import { type ConsumeOptions, consume } from '../../sinks/consume.ts'
import { trade } from '../streams/samples.ts'

/** A handler that is busy until released, on events that are known by their `receivedTime`. */
function slowConsumer(options: ConsumeOptions = {}) {
  const source = new Subject<MarketEvent>()
  const seen: (number | Dropped)[] = []
  const errors: unknown[] = []
  const dropped: Dropped[] = []
  const lost: number[] = []
  let settle: ((failure?: unknown) => void) | undefined
  const sink = consume(
    event => {
      seen.push(event.type === 'dropped' ? event : event.receivedTime)
      return new Promise((resolve, reject) => {
        settle = failure => (failure === undefined ? resolve() : reject(failure))
      })
    },
    {
      onError: error => errors.push(error),
      onDropped: event => dropped.push(event),
      onLost: count => lost.push(count),
      ...options,
    },
  )
  const subscription = sink(source)
  return {
    source,
    seen,
    errors,
    dropped,
    lost,
    subscription,
    emit(...times: number[]): void {
      for (const receivedTime of times) source.next(trade({ receivedTime }))
    },
    /**
     * The handler is done, or failed, with what it has; resolves when the next event reached it, if there is
     * one.
     */
    async finish(failure?: unknown): Promise<void> {
      settle?.(failure)
      await new Promise(setImmediate)
    },
  }
}

describe('a handler that takes its time', () => {
  it('gets one event at a time, in order', async () => {
    const consumer = slowConsumer()
    consumer.emit(1, 2, 3)
    expect(consumer.seen).toEqual([1])
    await consumer.finish()
    expect(consumer.seen).toEqual([1, 2])
    consumer.emit(4)
    await consumer.finish()
    await consumer.finish()
    await consumer.finish()
    expect(consumer.seen).toEqual([1, 2, 3, 4])
    consumer.emit(5)
    expect(consumer.seen).toEqual([1, 2, 3, 4, 5])
    expect(consumer.dropped).toEqual([])
  })

  it('loses the oldest of what waits when too much does, and gets a dropped event in its place', async () => {
    const consumer = slowConsumer({ limit: 3 })
    consumer.emit(1, 2, 3, 4, 5, 6)
    await consumer.finish()
    const dropped = { type: 'dropped', count: 2, from: 2, to: 3 }
    expect(consumer.seen).toEqual([1, dropped])
    expect(consumer.dropped).toEqual([dropped])
    await consumer.finish()
    await consumer.finish()
    await consumer.finish()
    await consumer.finish()
    expect(consumer.seen).toEqual([1, dropped, 4, 5, 6])
  })

  it('gets an event behind a receipt, whatever came meanwhile, and a receipt of its own for a second loss', async () => {
    const consumer = slowConsumer({ limit: 1 })
    consumer.emit(1, 2, 3)
    await consumer.finish()
    consumer.emit(4, 5, 6)
    for (let calls = 0; calls < 4; calls++) await consumer.finish()
    expect(consumer.seen).toEqual([
      1,
      { type: 'dropped', count: 1, from: 2, to: 2 },
      3,
      { type: 'dropped', count: 2, from: 4, to: 5 },
      6,
    ])
  })

  it('is reported when it rejects, and gets the next event', async () => {
    const consumer = slowConsumer()
    consumer.emit(1, 2)
    await consumer.finish('broken')
    expect(consumer.errors).toEqual(['broken'])
    expect(consumer.seen).toEqual([1, 2])
  })

  it('finishes what waits when the events complete, and only then is its subscription closed', async () => {
    const consumer = slowConsumer()
    consumer.emit(1, 2)
    consumer.source.complete()
    await consumer.finish()
    expect(consumer.seen).toEqual([1, 2])
    expect(consumer.subscription.closed).toBe(false)
    await consumer.finish()
    expect(consumer.subscription.closed).toBe(true)
  })

  it('may never come back: what is dropped meanwhile is counted as it doubles, and the rest when the events are over', async () => {
    const consumer = slowConsumer({ limit: 1 })
    consumer.emit(1, 2, 3)
    expect(consumer.lost).toEqual([1])
    consumer.emit(...Array.from({ length: 8 }, (_, place) => 4 + place))
    expect(consumer.lost).toEqual([1, 1, 2, 4])
    consumer.emit(12)
    expect(consumer.lost).toEqual([1, 1, 2, 4])
    consumer.source.complete()
    expect(consumer.lost).toEqual([1, 1, 2, 4, 2])
    expect(consumer.dropped).toEqual([])
    await consumer.finish()
    expect(consumer.seen).toEqual([1, { type: 'dropped', count: 10, from: 2, to: 11 }])
    expect(consumer.lost).toHaveLength(5)
  })

  it('gets nothing more once unsubscribed, and what was dropped is still counted', async () => {
    const consumer = slowConsumer({ limit: 1 })
    consumer.emit(1, 2, 3)
    consumer.subscription.unsubscribe()
    expect(consumer.dropped).toEqual([{ type: 'dropped', count: 1, from: 2, to: 2 }])
    expect(consumer.lost).toEqual([1])
    consumer.emit(4)
    await consumer.finish()
    expect(consumer.seen).toEqual([1])
    expect(consumer.source.observed).toBe(false)
  })
})

describe('a handler that is done at once', () => {
  it('never makes an event wait', () => {
    const source = new Subject<MarketEvent>()
    const handler = vi.fn()
    consume(handler, { limit: 1 })(source)
    for (let count = 1; count <= 100; count++) {
      source.next(trade())
      expect(handler).toHaveBeenCalledTimes(count)
    }
    source.complete()
  })

  it('is reported when it throws, and gets the next event', () => {
    const errors: unknown[] = []
    const handler = vi.fn(() => {
      throw new Error('mine')
    })
    const subscription = consume(handler, { onError: error => errors.push(error) })(of(trade(), trade()))
    expect(errors).toEqual([new Error('mine'), new Error('mine')])
    expect(subscription.closed).toBe(true)
  })

  it('gets an event that it causes itself after the one it is at', () => {
    const source = new Subject<MarketEvent>()
    const order: string[] = []
    consume(event => {
      const { receivedTime } = event as MarketEvent
      order.push(`begins ${receivedTime}`)
      if (receivedTime === 1) source.next(trade({ receivedTime: 2 }))
      order.push(`ends ${receivedTime}`)
    })(source)
    source.next(trade({ receivedTime: 1 }))
    expect(order).toEqual(['begins 1', 'ends 1', 'begins 2', 'ends 2'])
  })

  it('may leave from within', () => {
    const source = new Subject<MarketEvent>()
    const handler = vi.fn(() => subscription.unsubscribe())
    const subscription = consume(handler)(source)
    source.next(trade())
    source.next(trade())
    expect(handler).toHaveBeenCalledOnce()
  })
})

describe('consuming', () => {
  it('keeps a queue of its own for each feed it is attached to', () => {
    const seen: MarketEvent[] = []
    const sink = consume(event => {
      seen.push(event as MarketEvent)
      return new Promise<void>(() => {})
    })
    for (let feed = 0; feed < 2; feed++) sink(of(trade(), trade()))
    expect(seen).toHaveLength(2)
  })

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses a limit of %d', limit => {
    expect(() => consume(() => {}, { limit })).toThrow(`limit ${limit}: expected a whole number from 1`)
  })

  it('refuses a policy that is none, and a spill file too small to be one', () => {
    expect(() => consume(() => {}, { limt: 5 } as never)).toThrow('limt is no option here; did you mean limit?')
    expect(() => consume(() => {}, { policy: 'hope' } as never)).toThrow("policy 'hope': expected drop-oldest")
    expect(() => consume(() => {}, { policy: 'spill', mostBytes: 1_000 })).toThrow('mostBytes 1000: expected 2097152')
  })

  it('with conflation reports what was replaced', async () => {
    const consumer = slowConsumer({ policy: 'conflate' })
    consumer.emit(1, 2, 3)
    await consumer.finish()
    await consumer.finish()
    const receipt = {
      type: 'dropped',
      count: 1,
      from: 2,
      to: 2,
      conflated: { instrument: 'KRX:005930', type: 'trade' },
    }
    expect(consumer.seen).toEqual([1, receipt, 3])
    expect(consumer.dropped).toEqual([receipt])
  })

  it('with conflation gets the receipts that were put off when the events are over, busy or not', async () => {
    const consumer = slowConsumer({ policy: 'conflate' })
    consumer.emit(1, 2, 3)
    for (let calls = 0; calls < 2; calls++) await consumer.finish()
    consumer.emit(4, 5)
    for (let calls = 0; calls < 2; calls++) await consumer.finish()
    expect(consumer.seen.slice(2)).toEqual([3, 5])
    consumer.source.complete()
    expect(consumer.seen.at(-1)).toMatchObject({ type: 'dropped', count: 1, from: 4, to: 4 })
    await consumer.finish()
    expect(consumer.subscription.closed).toBe(true)
  })

  it('with spilling closes when the last event is back from disk', async () => {
    const seen: number[] = []
    let release = () => {}
    const busy = new Promise<void>(resolve => {
      release = resolve
    })
    const source = new Subject<MarketEvent>()
    const options = { policy: 'spill', limit: 10 } as const
    const subscription = consume(async event => {
      if (seen.push(event.type === 'dropped' ? -event.count : event.receivedTime) === 1) await busy
    }, options)(source)
    const count = 40_000 // four pieces and more
    for (let receivedTime = 1; receivedTime <= count; receivedTime++) source.next(trade({ receivedTime }))
    source.complete()
    expect(subscription.closed).toBe(false)
    release()
    await new Promise<void>(resolve => subscription.add(resolve))
    expect(seen).toEqual(Array.from({ length: count }, (_, place) => place + 1))
  })

  it('turns failures without onError, and failures of onError, into warnings of the process', async () => {
    const warnings: unknown[] = []
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(warning => warnings.push(warning))
    const fail = (reason: unknown) => () => {
      throw reason
    }
    consume(fail(new Error('mine')))(of(trade()))
    consume(fail({ odd: 1 }))(of(trade()))
    consume(fail('unseen'), { onError: fail(new Error('yours')) })(of(trade()))
    warn.mockRestore()
    expect(warnings).toEqual([new Error('mine'), '{ odd: 1 }', new Error('yours')])
  })

  it('reports an error of the events themselves, and ends', () => {
    const errors: unknown[] = []
    const source = new Subject<MarketEvent>()
    const subscription = consume(() => {}, { onError: error => errors.push(error) })(source)
    source.error('broken')
    expect(errors).toEqual(['broken'])
    expect(subscription.closed).toBe(true)
  })

  it('accounts for every event, in order, whatever the pace', async () => {
    const burst = fc.record({ events: fc.nat(12), finishes: fc.nat(8) })
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 5 }), fc.array(burst, { maxLength: 10 }), async (limit, bursts) => {
        const consumer = slowConsumer({ limit })
        let offered = 0
        for (const { events, finishes } of bursts) {
          for (let count = 0; count < events; count++) consumer.emit(++offered)
          for (let count = 0; count < finishes; count++) await consumer.finish()
        }
        consumer.source.complete()
        while (!consumer.subscription.closed) await consumer.finish()

        const accounted = consumer.seen.flatMap(event =>
          typeof event === 'number' ? [event] : Array.from({ length: event.count }, (_, place) => event.from + place),
        )
        expect(accounted).toEqual(Array.from({ length: offered }, (_, place) => place + 1))
        for (const { count, from, to } of consumer.dropped) expect(to - from + 1).toBe(count)
        const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0)
        expect(sum(consumer.lost)).toBe(sum(consumer.dropped.map(({ count }) => count)))
      }),
    )
  })
})
