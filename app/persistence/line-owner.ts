// Whether this process has the line of its app key, written down for the others in Redis and for the next
// process in the data folder.
import { asyncScheduler, exhaustMap, interval, type SchedulerLike, type Subscription } from 'rxjs'
import type { LineOwner } from '../../machines/owner.ts'
import { type FormerOwner, renewClaimMs, type SharedConnects } from '../../workers/redis/connect-budget.ts'
import type { KeptLine } from './line-memory.ts'

export type LineOwnerParts = {
  readonly kept: KeptLine
  /** There when other processes of the app key can be asked. */
  readonly shared?: Pick<SharedConnects, 'claim' | 'renew' | 'release'>
  readonly scheduler?: SchedulerLike
}

export type KeptOwner = LineOwner & {
  /** What Redis knew before a connection; undefined when it was not asked. */
  learn(owner: FormerOwner | undefined): void
}

export function createLineOwner({ kept, shared, scheduler = asyncScheduler }: LineOwnerParts): KeptOwner {
  let known: FormerOwner | undefined
  let renewing: Subscription | undefined
  /** How often KIS accepted us, and the last of them that is written down. */
  let accepts = 0
  let claimed = 0
  let inFlight: Promise<void> = Promise.resolve()

  /** Redis may be away: the next renewal tries again. */
  async function claim(): Promise<void> {
    if (shared === undefined) return
    const now = accepts
    try {
      const isOurs = claimed === now ? await shared.renew() : await shared.claim().then(() => true)
      // Accepted again meanwhile: the claim of that one is on its way.
      if (now !== accepts) return
      claimed = now
      if (!isOurs) stopRenewing()
    } catch {
      // The claim ends meanwhile, which costs its owner the connections that are kept for it, and nothing
      // else.
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
      // Where Redis cannot say, the folder knows whether it was this installation.
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
