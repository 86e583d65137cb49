// What is asked for: one channel of one instrument. A trade and a book of the same instrument are two
// subscriptions, and KIS counts them as two of a session's 41.
import type { Instrument } from './instrument.ts'

/**
 * `trade` and `order-book` are typed. Any other real-time transaction KIS offers can be named by its KIS id
 * (8 capital letters and digits, as `H0STPGM0`) and arrives as `record` events.
 */
export type Channel = 'trade' | 'order-book' | (string & {})

export type Subscription = { readonly instrument: Instrument; readonly channel: Channel }

/** A subscription as one string, `KRX:005930 trade`: what ledgers and logs are keyed by. */
export type SubscriptionKey = `${Instrument} ${string}`

export function keyOf(subscription: Subscription): SubscriptionKey {
  return `${subscription.instrument} ${subscription.channel}`
}

export function subscriptionOf(key: SubscriptionKey): Subscription {
  const space = key.indexOf(' ')
  return { instrument: key.slice(0, space) as Instrument, channel: key.slice(space + 1) }
}
