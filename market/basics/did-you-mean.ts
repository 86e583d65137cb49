// The known name that a misspelt one probably stands for: the one that the fewest slips of the hand lead to.

/** Beyond this share of the letters, two names have nothing to do with each other. */
const mostSlips = 0.4

/** Text from outside may be long, known names are not, and a comparison costs the product of both lengths. */
const longestName = 64

/** The known name nearest to `text`, if one is near. Case, dashes and underscores do not count. */
export function nearest(text: string, names: Iterable<string>): string | undefined {
  if (text.length > longestName) return undefined
  const given = plain(text)
  let best: string | undefined
  let fewest = Number.POSITIVE_INFINITY
  for (const name of names) {
    const known = plain(name)
    const slips = slipsBetween(given, known)
    const most = Math.max(1, Math.floor(mostSlips * Math.min(given.length, known.length)))
    if (slips <= most && slips < fewest) {
      best = name
      fewest = slips
    }
  }
  return given === '' ? undefined : best
}

/** `; did you mean NAME?`, or nothing. */
export function didYouMean(text: string, names: Iterable<string>): string {
  const name = nearest(text, names)
  return name === undefined ? '' : `; did you mean ${name}?`
}

/**
 * Each option of `T`, for `Object.keys`. One that is missing or too many is a mistake that the compiler
 * finds.
 */
export type OptionNames<T> = Readonly<Record<T extends unknown ? keyof T : never, true>>

/** A sentence for each name in `given` that is none of `known`. `path`: where they stand, as `timing.`. */
export function unknownOptions(given: object, known: readonly string[], path = ''): string[] {
  return Object.keys(given)
    .filter(name => !known.includes(name))
    .map(name => `${path}${name} is no option here${didYouMean(name, known)}`)
}

/** Throws a TypeError that lists the names in `given` that are none of `known`. */
export function refuseUnknown(given: object, known: readonly string[], path = ''): void {
  const problems = unknownOptions(given, known, path)
  if (problems.length > 0) throw new TypeError(problems.join('\n'))
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[-_ ]/g, '')
}

/** Letters to add, to leave out, to replace, or to swap with their neighbour (optimal string alignment). */
function slipsBetween(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (last[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const least = Math.min(replaced, (last[j] as number) + 1, (row[j - 1] as number) + 1)
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      row.push(isSwap ? Math.min(least, (beforeLast[j - 2] as number) + 1) : least)
    }
    beforeLast = last
    last = row
  }
  return last[b.length] as number
}
