// How long one placement takes: 4,100 subscriptions on 100 lines, against a first fit of the same list that
// knows no rank, no pair, no shadow and no last placement.
import { place } from '../../machines/placement/place.ts'
import { mostSubscriptions } from '../../machines/ledger.ts'
import {
  emptyPlacement,
  type Placement,
  type PlacementLine,
  ranks,
  type Wanted,
} from '../../machines/placement/words.ts'
import { minuteMs } from '../../market/basics/durations.ts'
import type { SubscriptionKey } from '../../market/subscription.ts'
import { type Effort, median, medianRatio, type Pass, timePasses } from './measure.ts'
import { atMost, figure, printTable, type Target, times } from './report.ts'

const lineCount = 100
const wantedCount = lineCount * mostSubscriptions
const mostMs = 20
const start = Date.UTC(2026, 11, 1, 1)

export async function lines(effort: Effort): Promise<Target[]> {
  const all = wanted()
  const serving = Array.from({ length: lineCount }, (_, index) => line(index))
  const settled = place(emptyPlacement, all, serving, start).placement
  const some = place(emptyPlacement, all.slice(0, 3_000), serving, start).placement
  const evacuated = serving.map(
    (each, index): PlacementLine => (index === 50 ? { ...each, state: 'lost', mayLeave: ranks } : each),
  )
  const placing = (placement: Placement, among: readonly Wanted[], on: readonly PlacementLine[]): Pass => {
    return () => {
      place(placement, among, on, start + minuteMs)
      return 1
    }
  }
  const rounds = await timePasses(
    {
      'first fit, the baseline': () => firstFit(all, serving),
      'afresh, at the start of a turn': placing(emptyPlacement, all, serving),
      'again, with nothing to change': placing(settled, all, serving),
      'a lost line, with 1,100 free slots': placing(some, all.slice(0, 3_000), evacuated),
      'a lost line, where all are full': placing(settled, all, evacuated),
    } satisfies Record<string, Pass>,
    effort,
  )
  const baseline = rounds['first fit, the baseline']
  const rows = Object.entries(rounds).map(([name, ns]) => [
    name,
    figure(median(ns) / 1e6),
    times(medianRatio(ns, baseline)),
  ])
  const title = `One placement of ${wantedCount.toLocaleString('en')} subscriptions on ${lineCount} lines`
  printTable(title, ['', 'milliseconds', 'of the first fit'], rows)
  return Object.entries(rounds)
    .filter(([, ns]) => ns !== baseline)
    .map(([name, ns]) =>
      atMost(
        `placement, ${name}, milliseconds (first fit: ${figure(median(baseline) / 1e6)})`,
        median(ns) / 1e6,
        mostMs,
      ),
    )
}

/** Trades and order books of 2,050 instruments, in three ranks. */
function wanted(): Wanted[] {
  return Array.from({ length: wantedCount / 2 }, (_, index) => {
    const instrument = `KRX:${String(index).padStart(6, '0')}` as const
    const rank = ranks[index % ranks.length] ?? 'watched'
    return (['trade', 'order-book'] as const).map(
      (channel): Wanted => ({ key: `${instrument} ${channel}` satisfies SubscriptionKey, rank }),
    )
  }).flat()
}

function line(index: number): PlacementLine {
  return { id: String(index + 1), now: 'KR', next: 'US', overseasFeed: 'free' }
}

/** Each subscription goes to the first line that is not full. */
function firstFit(all: readonly Wanted[], on: readonly PlacementLine[]): number {
  const placed: Record<SubscriptionKey, string> = {}
  const counts = on.map(() => 0)
  for (const { key } of all) {
    const index = counts.findIndex(count => count < mostSubscriptions)
    if (index < 0) continue
    counts[index] = (counts[index] ?? 0) + 1
    placed[key] = on[index]?.id ?? ''
  }
  return Object.keys(placed).length / wantedCount
}
