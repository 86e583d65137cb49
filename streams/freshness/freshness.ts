// Acknowledged does not mean that data comes. Learns each subscription's own rhythm, and reports the ones
// that are silent without a reason: one stale key among live ones, or a whole market. It only reports; the
// machine reacts.
import type { MarketEvent } from '../../market/events.ts'
import { canonical, type Instrument, type Market, marketOf, markets } from '../../market/instrument.ts'
import { keyOf, type SubscriptionKey } from '../../market/subscription.ts'
import { createRhythm, type Rhythm } from './rhythm.ts'

export type FreshnessChange =
  | { readonly type: 'flowing' | 'stale'; readonly key: SubscriptionKey }
  /**
   * Stale while others of its market have data. Emitted again while it lasts, each time after twice the wait.
   */
  | { readonly type: 'mute'; readonly key: SubscriptionKey }
  /** No data at all from an open market. */
  | { readonly type: 'silence'; readonly market: Market; readonly quietMs: number }
  /** Data has come for `stableMs` since the connection was up. Emitted once for each connection. */
  | { readonly type: 'proven'; readonly market: Market }

export type Freshness = {
  readonly flowingSince: number | undefined
  readonly lastData: number | undefined
  readonly isStale: boolean
  /** Trading in it was halted: its silence is correct. */
  readonly isHalted: boolean
}

export type FreshnessOptions = {
  /**
   * The trading session of an instrument, by name; undefined while it is closed, in an auction or otherwise
   * excused.
   */
  readonly sessionOf: (instrument: Instrument, time: number) => string | undefined
  /** For a key that KIS says it already has: no data by then means a ghost. */
  readonly adoptionMs: number
  /** The shortest silence of one key that counts. */
  readonly quietMs: number
  /** The shortest silence of a whole market that counts. */
  readonly silenceMs: number
  readonly stableMs: number
}

/**
 * Looks come once a second: after a longer time, or a negative one, the clock was set or the machine slept.
 */
const longestBetweenLooksMs = 10_000

/**
 * While the rhythm is unknown: some names trade twice an hour, and asking again too early is a false alarm.
 */
const timesQuietForUnknown = 120
const timesSilentForUnknown = 5
/** A second of the 30: everything within it is one moment of a name's rhythm. */
const momentsInQuiet = 30

type Watched = {
  readonly key: SubscriptionKey
  readonly instrument: Instrument
  /** Kept, because finding it in the instrument's name takes longer than all other work for a trade here. */
  readonly market: Market
  readonly rhythm: Rhythm
  /** Trades and books have a rhythm; program trades or notices may correctly be silent for hours. */
  readonly hasRhythm: boolean
  status: 'active' | 'adopted' | 'other'
  /** Since when data could come: since it was acknowledged, or its trading session began. */
  since: number
  session: string | undefined
  flowingSince: number | undefined
  /** Data came since the last look, in this session. */
  hasBegun: boolean
  isStale: boolean
  isHalted: boolean
  /** The silence after which it is reported as stale (again). */
  nextAlarmMs: number
  /** The last noted moment of data: more of it in the same millisecond adds nothing. */
  notedAt: number
}

type MarketState = {
  readonly rhythm: Rhythm
  since: number | undefined
  isProven: boolean
  alarmedAt: number
  /** When a trade or a book last came, in any session of the line. */
  lastData: number | undefined
}

export type FreshnessWatch = {
  note(event: MarketEvent): void
  /** Trading in a name was halted, or goes on. */
  noteHalt(instrument: Instrument, isHalted: boolean, now: number): void
  /** Looks at everything, and returns the changes since the last look. Once a second is enough. */
  look(now: number): FreshnessChange[]
  of(key: SubscriptionKey): Freshness | undefined
  /** When a trade or a book of the market last came, in any session of its line. */
  lastDataOf(market: Market): number | undefined
}

