// `npm run chaos -- --seeds N [--from SEED] [--seed ONE] [--quick]`: stories of random faults, by seed. Ends
// with code 1 when one went wrong, and says which: `--seed ONE` plays it again and shows what it is made of.
// `--hostile` plays servers that behave badly against a process of its own each, `--soak MINUTES` one long
// run.
import { parseArgs } from 'node:util'
import { atMost, print, printTable, printTarget, figure, type Target } from '../bench/report.ts'
import { type CleanCut, cleanCut } from './clean-cut.ts'
import { playAll } from './stories/crew.ts'
import { mixedNames, quietHour, thinNames } from './quiet-hour.ts'
import { playHostile } from './hostile/main.ts'
import { printFigures } from './report.ts'
import { soak } from './soak.ts'
import { storyOf } from './stories/story.ts'
import type { Figures } from './verdict/verdict.ts'

const usage =
  'npm run chaos -- --seeds N [--from SEED] [--seed ONE] [--workers 2] [--at-once 12] [--quick] | --hostile [--only WORD] [--quick] | --soak [MINUTES]'
/** A run for continuous integration, and one by hand. */
const fewSeeds = 60
const manySeeds = 1_000

type Run = {
  readonly seeds: readonly number[]
  readonly workers: number
  readonly atOnce: number
  readonly isQuick: boolean
  readonly shows: boolean
}

try {
  await runChosen(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`chaos: ${error instanceof Error ? error.message : String(error)}\n  ${usage}\n`)
  process.exitCode = 2
}

/** Of the three kinds of run, the one that is asked for. */
async function runChosen(words: readonly string[]): Promise<void> {
  const {
    hostile,
    only,
    quick,
    soak: minutes,
    'at-once': atOnce,
    ...stories
  } = parseArgs({
    args: [...words],
    options: {
      hostile: { type: 'boolean', default: false },
      soak: { type: 'string' },
      only: { type: 'string' },
      quick: { type: 'boolean', default: false },
      'at-once': { type: 'string' },
      seeds: { type: 'string' },
      seed: { type: 'string' },
      from: { type: 'string' },
      workers: { type: 'string' },
    },
  }).values
  const isStory = !hostile && minutes === undefined
  if (isStory) return await runAll(readRun(words))
  const strange = Object.keys(stories)
  if (strange.length > 0) throw new Error(`--${strange[0]}: belongs to stories by seed, not to this run`)
  const isWell = hostile
    ? await playHostile({ only, isQuick: quick, atOnce: Number(atOnce ?? 3) })
    : await soak({ minutes: Number(minutes), recordsPerSecond: 5_000 })
  if (!isWell) process.exitCode = 1
}

function readRun(words: readonly string[]): Run {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    args: [...words],
    options: { seeds: text, from: text, seed: text, workers: text, 'at-once': text, quick: { type: 'boolean' } },
  })
  const wholeNumber = (name: keyof typeof values, fallback: number, lowest: number) => {
    const value = Number(values[name] ?? fallback)
    if (Number.isSafeInteger(value) && value >= lowest) return value
    throw new Error(`--${name} ${String(values[name])}: expected a whole number from ${lowest}`)
  }
  const isQuick = values.quick === true
  const one = values.seed === undefined ? undefined : wholeNumber('seed', 1, 0)
  const from = one ?? wholeNumber('from', 1, 0)
  const count = one === undefined ? wholeNumber('seeds', isQuick ? fewSeeds : manySeeds, 1) : 1
  return {
    seeds: Array.from({ length: count }, (_, index) => from + index),
    workers: wholeNumber('workers', 2, 1),
    atOnce: wholeNumber('at-once', 12, 1),
    isQuick,
    shows: one !== undefined,
  }
}

async function runAll(run: Run): Promise<void> {
  const [first = 0] = run.seeds
  print(`kis-stream chaos, Node ${process.versions.node}, ${run.seeds.length} seeds from ${first}`)
  if (run.shows) print(JSON.stringify(storyOf(first), undefined, 2))
  const isWell = await playStories(run)
  if (run.shows) return
  const targets = [...(await measureCuts(run.isQuick)), ...measureQuietHours(run.isQuick)]
  print('')
  for (const target of targets) printTarget(target)
  if (!isWell || targets.some(({ isMet }) => !isMet)) process.exitCode = 1
}

async function playStories({ seeds, workers, atOnce }: Run): Promise<boolean> {
  const figures: Figures[] = []
  const failed = new Set<number>()
  const fail = (seed: number, differences: readonly string[]) => {
    failed.add(seed)
    print(`\nseed ${seed} FAILED; again: npm run chaos -- --seed ${seed}`)
    for (const difference of differences) print(`  ${difference}`)
  }
  const startedAt = performance.now()
  await playAll({
    seeds,
    workers,
    atOnce,
    onReport(report) {
      if ('failure' in report) return fail(report.seed, [report.failure])
      const { verdict } = report
      figures.push(verdict.figures)
      if (verdict.differences.length > 0) fail(verdict.seed, verdict.differences)
    },
  })
  printFigures(figures, failed.size)
  print(`\n${seeds.length} seeds in ${figure((performance.now() - startedAt) / 1000)} s; ${failed.size} failed`)
  if (failed.size > 0) print(`failed: ${[...failed].join(', ')}`)
  if (failed.size > 0) process.exitCode = 1
  return failed.size === 0
}

async function measureCuts(isQuick: boolean): Promise<Target[]> {
  const sizes = isQuick ? [1, 5] : [1, 1, 5, 5, 20, 41]
  const cuts: CleanCut[] = []
  for (const size of sizes) cuts.push(await cleanCut(size))
  printTable(
    'A clean cut, with the default waits (grace 3 s, a request every 100 ms)',
    ['subscriptions', 'first data after', 'every subscription after', 'this process stood still for'],
    cuts.map(({ allDataMs, firstDataMs, pausedMs, subscriptions }) => [
      `${subscriptions}`,
      ...[firstDataMs, allDataMs, pausedMs].map(ms => `${figure(ms / 1000)} s`),
    ]),
  )
  return [
    atMost(
      'seconds from a clean cut to first data, default waits',
      Math.max(...cuts.map(cut => cut.firstDataMs)) / 1000,
      5,
    ),
  ]
}

function measureQuietHours(isQuick: boolean): Target[] {
  const count = isQuick ? 20 : 200
  const hours = { 'thin and liquid names': mixedNames, 'thin names alone': thinNames } as const
  const rows = Object.entries(hours).map(([title, names]) => {
    const all = Array.from({ length: count }, (_, seed) => quietHour(seed, names))
    const sum = (of: (hour: (typeof all)[number]) => number) => all.reduce((total, hour) => total + of(hour), 0)
    const alarms = [sum(hour => hour.stale), sum(hour => hour.mute), sum(hour => hour.silences)]
    return { title, names: names.length, trades: sum(hour => hour.trades), alarms }
  })
  printTable(
    `${count} quiet hours: alarms, all of them false (freshness alone, default waits, no sockets)`,
    ['hours of', 'names', 'trades', 'stale', 'mute', 'silence'],
    rows.map(({ alarms, names, title, trades }) => [title, ...[names, trades, ...alarms].map(value => `${value}`)]),
  )
  return rows.map(({ alarms, title }) => {
    const all = alarms.reduce((total, one) => total + one, 0)
    return atMost(`false alarms in ${count} quiet hours of ${title}`, all, 0)
  })
}
