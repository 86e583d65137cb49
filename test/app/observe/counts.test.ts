import { describe, expect, it } from 'vitest'
import { createCounter } from '../../../app/observe/counts.ts'
import type { Trade } from '../../../market/events.ts'
import { trade } from '../../streams/samples.ts'

const arriving = (lagMs: number | null): Trade => {
  const eventTime = 1_764_000_000_000
  return { ...trade(), receivedTime: eventTime + (lagMs ?? 0), eventTime: lagMs === null ? null : eventTime }
}

describe('the counts of a feed', () => {
  it('puts each lag into the first bucket it fits, and a trade from the future into the very first', () => {
    const counter = createCounter()
    for (const lagMs of [-400, 0, 250, 251, 900_000, 900_001]) counter.event(arriving(lagMs))
    const { bounds, counts, sum } = counter.counts().lag.KR
    const counted = Object.fromEntries(counts.map((count, bucket) => [bounds[bucket] ?? 'more', count]))
    expect(counted).toMatchObject({ 250: 3, 500: 1, 900000: 1, more: 1 })
    expect(counts.reduce((all, count) => all + count)).toBe(6)
    expect(sum).toBe(-400 + 0 + 250 + 251 + 900_000 + 900_001)
  })

  it('leaves out a trade whose time could not be read', () => {
    const counter = createCounter()
    counter.event(arriving(null))
    expect(counter.counts().lag.KR.counts.every(count => count === 0)).toBe(true)
  })

  it('knows the market of a trade from the frame it came in', () => {
    const counter = createCounter()
    counter.frame('US')
    counter.event(arriving(100))
    counter.frame('KR')
    counter.event(arriving(100))
    counter.event(arriving(100))
    const { KR, US } = counter.counts().lag
    expect([KR.counts[0], US.counts[0]]).toEqual([2, 1])
  })

  it('adds up drops and failures by sink', () => {
    const counter = createCounter()
    expect(counter.sinkDropped('one', { count: 3 })).toBe(3)
    expect(counter.sinkDropped('one', { count: 4 })).toBe(7)
    expect(counter.sinkDropped('present', { count: 5, conflated: { instrument: 'KRX:005930', type: 'trade' } })).toBe(5)
    expect(counter.sinkFailed('other')).toBe(1)
    expect(counter.counts().sinks).toEqual({
      one: { dropped: 7, conflated: 0, errors: 0 },
      present: { dropped: 0, conflated: 5, errors: 0 },
      other: { dropped: 0, conflated: 0, errors: 1 },
    })
  })
})
