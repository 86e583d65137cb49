// Logs which subscriptions stay refused: when that begins or changes, and every ten minutes.
import type { Clock } from '../../market/clock.ts'
import type { SubscriptionState } from '../feed/subscription-states.ts'
import type { Logger } from './log.ts'
import { nameOf } from './status/market-health.ts'

export type RefusalWatch = {
  /** Once a second is enough. */
  look(subscriptions: readonly SubscriptionState[]): void
}

/** A refusal that is older stays: a lost answer is found by then. */
const staysMs = 5_000
/** Changes are logged no more often than this, and what does not change is logged again after `repeatMs`. */
const betweenMs = 30_000
const repeatMs = 600_000
const mostNamed = 10

export function createRefusalWatch(clock: Clock, log: Logger): RefusalWatch {
  /** Since when each is refused, by instrument and channel. */
  let since = new Map<string, number>()
  let logged = ''
  let loggedAt = Number.NEGATIVE_INFINITY

  function refusedSince(subscriptions: readonly SubscriptionState[], now: number): Map<string, number> {
    const next = new Map<string, number>()
    for (const { instrument, channel, status } of subscriptions) {
      const key = `${instrument} ${channel}`
      const before = since.get(key)
      // While it is asked for again it is not accepted yet.
      const isBeingAsked = before !== undefined && (status === 'wanted' || status === 'requested')
      if (status === 'refused' || isBeingAsked) next.set(key, Math.min(before ?? now, now))
    }
    return next
  }

  return {
    look(subscriptions) {
      const now = clock.now()
      since = refusedSince(subscriptions, now)
      const staying = subscriptions.filter(({ instrument, channel }) => {
        const time = since.get(`${instrument} ${channel}`)
        return time !== undefined && now - time >= staysMs
      })
      const what = staying.map(({ instrument, channel }) => `${instrument} ${channel}`).join(', ')
      const passedMs = now < loggedAt ? repeatMs : now - loggedAt
      if (what === logged ? what === '' || passedMs < repeatMs : passedMs < betweenMs) return
      logged = what
      loggedAt = now
      if (staying.length === 0) return log.info({}, 'no subscription is refused any more')
      const names = staying.slice(0, mostNamed).map(nameOf)
      const more = staying.length - names.length
      log.warn(
        { count: staying.length, subscriptions: names },
        `${staying.length === 1 ? 'a subscription stays' : `${staying.length} subscriptions stay`} refused and without data: ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
      )
    },
  }
}
