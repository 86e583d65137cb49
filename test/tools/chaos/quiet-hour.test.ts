import { expect, it } from 'vitest'
import { mixedNames, quietHour, thinNames } from '../../../tools/chaos/quiet-hour.ts'

const hours = Array.from({ length: 20 }, (_, seed) => seed)

it.each([
  ['thin and liquid names', mixedNames],
  ['thin names alone', thinNames],
])('a quiet hour of %s raises no alarm', (_, names) => {
  for (const seed of hours) {
    expect(quietHour(seed, names)).toMatchObject({ stale: 0, mute: 0, silences: 0, examples: [] })
  }
})

it.each([
  ['a name of a trade a minute, alone with thin ones, rests for a quarter of an hour', 25, thinNames],
  ['another one does', 1_115, thinNames],
  ['a name of a trade every other second begins its lull when little is known of it', 430, mixedNames],
  ['a name of a trade every eight seconds does', 1_023, mixedNames],
])('an hour in which %s raises none either', (_, seed, names) => {
  expect(quietHour(seed, names)).toMatchObject({ stale: 0, mute: 0, silences: 0, examples: [] })
})

it('a name that falls silent in such an hour is found, the sooner the more it used to trade', () => {
  const foundAfter = (index: number) =>
    hours.map(seed => {
      const [first] = quietHour(seed, mixedNames, index).examples
      return Number(/after (\d+) s/.exec(first ?? '')?.[1] ?? Number.POSITIVE_INFINITY) - 1_800
    })
  // One that trades every other second, and one of four times a minute.
  expect(Math.max(...foundAfter(0))).toBeLessThan(600)
  expect(Math.max(...foundAfter(4))).toBeLessThan(1_800)
  expect(foundAfter(0).reduce((sum, after) => sum + after)).toBeLessThan(
    foundAfter(4).reduce((sum, after) => sum + after),
  )
})
