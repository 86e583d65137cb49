// Gaps go to the jobs, and what a job finds comes out as `backfill` and `gap-verdict`. Nothing waits for it.
import type { Subscription } from 'rxjs'
import type { Clock } from '../../market/clock.ts'
import type { MarketEvent } from '../../market/events.ts'
import type { GapFinding } from '../../market/gap-finding.ts'
import type { ContinuityMemory } from '../../streams/continuity/memory.ts'
import { openGaps, settleFinding } from '../../streams/continuity/repairs.ts'
import type { Keepers } from '../persistence/keepers.ts'
import type { JobsForFeed } from './contract.ts'
import type { Outlet } from './outlet.ts'

export type RepairsParts = {
  /** Undefined: gaps are reported only. */
  readonly jobs: JobsForFeed | undefined
  readonly memory: ContinuityMemory
  readonly keepers: Pick<Keepers, 'repaired'>
  readonly clock: Clock
  readonly outlet: Pick<Outlet, 'events$'>
  readonly emit: (event: MarketEvent) => void
}

export type Repairs = {
  /** Has gaps validated from now on, and those that an earlier run left. */
  start(): Subscription | undefined
  /** A gap validation found something: emits what of it is news. */
  settle(finding: GapFinding): void
}

export function createRepairs({ jobs, memory, keepers, clock, outlet, emit }: RepairsParts): Repairs {
  function settle(finding: GapFinding): void {
    const news = settleFinding(memory, finding, clock.now())
    if (news.some(({ type }) => type === 'backfill')) keepers.repaired(finding.question.instrument)
    news.forEach(emit)
  }

  return {
    start: () => jobs?.validate({ events$: outlet.events$, left: openGaps(memory), onFinding: settle }),
    settle,
  }
}
