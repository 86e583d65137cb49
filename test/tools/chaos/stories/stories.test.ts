// A few of the stories of `npm run chaos`, played in every test run. To see what one is made of: npm run
// chaos -- --seed 7
import { beforeAll, describe, expect, it } from 'vitest'
import { play } from '../../../../tools/chaos/stories/run.ts'
import { storyOf } from '../../../../tools/chaos/stories/story.ts'
import { judge, type Verdict } from '../../../../tools/chaos/verdict/verdict.ts'

const seeds = Array.from({ length: 24 }, (_, index) => index + 1)
const atOnce = 12

describe('random faults, and then a quiet end', () => {
  const verdicts = new Map<number, Verdict>()

  beforeAll(async () => {
    const waiting = [...seeds]
    const playNext = async () => {
      for (let seed = waiting.shift(); seed !== undefined; seed = waiting.shift()) {
        verdicts.set(seed, judge(await play(storyOf(seed))))
      }
    }
    await Promise.all(Array.from({ length: atOnce }, playNext))
  })

  it.each(seeds)('leave nothing unsaid, nothing twice and nothing broken: seed %i', seed => {
    expect(verdicts.get(seed)?.differences).toEqual([])
  })

  it('were no walk in the park: records were withheld, repeated and missed, and the line was lost', () => {
    const sum = (of: (figures: Verdict['figures']) => number) =>
      [...verdicts.values()].reduce((total, { figures }) => total + of(figures), 0)
    expect(sum(({ withheld }) => withheld)).toBeGreaterThan(100)
    expect(sum(({ repeatsDropped }) => repeatsDropped)).toBeGreaterThan(20)
    expect(sum(({ volumeExpected }) => volumeExpected)).toBeGreaterThan(10_000)
    expect(sum(({ volumeReported }) => volumeReported)).toBe(sum(({ volumeExpected }) => volumeExpected))
    expect(sum(({ faults }) => faults.cut ?? 0)).toBeGreaterThan(5)
  })
})
