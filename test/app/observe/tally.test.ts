import { describe, expect, it } from 'vitest'
import { createTally } from '../../../app/observe/tally.ts'
import type { Trade } from '../../../market/events.ts'
import { trade } from '../../streams/samples.ts'

const arriving = (lagMs: number | null): Trade => {
  const eventTime = 1_764_000_000_000
  return { ...trade(), receivedTime: eventTime + (lagMs ?? 0), eventTime: lagMs === null ? null : eventTime }
}

describe('the tally', () => {
  it('puts each lag into the first bucket it fits, and a trade from the future into the very first', () => {
    const tally = createTally()
    for (const lagMs of [-400, 0, 250, 251, 900_000, 900_001]) tally.event(arriving(lagMs))
    const { bounds, counts, sum } = tally.tally().lag.KR
    const counted = Object.fromEntries(counts.map((count, bucket) => [bounds[bucket] ?? 'more', count]))
    expect(counted).toMatchObject({ 250: 3, 500: 1, 900000: 1, more: 1 })
    expect(counts.reduce((all, count) => all + count)).toBe(6)
    expect(sum).toBe(-400 + 0 + 250 + 251 + 900_000 + 900_001)
  })

  it('leaves out a trade whose time could not be read', () => {
    const tally = createTally()
    tally.event(arriving(null))
    expect(tally.tally().lag.KR.counts.every(count => count === 0)).toBe(true)
  })

  it('knows the market of a trade from the frame it came in', () => {
    const tally = createTally()
    tally.frame('US')
    tally.event(arriving(100))
    tally.frame('KR')
    tally.event(arriving(100))
    tally.event(arriving(100))
    const { KR, US } = tally.tally().lag
    expect([KR.counts[0], US.counts[0]]).toEqual([2, 1])
  })

  it('adds up drops and failures by sink', () => {
    const tally = createTally()
    tally.sinkDropped('one', 3)
    tally.sinkDropped('one', 4)
    tally.sinkFailed('other')
    expect([...tally.tally().sinks]).toEqual([
      ['one', { dropped: 7, errors: 0 }],
      ['other', { dropped: 0, errors: 1 }],
    ])
  })
})
