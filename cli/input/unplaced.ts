// Subscriptions that no slot is left for, as a mistake: they would be refused one by one, and wait in vain.
import type { FeedSettings } from '../../app/settings/settings.ts'
import { overflowOf } from '../../app/feed/subscriptions.ts'

/** A sentence for each market that wants more than its line has, of those that get a turn. */
export function unplacedIn(settings: FeedSettings): string[] {
  return overflowOf(settings)
    .filter(({ market }) => settings.market === 'auto' || settings.market === market)
    .map(({ says, slots, most }) => {
      const tooMany = slots - most
      return `${says}: leave out ${tooMany} (fewer instruments, or --channels trade alone), or divide them over app keys, one process each; --allow-unplaced goes without the last ${tooMany}`
    })
}
