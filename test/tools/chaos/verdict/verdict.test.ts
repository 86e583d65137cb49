// The verdict must be able to say no: it is given feeds that are worse than ours, and facts of ours with a
// lie in them.
import { beforeAll, describe, expect, it } from 'vitest'
import { type Facts, play } from '../../../../tools/chaos/stories/run.ts'
import type { Story } from '../../../../tools/chaos/stories/story.ts'
import { chaosTiming } from '../../../../tools/chaos/stories/timing.ts'
import { judge, mostWithin } from '../../../../tools/chaos/verdict/verdict.ts'
import type { MarketEvent } from '../../../../market/events.ts'

const fault = (atMs: number, what: Extract<Story['steps'][number], { does: 'fault' }>['fault']) => ({
  atMs,
  does: 'fault' as const,
  fault: what,
})

const story: Story = {
  seed: 1,
  market: 'KR',
  startsAt: '2026-09-14T10:00:00+09:00',
  instruments: ['KRX:005930', 'KRX:000660'],
  channels: ['trade'],
  rate: 300,
  steps: [
    fault(300, { kind: 'lose', probability: 0.2 }),
    fault(310, { kind: 'duplicate', probability: 0.2 }),
    fault(800, { kind: 'cut' }),
  ],
  quietFromMs: 1_200,
}

/** What is wrong, without the names and figures in it. */
const wrong = (facts: Facts) => judge(facts).differences.join('\n')

describe('a feed that is worse than ours', () => {
  it('passes on what comes twice and says nothing of what is missing: both are noticed', async () => {
    const found = wrong(await play(story, { continuity: false }))
    expect(found).toMatch(/trades were delivered twice/)
    expect(found).toMatch(/withheld records were never reported/)
    expect(found).toMatch(/missing \[.*, but reported nothing/)
  })

  it('connects as often as it likes: it is noticed', async () => {
    const cuts = [200, 500, 800, 1_100, 1_400, 1_700].map(atMs => fault(atMs, { kind: 'cut' }))
    const timing = { ...chaosTiming, mostConnects: 1_000, longestBackoffMs: 60 }
    const facts = await play({ ...story, steps: cuts, quietFromMs: 1_900 }, { timing })
    expect(wrong(facts)).toMatch(/^\d+ connections within 12000 ms, expected at most 4$/)
  })
})

describe('a lie in the facts', () => {
  let facts: Facts
  beforeAll(async () => {
    facts = await play(story)
  })

  const without = (type: MarketEvent['type']) => {
    const all = facts.events.flatMap((event, at) => (event.type === type ? [at] : []))
    return facts.events.toSpliced(all[all.length >> 1] ?? Number.NaN, 1)
  }

  it('is not there to begin with', () => {
    expect(judge(facts).differences).toEqual([])
    expect(judge(facts).figures).toMatchObject({ deliveredTwice: 0, mostSocketsOpen: 1 })
    expect(judge(facts).figures.gaps).toBeGreaterThan(5)
  })

  it.each<[string, () => Partial<Facts>, RegExp]>([
    ['a gap that was not reported', () => ({ events: without('gap') }), /missing .*, but reported/],
    ['a trade that was lost on the way', () => ({ events: without('trade') }), /not right before its trade|missing/],
    ['a trade that came again', () => ({ events: [...facts.events, ...facts.events.slice(-1)] }), /twice/],
    ['data on a line that is down', () => ({ events: without('resume') }), /records between disconnect and resume/],
    ['a subscription that stayed away', () => ({ ailing: ['KRX:005930 trade is wanted'] }), /did not heal/],
    ['two sockets', () => ({ mostSocketsOpen: 2 }), /2 sockets were open at once/],
    ['a handshake that was not seen to leave', () => ({ connectedAt: [] }), /the watch is blind/],
    ['a stop that never came', () => ({ hasStopped: false }), /stop\(\) did not resolve/],
    ['a stream without an end', () => ({ hasCompleted: false }), /did not complete/],
    ['a session left behind', () => ({ sessionsLeft: 1 }), /still open after stop/],
    [
      'an error in a sink',
      () => ({ counts: { ...facts.counts, sinks: { one: { dropped: 0, conflated: 0, errors: 1 } } } }),
      /1 errors in sinks/,
    ],
  ])('%s is noticed', (_, lie, expected) => {
    expect(wrong({ ...facts, ...lie() })).toMatch(expected)
  })
})

it('the most within a window counts any window, its far end not included', () => {
  expect(mostWithin([], 10)).toBe(0)
  expect(mostWithin([0, 10, 20], 10)).toBe(1)
  expect(mostWithin([0, 9, 10, 18, 30], 10)).toBe(3)
})
