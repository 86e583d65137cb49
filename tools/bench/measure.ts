// How anything here is measured: in rounds in which every variant takes its turn, so that whatever else the
// machine does meets all of them alike, and by processor time, which does not count what other programs do.
import { readFileSync } from 'node:fs'

export type Effort = {
  /** Rounds that count. Odd, so that the median is one of them. */
  readonly rounds: number
  /**
   * Processor time of one variant in one round. Many short rounds rather than a few long ones: a neighbour on
   * the same processor slows everything for a moment, and the shorter a round, the more it is the same moment
   * for all.
   */
  readonly roundMs: number
  /** Before the first round, until the engine has optimised what will be measured. */
  readonly warmUpMs: number
  /**
   * How often all processes are started anew. How the engine compiles a program and where its memory lies
   * differ from process to process, by more than some of what is measured.
   */
  readonly casts: number
  /**
   * Rounds of a cast on a socket, and those before them that warm it up: the engine, and the memory of its
   * sink.
   */
  readonly socketRounds: number
  readonly socketWarmUps: number
  /** The part of a full round's frames that one of these sends. */
  readonly socketShare: number
  /** Rounds of a cast at a given pace, and how long each of them lasts. */
  readonly pacedRounds: number
  /**
   * Rounds before those: a thread that wakes twelve times a second takes its time until the engine has
   * compiled what it does.
   */
  readonly pacedWarmUps: number
  readonly pacedSeconds: number
}

export const fullEffort: Effort = {
  rounds: 41,
  roundMs: 20,
  warmUpMs: 500,
  casts: 3,
  socketRounds: 5,
  socketWarmUps: 4,
  socketShare: 1,
  pacedRounds: 5,
  pacedWarmUps: 4,
  pacedSeconds: 2,
}
export const quickEffort: Effort = {
  rounds: 9,
  roundMs: 15,
  warmUpMs: 100,
  casts: 1,
  socketRounds: 3,
  socketWarmUps: 1,
  socketShare: 0.3,
  pacedRounds: 3,
  pacedWarmUps: 1,
  pacedSeconds: 0.4,
}

/**
 * Processor time of this process so far, all its threads together: a variant that makes garbage pays for its
 * collection.
 */
export function cpuMicroseconds(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}

/**
 * Processor time of the main thread alone so far. Only Linux tells, in nanoseconds, in the first figure of
 * /proc/self/task/<thread>/schedstat; the main thread's number is the process's. NaN elsewhere.
 */
export function mainThreadMicroseconds(): number {
  try {
    const [onCpu = ''] = readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'latin1').split(' ')
    return onCpu === '' ? Number.NaN : Number(onCpu) / 1000
  } catch {
    return Number.NaN
  }
}

/** What each round gave for each variant, in the order of the rounds. */
export type Rounds<Name extends string, Result> = Readonly<Record<Name, readonly Result[]>>

/**
 * Every variant once a round; the order is reversed every other round, so that none always follows the same
 * other one.
 */
export async function interleave<Name extends string, Result>(
  names: readonly Name[],
  rounds: number,
  measure: (name: Name) => Result | Promise<Result>,
): Promise<Rounds<Name, Result>> {
  const results = Object.fromEntries(names.map(name => [name, [] as Result[]])) as Record<Name, Result[]>
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) results[name].push(await measure(name))
  }
  return results
}

/** The rounds of several casts, one cast behind the other. */
export async function playCasts<Name extends string, Result>(
  casts: number,
  play: () => Promise<Rounds<Name, Result>>,
): Promise<Rounds<Name, Result>> {
  const all: Partial<Record<Name, Result[]>> = {}
  for (let cast = 0; cast < casts; cast++) {
    const rounds = await play()
    for (const name of Object.keys(rounds) as Name[]) (all[name] ??= []).push(...rounds[name]) // its own keys
  }
  return all as Record<Name, Result[]> // every cast has all names
}

/** Does some work, and says how many units (records, events) it was. */
export type Pass = () => number

/** Nanoseconds of processor time a unit, for passes of work in this process. */
export async function timePasses<Passes extends Readonly<Partial<Record<string, Pass>>>>(
  passes: Passes,
  { rounds, roundMs, warmUpMs }: Effort,
): Promise<{ readonly [Name in keyof Passes]: readonly number[] }> {
  const names = Object.keys(passes)
  const measure = (name: string, ms: number) => nanosecondsOf(passes[name] as Pass, ms) // no name without its pass
  for (const name of names) measure(name, warmUpMs)
  const results = await interleave(names, rounds, name => measure(name, roundMs))
  return results as { [Name in keyof Passes]: readonly number[] } // the same names
}

function nanosecondsOf(pass: Pass, ms: number): number {
  let units = 0
  let spent = 0
  const start = cpuMicroseconds()
  while (spent < ms * 1000) {
    units += pass()
    spent = cpuMicroseconds() - start
  }
  return (spent * 1000) / units
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? at(sorted, middle) : (at(sorted, middle - 1) + at(sorted, middle)) / 2
}

/** The median of the rounds' own ratios: both sides of each were measured within the same moments. */
export function medianRatio(dividends: readonly number[], divisors: readonly number[]): number {
  return median(dividends.map((dividend, round) => dividend / at(divisors, round)))
}

function at(values: readonly number[], index: number): number {
  const value = values[index]
  if (value === undefined) throw new RangeError(`${values.length} values, none at ${index}`)
  return value
}
