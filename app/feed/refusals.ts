// Says which subscriptions stay refused, and goes on saying it: one line when that begins or changes, and one
// every ten minutes.
import type { Clock } from '../../market/clock.ts'
import type { SubscriptionState } from './contract.ts'
import type { Logger } from '../observe/log.ts'
import { nameOf } from '../observe/market-health.ts'

export type RefusalWatch = {
  /** Once a second is enough. */
  look(subscriptions: readonly SubscriptionState[]): void
}

/** What is refused for longer is said to stay so: a lost answer is found by then. */
const staysMs = 5_000
/**
 * What changes more often is said once in so long, and what does not change is said again after the longer
 * one.
 */
const betweenMs = 30_000
const repeatMs = 600_000
const mostNamed = 10

export function createRefusalWatch(clock: Clock, log: Logger): RefusalWatch {
  /** Since when each is refused, by instrument and channel. */
  let since = new Map<string, number>()
  let said = ''
  let saidAt = Number.NEGATIVE_INFINITY

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
      const passedMs = now < saidAt ? repeatMs : now - saidAt
      if (what === said ? what === '' || passedMs < repeatMs : passedMs < betweenMs) return
      said = what
      saidAt = now
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
