// The contract itself: one that a sink can break.
import { Subscription } from 'rxjs'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Dropped, MarketEvent } from '../../market/events.ts'
import { checkSink, type MakeSink } from '../../sinks/contract.ts'
import type { Sink } from '../../sinks/sink.ts'

/** Delivers at once, unless a fault is given. */
function badSink(fault: string): MakeSink {
  return () => {
    const delivered: (MarketEvent | Dropped)[] = []
    const held: MarketEvent[] = []
    let isBlocked = false
    let isBroken = false
    let dropped = 0
    let steps = 0
    const deliver = (event: MarketEvent) => {
      if (fault === 'loses' && event.receivedTime === 7) return
      delivered.push(event)
      if (fault === 'repeats' && event.receivedTime === 7) delivered.push(event)
    }
    const receive = (event: MarketEvent) => {
      if (isBroken && fault === 'rejects') void Promise.reject(new Error('not handled'))
      if (!isBlocked) return deliver(event)
      if (fault === 'hoards' || held.length < 10) held.push(event)
      else dropped++
    }
    const sink: Sink = events => {
      const subscription = events.subscribe(receive)
      if (fault !== 'clings') return subscription
      return new Subscription()
    }
    return {
      sink,
      delivered: () => delivered,
      close() {},
      capacity: 10,
      block() {
        isBlocked = true
      },
      release() {
        isBlocked = false
        if (fault === 'swaps') held.reverse()
        if (fault === 'repeats receipts' && dropped > 0) {
          delivered.push({ type: 'dropped', count: dropped - 1, from: 11, to: 9 + dropped })
          delivered.push({ type: 'dropped', count: 1, from: 10 + dropped, to: 10 + dropped })
          dropped = 0
        }
        held.forEach(deliver)
        const count = fault === 'miscounts' ? dropped - 1 : dropped
        if (count > 0 && fault !== 'is silent') delivered.push({ type: 'dropped', count, from: 11, to: 10 + dropped })
      },
      step() {
        const event = held.shift()
        if (fault === 'starves' && ++steps % 3 > 0) delivered.push({ type: 'dropped', count: 0, from: 11, to: 11 })
        else if (event !== undefined) deliver(event)
      },
      break() {
        isBroken = true
      },
    }
  }
}

describe('the contract', () => {
  it('holds for a sink that does everything right', async () => {
    expect(await checkSink(badSink('nothing'))).toEqual([])
  })

  it.each([
    ['loses', 'expected 10 events'],
    ['repeats', 'expected 10 events'],
    ['clings', 'expected the source to be let go of'],
    ['hoards', 'expected a receipt'],
    ['miscounts', 'expected 50 events delivered or in receipts'],
    ['repeats receipts', 'expected an event behind each receipt'],
    ['starves', 'expected 160 events or more in 200 calls when 1.2 times as many come, found 66 and 134 receipts'],
    ['is silent', 'expected 50 events delivered or in receipts'],
    ['swaps', 'in order'],
    ['rejects', 'expected no unhandled failure'],
  ])('is broken by one that %s', async (fault, message) => {
    // The unhandled failure is this test's own: the runner must not take it for one.
    const listeners = process.listeners('unhandledRejection')
    process.removeAllListeners('unhandledRejection')
    onTestFinished(() => listeners.forEach(listener => process.on('unhandledRejection', listener)))
    await expect(checkSink(badSink(fault))).rejects.toThrow(message)
  })
})
