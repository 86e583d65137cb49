// Whether this process owns a line, written to Redis for other processes and to the data folder for the next
// one.
import { asyncScheduler, exhaustMap, interval, type SchedulerLike, type Subscription } from 'rxjs'
import type { LineOwner } from '../../machines/owner.ts'
import { type FormerOwner, renewClaimMs, type SharedConnects } from '../../workers/redis/connect-budget.ts'
import type { KeptLine } from './line-memory.ts'

export type LineOwnerParts = {
  readonly kept: KeptLine
  /** Present when other processes use the line too. */
  readonly shared?: Pick<SharedConnects, 'claim' | 'renew' | 'release'>
  readonly scheduler?: SchedulerLike
}

export type KeptOwner = LineOwner & {
  /** The owner by Redis before a connection; undefined when Redis was not asked. */
  learn(owner: FormerOwner | undefined): void
}

export function createLineOwner({ kept, shared, scheduler = asyncScheduler }: LineOwnerParts): KeptOwner {
  let known: FormerOwner | undefined
  let renewing: Subscription | undefined
  /** How many sessions KIS accepted, and the last of them that is written. */
  let accepts = 0
  let claimed = 0
  let inFlight: Promise<void> = Promise.resolve()

  /** Redis may be away: the next renewal tries again. */
  async function claim(): Promise<void> {
    if (shared === undefined) return
    const now = accepts
    try {
      const isOurs = claimed === now ? await shared.renew() : await shared.claim().then(() => true)
      // Accepted again meanwhile: a newer claim is being written.
      if (now !== accepts) return
      claimed = now
      if (!isOurs) stopRenewing()
    } catch {
      // The claim ends meanwhile. Its owner only loses the connections that are reserved for it.
    }
  }

  function stopRenewing(): void {
    renewing?.unsubscribe()
    renewing = undefined
  }

  return {
    learn(owner) {
      known = owner
    },
    accepted() {
      kept.noteLine(true)
      known = 'ours'
      if (shared === undefined) return
      accepts++
      inFlight = claim()
      renewing ??= interval(renewClaimMs, scheduler)
        .pipe(exhaustMap(() => (inFlight = claim())))
        .subscribe()
    },
    isGone() {
      // Without an answer of Redis, the data folder says whether it was this installation.
      if (known === undefined || known === 'unknown') return kept.hasLine()
      return known !== 'alive'
    },
    async release() {
      const hadClaim = renewing !== undefined
      stopRenewing()
      kept.noteLine(false)
      await inFlight
      if (hadClaim) await shared?.release().catch(() => {})
    },
  }
}