export function watchFreshness(options: FreshnessOptions): FreshnessWatch {
  const watched = new Map<SubscriptionKey, Watched>()
  // The data path finds a key by its instrument alone, so that it makes no string for each trade.
  const trades = new Map<string, Watched>()
  const books = new Map<string, Watched>()
  const records = new Map<string, Watched[]>()
  const states: Record<Market, MarketState> = { KR: newState(), US: newState() }
  let lastTraded: Watched | undefined
  let news: FreshnessChange[] = []
  let lookedAt: number | undefined

  function data(one: Watched | undefined, time: number): void {
    if (one === undefined || one.notedAt === time) return
    if (hasLeapt(time)) startAfresh(time)
    one.notedAt = time
    one.rhythm.beat(time)
    if (one.flowingSince === undefined || one.isStale || one.status === 'adopted') startFlowing(one, time)
    const state = states[one.market]
    state.rhythm.beat(time)
    state.since ??= time
    if (one.hasRhythm) state.lastData = time
  }

  function startFlowing(one: Watched, time: number): void {
    one.flowingSince ??= time
    one.isStale = false
    one.nextAlarmMs = 0
    one.hasBegun = true
  }

  function hasLeapt(now: number): boolean {
    return lookedAt !== undefined && (now < lookedAt || now - lookedAt > longestBetweenLooksMs)
  }

  /** The time in between is unknown. Every silence begins now, and the learned rhythms still hold. */
  function startAfresh(now: number): void {
    lookedAt = now
    for (const one of watched.values()) {
      one.since = now
      one.nextAlarmMs = 0
      one.rhythm.pause()
    }
    for (const market of markets) {
      const state = states[market]
      state.rhythm.pause()
      state.alarmedAt = now
      if (state.since !== undefined) state.since = now
      // A clock that was set back must not shorten a silence that goes on.
      if (state.lastData !== undefined) state.lastData = Math.min(state.lastData, now)
    }
  }

  function lookAt(one: Watched, now: number): void {
    if (one.hasBegun) news.push({ type: 'flowing', key: one.key })
    one.hasBegun = false
    const session = options.sessionOf(one.instrument, now)
    if (session !== one.session) {
      one.session = session
      one.since = now
      one.nextAlarmMs = 0
      one.rhythm.forget()
      states[one.market].rhythm.forget()
    }
    if (session === undefined || one.isHalted || one.status === 'other' || !one.hasRhythm) return
    const quietSince = Math.max(one.since, one.rhythm.last() ?? 0)
    const quietMs = now - quietSince
    const patienceMs = patienceWith(one)
    if (quietMs < patienceMs || isExcused(one, now)) return
    if (!one.isStale && one.flowingSince !== undefined) {
      one.isStale = true
      news.push({ type: 'stale', key: one.key })
    }
    const dueMs = Math.max(patienceMs, one.nextAlarmMs)
    if (quietMs < dueMs || (!isUnproven(one) && !othersFlowed(one, quietSince + dueMs))) return
    one.nextAlarmMs = Math.max(patienceMs, quietMs) * 2
    news.push({ type: 'mute', key: one.key })
  }

  function patienceWith(one: Watched): number {
    if (isUnproven(one)) return options.adoptionMs
    return one.rhythm.patience(options.quietMs) ?? options.quietMs * timesQuietForUnknown
  }

  /** The other channel of the same instrument has data, so the connection works: nothing to report. */
  function isExcused(one: Watched, now: number): boolean {
    if (isUnproven(one)) return false
    const sibling = (trades.get(one.instrument) === one ? books : trades).get(one.instrument)
    const lastOfSibling = sibling?.rhythm.last()
    return lastOfSibling !== undefined && now - lastOfSibling < options.quietMs
  }

  /**
   * Another key of this market received data after this key should have. Otherwise the whole line may be
   * silent, and not this key.
   */
  function othersFlowed(one: Watched, dueTime: number): boolean {
    return (states[one.market].rhythm.last() ?? 0) >= dueTime
  }

  function lookAtMarket(market: Market, now: number): void {
    const state = states[market]
    const { since = now, rhythm } = state
    if (!state.isProven && (rhythm.last() ?? 0) - since >= options.stableMs) {
      state.isProven = true
      news.push({ type: 'proven', market })
    }
    const open = [...watched.values()].filter(
      one =>
        one.hasRhythm && one.market === market && one.session !== undefined && !one.isHalted && one.status !== 'other',
    )
    if (open.length === 0) return
    const quietMs = now - Math.max(rhythm.last() ?? 0, state.alarmedAt, ...open.map(({ since }) => since))
    if (quietMs < (rhythm.patience(options.silenceMs) ?? options.silenceMs * timesSilentForUnknown)) return
    state.alarmedAt = now
    news.push({ type: 'silence', market, quietMs })
  }

  /** Afterwards its silence counts from now on, and the halt does not affect its rhythm. */
  function setHalted(one: Watched | undefined, isHalted: boolean, now: number): void {
    if (one === undefined || one.isHalted === isHalted) return
    one.isHalted = isHalted
    one.isStale = false
    one.since = now
    one.nextAlarmMs = 0
    one.notedAt = Number.NaN
    one.rhythm.pause()
  }

  function newSubscription(key: SubscriptionKey, named: Instrument, channel: string): Watched {
    const instrument = canonical(named) // as the data calls it
    const one: Watched = {
      key,
      instrument,
      market: marketOf(instrument),
      rhythm: createRhythm(options.quietMs / momentsInQuiet),
      hasRhythm: channel === 'trade' || channel === 'order-book',
      status: 'other',
      since: 0,
      session: undefined,
      flowingSince: undefined,
      hasBegun: false,
      isStale: false,
      isHalted: false,
      nextAlarmMs: 0,
      notedAt: Number.NaN,
    }
    watched.set(key, one)
    if (channel === 'trade') trades.set(instrument, one)
    else if (channel === 'order-book') books.set(instrument, one)
    else records.set(channel, [...(records.get(channel) ?? []), one])
    return one
  }

  const watch: FreshnessWatch = {
    noteHalt(instrument, isHalted, now) {
      setHalted(trades.get(instrument), isHalted, now)
      setHalted(books.get(instrument), isHalted, now)
    },
    note(event) {
      lookedAt ??= event.receivedTime
      switch (event.type) {
        case 'trade': {
          // Records of one frame are often of one instrument.
          if (event.instrument !== lastTraded?.instrument) lastTraded = trades.get(event.instrument)
          // A trade that is not marked as halted ends the halt.
          if (event.isHalted !== undefined || lastTraded?.isHalted === true) {
            watch.noteHalt(event.instrument, event.isHalted === true, event.receivedTime)
          }
          return data(lastTraded, event.receivedTime)
        }
        case 'order-book':
          return data(books.get(event.instrument), event.receivedTime)
        case 'record':
          for (const one of records.get(event.tr) ?? []) data(one, event.receivedTime)
          return
        case 'subscription': {
          // An event with `flow` is our own: nothing new was acknowledged.
          if (event.instrument === null || event.channel === null || event.flow !== undefined) return
          const key = keyOf({ instrument: event.instrument, channel: event.channel })
          const one = watched.get(key) ?? newSubscription(key, event.instrument, event.channel)
          const isHeld = event.status === 'active' || event.status === 'adopted'
          if (isHeld && one.status === 'other') {
            one.since = event.receivedTime
            one.session = options.sessionOf(one.instrument, event.receivedTime)
            one.rhythm.pause()
          }
          one.notedAt = Number.NaN
          one.status = isHeld ? (event.status as 'active' | 'adopted') : 'other'
          if (!isHeld) {
            one.flowingSince = undefined
            one.hasBegun = false
          }
          return
        }
        case 'disconnect':
          states[event.market].since = undefined
          states[event.market].isProven = false
          states[event.market].rhythm.pause()
          return
      }
    },
    look(now) {
      if (hasLeapt(now)) startAfresh(now)
      lookedAt = now
      for (const one of watched.values()) lookAt(one, now)
      for (const market of markets) lookAtMarket(market, now)
      const found = news
      news = []
      return found
    },
    of(key) {
      const one = watched.get(key)
      if (one === undefined) return undefined
      const { flowingSince, isStale, isHalted, rhythm } = one
      return { flowingSince, lastData: rhythm.last(), isStale, isHalted }
    },
    lastDataOf: market => states[market].lastData,
  }
  return watch
}

function newState(): MarketState {
  return { rhythm: createRhythm(), since: undefined, isProven: false, alarmedAt: 0, lastData: undefined }
}

/** KIS says that it has this key, and no data of it has come yet. */
function isUnproven(one: Watched): boolean {
  return one.status === 'adopted' && one.rhythm.last() === undefined
}
