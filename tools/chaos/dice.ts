// What a story asks of its random numbers.
import type { Random } from '../../simulator/tape/random.ts'

export type Dice = {
  /** A whole number, both ends included. */
  between(lowest: number, highest: number): number
  /** From `lowest` up to, but not, `highest`. */
  share(lowest: number, highest: number): number
  chance(probability: number): boolean
  oneOf<T>(choices: readonly T[]): T
  /** So many different ones, in the order of `choices`; all of them when there are no more. */
  some<T>(choices: readonly T[], count: number): T[]
}

export function createDice(random: Random): Dice {
  const between = (lowest: number, highest: number) => lowest + random.below(highest - lowest + 1)
  return {
    between,
    share: (lowest, highest) => lowest + random.next() * (highest - lowest),
    chance: probability => random.next() < probability,
    oneOf<T>(choices: readonly T[]): T {
      if (choices.length === 0) throw new RangeError('one of nothing')
      return choices[random.below(choices.length)] as T // below the length
    },
    some(choices, count) {
      const left = choices.map((_, index) => index)
      while (left.length > count) left.splice(random.below(left.length), 1)
      return left.flatMap(index => choices.slice(index, index + 1))
    },
  }
}
