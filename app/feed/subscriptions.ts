// What a feed is asked for: every instrument on every channel, and pairs that are named one by one; and how
// many slots that takes.
import {
  isChannel,
  isNotice,
  isOfStocks,
  problemWith,
  stockProblem,
  toWire,
  unknownChannel,
  type WireOptions,
} from '../../kis/channel.ts'
import type { Secret } from '../../kis/secret.ts'
import { mostSubscriptions } from '../../machines/ledger.ts'
import { type Instrument, type Market, marketOf, markets, parseInstrument } from '../../market/instrument.ts'
import { quoted } from '../../market/basics/plain-number.ts'
import type { ScheduleName } from '../../market/calendar/schedules.ts'
import { type Channel, keyOf, type Subscription, subscriptionOf } from '../../market/subscription.ts'
import { createNoticeNames } from './notice-names.ts'

export type Wanted = {
  readonly instruments: readonly Instrument[]
  readonly channels: readonly Channel[]
  /** Pairs named one by one, beside instruments × channels. */
  readonly subscribe: readonly Subscription[]
  readonly overseasFeed: 'free' | 'paid'
  readonly htsId?: Secret | undefined
  /** Side by side, each market has a line of its own, and account notices are asked for on one of them. */
  readonly schedule?: ScheduleName
}

export function wireOptionsOf({ overseasFeed, htsId }: Pick<Wanted, 'overseasFeed' | 'htsId'>): WireOptions {
  return { overseasFeed, ...(htsId === undefined ? {} : { htsId: htsId.reveal() }) }
}

/** Every instrument on every channel that its venue has, then the pairs that were named; each once. */
export function subscriptionsOf(wanted: Wanted): Subscription[] {
  const options = wireOptionsOf(wanted)
  const fitting = productOf(wanted).filter(pair => problemWith(pair, options) === undefined)
  return [...new Map([...fitting, ...wanted.subscribe].map(pair => [keyOf(pair), pair])).values()]
}

/** Each instrument once, whatever its channels. */
export function instrumentsOf({ instruments, subscribe }: Wanted): Instrument[] {
  return [...new Set([...instruments, ...subscribe.map(({ instrument }) => instrument)])]
}

/**
 * Of the product, a channel that fits none of the instruments is a mistake, and one that fits some is asked
 * for those. A pair that is named must fit, and so must the symbol of every stock.
 */
export function subscriptionProblems(wanted: Wanted): string[] {
  const options = wireOptionsOf(wanted)
  const ofProduct = wanted.channels.flatMap(channel => {
    const pairs = wanted.instruments.map(instrument => ({ instrument, channel }))
    const found = pairs.map(pair => problemWith(pair, options))
    return found.every(problem => problem !== undefined) && !isOfStocks(channel)
      ? found.slice(0, 1)
      : pairs.map(stockProblem)
  })
  const ofPairs = wanted.subscribe.map(pair => problemWith(pair, options))
  return [...new Set([...ofProduct, ...ofPairs].filter(problem => problem !== undefined))]
}

function productOf({ instruments, channels }: Wanted): Subscription[] {
  return channels.flatMap(channel => instruments.map(instrument => ({ instrument, channel })))
}

/**
 * Reads items such as `KRX:005930@trade+order-book`. Whether a channel fits its instrument depends on the HTS
 * id too: `subscriptionProblems` checks it.
 */
export function readPairs(items: readonly string[]): { subscriptions: Subscription[]; problems: string[] } {
  const problems: string[] = []
  const subscriptions = items.flatMap(item => {
    const [name = '', list, ...more] = item.split('@')
    if (list === undefined || more.length > 0) {
      problems.push(`${quoted(item)}; expected an instrument, @ and its channels, as KRX:005930@trade+order-book`)
      return []
    }
    const parsed = parseInstrument(name)
    if ('problem' in parsed) problems.push(parsed.problem)
    const channels = list.split('+').map(channel => channel.trim())
    problems.push(...channels.filter(channel => !isChannel(channel)).map(unknownChannel))
    return 'problem' in parsed ? [] : channels.map(channel => ({ instrument: parsed.value, channel }))
  })
  return { subscriptions, problems: [...new Set(problems)] }
}

/** How many slots each market needs. Account notices of one login id are one, under any number of names. */
export function slotsOf(wanted: Wanted): Readonly<Record<Market, number>> {
  const options = wireOptionsOf(wanted)
  const keys: Record<Market, Set<string>> = { KR: new Set(), US: new Set() }
  for (const pair of placedOf(wanted)) {
    const { tr, key } = toWire(pair, options)
    keys[marketOf(pair.instrument)].add(`${tr} ${key}`)
  }
  return { KR: keys.KR.size, US: keys.US.size }
}

/** What is asked of KIS for it: account notices under the one name that they go by. */
function placedOf(wanted: Wanted): Subscription[] {
  const { want } = createNoticeNames(wanted.schedule === 'side-by-side')
  return want(subscriptionsOf(wanted).map(keyOf)).map(subscriptionOf)
}

/** With an HTS login id, a slot is kept for account notices, so that they can be asked for at any time. */
export function reservedSlotsOf({ htsId }: Pick<Wanted, 'htsId'>): number {
  return htsId === undefined ? 0 : 1
}

/**
 * Slots of a market's line for what is asked for: all 41, or one less while a slot is kept for notices that
 * are not among it.
 */
export function mostSlotsOf(wanted: Wanted, market: Market): number {
  const hasNotices = placedOf(wanted).some(
    ({ instrument, channel }) => marketOf(instrument) === market && isNotice(channel),
  )
  return mostSubscriptions - (hasNotices ? 0 : reservedSlotsOf(wanted))
}

export type Overflow = { readonly market: Market; readonly slots: number; readonly most: number; readonly says: string }

/** Markets that need more slots than they have: 41 each, as they take turns on one line or have one each. */
export function overflowOf(wanted: Wanted): Overflow[] {
  const slots = slotsOf(wanted)
  return markets.flatMap(market => {
    const count = slots[market]
    const most = mostSlotsOf(wanted, market)
    if (count <= most) return []
    const pairs = placedOf(wanted).filter(({ instrument }) => marketOf(instrument) === market)
    const channels = [...new Set(pairs.map(({ channel }) => channel))].map(
      name => `${pairs.filter(({ channel }) => channel === name).length} ${name}`,
    )
    const kept = most < mostSubscriptions ? ', one of them for account notices, because the HTS login id is given' : ''
    const says = `${market}: ${count} slots are asked for (${channels.join(', ')}), and an app key has ${mostSubscriptions}${kept}`
    return [{ market, slots: count, most, says }]
  })
}
