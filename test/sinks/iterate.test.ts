import { Subject } from 'rxjs'
import { describe, expect, it } from 'vitest'
import type { MarketEvent } from '../../market/events.ts'
import { iterate, type IterateOptions } from '../../sinks/iterate.ts'
import { trade } from '../streams/samples.ts'

function loopOf(options: IterateOptions = {}) {
  const source = new Subject<MarketEvent>()
  const { sink, events, drained } = iterate(options)
  const subscription = sink(source)
  const emit = (...times: number[]) => times.forEach(receivedTime => source.next(trade({ receivedTime })))
  const next = async () => {
    const { done, value } = (await events.next()) as IteratorResult<MarketEvent>
    return done === true ? 'done' : 'receivedTime' in value ? value.receivedTime : value
  }
  return { source, sink, events, drained, subscription, emit, next }
}

describe('a loop over events', () => {
  it('gets what came before it asked, and waits for what comes', async () => {
    const { emit, next } = loopOf()
    emit(1, 2)
    expect([await next(), await next()]).toEqual([1, 2])
    const third = next()
    emit(3)
    expect(await third).toBe(3)
  })

  it('gets a dropped event in place of what it is too slow for, which the sink reports', async () => {
    const { sink, emit, next } = loopOf({ limit: 2 })
    const news: unknown[] = []
    sink.watch?.(each => news.push(each))
    emit(1, 2, 3, 4)
    expect(news).toEqual([{ type: 'dropped', count: 1 }])
    expect([await next(), await next(), await next()]).toEqual([1, { type: 'dropped', count: 1, from: 2, to: 2 }, 3])
  })

  it('reads what waits when the events are over, and does not hold up who ends them', async () => {
    const { source, subscription, emit, next } = loopOf()
    emit(1, 2)
    source.complete()
    expect(subscription.closed).toBe(true)
    expect([await next(), await next(), await next()]).toEqual([1, 2, 'done'])
  })

  it('lets go of the events when it is left, and ends with the reason of its signal', async () => {
    const left = loopOf()
    await left.events.return?.()
    expect([left.source.observed, await left.next()]).toEqual([false, 'done'])
    const controller = new AbortController()
    const aborted = loopOf({ signal: controller.signal })
    const waiting = aborted.next()
    controller.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    await expect(aborted.next()).rejects.toThrow('enough')
    expect(aborted.source.observed).toBe(false)
  })

  it('is drained when it has read everything and asks for more, or has ended', async () => {
    const { events, drained, emit, next } = loopOf({
      isWanted: event => 'receivedTime' in event && event.receivedTime > 0,
    })
    const done: string[] = []
    const note = (what: string) => void drained()?.then(() => done.push(what))
    const turn = () => new Promise(resolve => setImmediate(resolve))
    note('asks for the first')
    const first = next()
    await turn()
    expect(done).toEqual(['asks for the first'])
    emit(0)
    expect(drained()).toBeUndefined()
    emit(1, 2)
    note('asks for the third')
    expect([await first, await next()]).toEqual([1, 2])
    await turn()
    expect(done).toHaveLength(1)
    const third = next()
    await turn()
    expect(done).toHaveLength(2)
    emit(3)
    note('left')
    await third
    await events.return?.()
    await turn()
    expect(done).toEqual(['asks for the first', 'asks for the third', 'left'])
    expect(drained()).toBeUndefined()
  })
})
