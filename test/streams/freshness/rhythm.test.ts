import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRhythm } from '../../../streams/freshness/rhythm.ts'

const beats = (rhythm: ReturnType<typeof createRhythm>, silences: readonly number[]) => {
  let time = 0
  rhythm.beat(time)
  for (const silence of silences) rhythm.beat((time += silence))
}

describe('a rhythm', () => {
  it('knows nothing before enough data came', () => {
    const rhythm = createRhythm()
    beats(rhythm, [100, 100, 100])
    expect(rhythm.patience(1_000)).toBeUndefined()
  })

  it('takes sixty moments to know what is usual', () => {
    const rhythm = createRhythm()
    beats(
      rhythm,
      Array.from({ length: 59 }, () => 1_000),
    )
    expect(rhythm.patience(5_000)).toBeUndefined()
    rhythm.beat(60_000)
    expect(rhythm.patience(5_000)).toBe(20_000)
  })

  it('takes a cluster for one moment: a sweep of orders teaches nothing of the silence behind it', () => {
    const rhythm = createRhythm(1_000)
    const sweep = [...Array.from({ length: 40 }, () => 0), ...Array.from({ length: 40 }, () => 20)]
    beats(rhythm, sweep)
    expect(rhythm.patience(30_000)).toBeUndefined()
    beats(rhythm, Array.from({ length: 60 }, () => [300_000, ...sweep]).flat())
    expect(rhythm.patience(30_000)).toBe(6_000_000)
  })

  it('learns of what never pauses as fast as moments pass', () => {
    const rhythm = createRhythm(1_000)
    beats(
      rhythm,
      Array.from({ length: 610 }, () => 100),
    )
    expect(rhythm.patience(30_000)).toBe(30_000)
  })

  it('is patient in proportion to what is usual, and never less than the floor', () => {
    const rhythm = createRhythm()
    beats(
      rhythm,
      Array.from({ length: 80 }, () => 1_000),
    )
    expect(rhythm.patience(5_000)).toBe(20_000)
    expect(rhythm.patience(60_000)).toBe(60_000)
  })

  it('has been silent for long before, and may be again, for longer while little is known', () => {
    const rhythm = createRhythm()
    const beatAfter = (count: number) => Array.from({ length: count }, () => 100)
    beats(rhythm, [...beatAfter(50), 60_000, ...beatAfter(9)])
    expect(rhythm.patience(1_000)).toBe(60_000 * 8 * 1.5)
    let time = 50 * 100 + 60_000 + 9 * 100
    for (const silence of beatAfter(540)) rhythm.beat((time += silence))
    expect(rhythm.patience(1_000)).toBe(60_000 * 8 * 1.05)
  })

  it('learns nothing from a pause', () => {
    const rhythm = createRhythm()
    beats(
      rhythm,
      Array.from({ length: 80 }, () => 100),
    )
    rhythm.pause()
    expect(rhythm.last()).toBeUndefined()
    rhythm.beat(10_000_000)
    expect(rhythm.patience(1_000)).toBe(2_000)
  })

  it('survives a clock that goes back, and is always at least as patient as eight times the longest silence', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -10_000, max: 100_000 }), { minLength: 60, maxLength: 150 }), silences => {
        const rhythm = createRhythm()
        beats(rhythm, silences)
        expect(rhythm.patience(0)).toBeGreaterThanOrEqual(8 * Math.max(0, ...silences))
      }),
    )
  })
})
