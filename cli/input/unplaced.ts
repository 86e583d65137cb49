// Subscriptions without a slot, as a mistake: KIS would refuse them one by one, and they would wait in vain.
import type { FeedSettings } from '../../app/settings/settings.ts'
import { overflowOf } from '../../app/feed/subscriptions.ts'

/** A sentence for each market with a turn that wants more slots than its line has. */
export function unplacedIn(settings: FeedSettings): string[] {
  return overflowOf(settings)
    .filter(({ market }) => settings.market === 'auto' || settings.market === market)
    .map(({ says, slots, most }) => {
      const tooMany = slots - most
      return `${says}: leave out ${tooMany} (fewer instruments, or --channels trade alone), or divide them over app keys, one process each; --allow-unplaced goes without the last ${tooMany}`
    })
}
