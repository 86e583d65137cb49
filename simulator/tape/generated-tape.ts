// A generated market: everything registered trades and quotes by a seeded random course, at a rate shared by
// all.
//
// The story of a share depends on the seed, its name and the moment of its first registration; the clock
// dates it and the rate paces it.
import { layoutOf } from '../../kis/wire/layout.ts'
import type { Listener, Tape, TapeContext } from './listener.ts'
import { type Listing, listingOf, listingsOf, nameOfShare } from '../market/listing.ts'
import {
  advance,
  bookShown,
  createShare,
  instrumentsOf,
  type Share,
  type SimulatedInstrument,
  unify,
} from '../market/market.ts'
import { createPacer, type Pacer } from './pacer.ts'
import { createRandom } from './random.ts'
import { type RowWriter, rowWidth, rowWriter, type Widths } from '../columns/rows.ts'
import type { Registration } from '../transactions.ts'

export type GeneratedTapeOptions = {
  /** The same seed tells the same story. Default 1. */
  readonly seed?: number
  /**
   * Records a second over all registrations; default 20. Fewer when nothing but slow channels is registered,
   * such as indices.
   */
  readonly rate?: number
  /** Captured frames carry 1 to 20; default 20. */
  readonly maxRecordsPerFrame?: number
  /**
   * Older layouts: 46 for trades, 59, 62 or 65 for Korean books. Transactions that never had the width keep
   * their own.
   */
  readonly width?: Widths
}

function frameOf(tr: string, rows: string, count: number): string {
  return `0|${tr}|${String(count).padStart(3, '0')}|${rows}`
}

/** One transaction and key of a share, and its listeners. */
type Channel = {
  readonly tr: string
  readonly key: string
  readonly rhythm: Rhythm
  readonly instrument: SimulatedInstrument
  readonly write: RowWriter
  readonly listeners: Listener[]
  /** When a record is due that is independent of trades. */
  nextAt: number
}

type Playing = {
  readonly share: Share
  /** By transaction and key. Trades stay here without listeners: they go on, for the history. */
  readonly channels: Map<string, Channel>
  /** When it last had a listener, and how many shared the rate then; undefined while it has one. */
  left: { readonly at: number; readonly beside: number } | undefined
}

/**
 * Shares without a listener are remembered, so that they go on when they are registered again; but not
 * endlessly.
 */
const mostRemembered = 5_000
/** The most moments without a listener to catch up on: a day without clients must not cost seconds. */
const mostMissed = 5_000
/** The pace of something that is registered for neither trades nor books. */
const quietMoments = 5

export function generatedTape(options: GeneratedTapeOptions = {}): Tape {
  const { seed = 1, rate = 20, maxRecordsPerFrame = 20, width = {} } = options
  if (!(rate > 0)) throw new RangeError(`rate ${rate}: expected more than 0 records a second`)
  const market = new Map<string, Playing>()
  const random = createRandom(seed)
  let active: Playing[] = []
  let context: TapeContext
  let pacer: Pacer | undefined
  /** How many there were at the last event: those that leave together leave one after another. */
  let company = 0
  let frames = 0
  let records = 0
  /** The instruments whose books were sent in this round. */
  const shown = new Set<SimulatedInstrument>()

  function send({ key, listeners, tr }: Channel, rows: string, count: number, time: number): void {
    const frame = frameOf(tr, rows, count)
    context.history?.add(tr, key, frame, time)
    for (const listener of listeners) listener.emit(frame)
    frames += listeners.length
    records += count * listeners.length
  }

  function write({ instrument, write }: Channel, share: Share): string {
    if (instrument === share.unified) unify(share)
    return write(instrument)
  }

  /** Plays one moment; returns the instrument if it was a trade. */
  function goOn({ channels, share }: Playing, time: number): SimulatedInstrument | undefined {
    const at = advance(share, time)
    if (at === undefined || context.history === undefined) return at
    for (const channel of channels.values()) {
      if (!isTrade(channel) || channel.listeners.length > 0 || !hasTradesOf(channel, at, share)) continue
      context.history.add(channel.tr, channel.key, frameOf(channel.tr, write(channel, share), 1), time)
    }
    return at
  }

  /**
   * One moment of one share: a few trades in one frame, then the resulting book, alone in its frame. A
   * recorder that kept both of 005930 had 851 trade frames and 837 books (2026-06-08).
   */
  function burst(playing: Playing, trades: number, time: number): number {
    const { channels, share } = playing
    const traded: { readonly channel: Channel; rows: string; count: number }[] = []
    let sent = 0
    for (const channel of channels.values())
      if (isTrade(channel) && channel.listeners.length > 0) traded.push({ channel, rows: '', count: 0 })
    if (traded.length === 0) passQuietly(playing, time)
    for (let i = 0; i < trades && traded.length > 0; ) {
      const at = goOn(playing, time)
      if (at === undefined) continue
      const before = sent
      for (const entry of traded) {
        if (!hasTradesOf(entry.channel, at, share)) continue
        entry.rows += `${entry.count === 0 ? '' : '^'}${write(entry.channel, share)}`
        entry.count++
        sent++
      }
      if (sent > before) i++
    }
    for (const { channel, rows, count } of traded) if (count > 0) send(channel, rows, count, time)
    for (const channel of channels.values()) {
      if (channel.rhythm === 'trade' || channel.listeners.length === 0) continue
      if (channel.rhythm === 'book') shown.add(channel.instrument)
      else if (isDue(channel, time)) channel.nextAt = time + channel.rhythm
      else continue
      send(channel, write(channel, share), 1, time)
      sent++
    }
    for (const instrument of shown) bookShown(instrument)
    shown.clear()
    return sent
  }

  /** A book follows each moment; records at an interval follow as many moments as the interval takes. */
  function passQuietly(playing: Playing, time: number): void {
    let every = 0
    for (const { listeners, rhythm } of playing.channels.values())
      if (listeners.length > 0) every = Math.max(every, rhythm === 'book' ? Number.POSITIVE_INFINITY : Number(rhythm))
    const moments = Number.isFinite(every) ? (every / 1_000) * quietMoments : 1
    for (let i = 0; i < moments; i++) goOn(playing, time)
  }

  /** Most trades come alone, some in a cluster; when many are due, frames are as full as on a busy day. */
  function play(due: number): number {
    const time = context.clock.now()
    company = active.length
    const ready = active.filter(playing => isReady(playing, time))
    const atLeast = Math.min(maxRecordsPerFrame, Math.floor(due / (ready.length + 1)))
    let played = 0
    while (played < due) {
      let trades = 1
      while (trades < maxRecordsPerFrame && random.next() < 0.4) trades++
      const at = random.below(ready.length)
      const playing = ready[at]
      // No share is ready to play.
      if (playing === undefined) return due
      played += burst(playing, Math.max(trades, atLeast), time)
      if (!isReady(playing, time)) ready.splice(at, 1)
    }
    return played
  }

  /**
   * A market does not wait for its listeners: its trades meanwhile are missing, as after a real outage. It
   * went on at its former pace: the instrument that comes back first is alone for a moment, and must not have
   * traded as much as all the others together.
   */
  function catchUp(playing: Playing, now: number): void {
    const { left, share } = playing
    if (left === undefined) return
    const moments = Math.min(mostMissed, Math.floor(((now - left.at) / 1000) * (rate / left.beside)))
    // Only a history needs the time of each, and computing it costs time.
    const passed = context.history === undefined ? 0 : (now - left.at) / moments
    for (let i = 1; i <= moments; i++) goOn(playing, passed === 0 ? now : Math.floor(left.at + i * passed))
    unify(share)
    for (const instrument of instrumentsOf(share)) bookShown(instrument)
    playing.left = undefined
  }

  function isActive({ channels }: Playing): boolean {
    for (const { listeners } of channels.values()) if (listeners.length > 0) return true
    return false
  }

  function playingOf(listing: Listing): Playing {
    const name = nameOfShare(listing)
    let playing = market.get(name)
    if (playing === undefined) {
      if (market.size >= mostRemembered)
        for (const [other, remembered] of market) if (!isActive(remembered)) market.delete(other)
      playing = {
        share: createShare(listingsOf(listing, seed), seed, context.clock.now()),
        channels: new Map(),
        left: undefined,
      }
      market.set(name, playing)
    }
    return playing
  }

  function channelOf({ channels, share }: Playing, { tr, key }: Registration, { venue }: Listing): Channel {
    const name = `${tr} ${key}`
    let channel = channels.get(name)
    if (channel === undefined) {
      const instrument = instrumentsOf(share).find(each => each.listing.venue === venue) ?? share.last
      const write = rowWriter(tr, rowWidth(tr, venue, width), key)
      channel = { tr, key, rhythm: rhythmOf(tr), instrument, write, listeners: [], nextAt: 0 }
      channels.set(name, channel)
    }
    return channel
  }

  return {
    start(given) {
      context = given
      pacer = createPacer({ clock: given.clock, rate, play })
    },
    add(listener) {
      const listing = listingOf(listener, seed)
      // Account notices follow an order, not the market.
      if (listing === undefined) return
      const playing = playingOf(listing)
      if (!active.includes(playing)) active.push(playing)
      // Before its first listener: its trades meanwhile are missing.
      catchUp(playing, context.clock.now())
      channelOf(playing, listener, listing).listeners.push(listener)
      pacer?.run()
    },
    remove(listener) {
      const name = `${listener.tr} ${listener.key}`
      for (const playing of active) {
        const channel = playing.channels.get(name)
        const at = channel?.listeners.indexOf(listener) ?? -1
        if (channel === undefined || at < 0) continue
        channel.listeners.splice(at, 1)
        if (channel.listeners.length === 0 && !isTrade(channel)) playing.channels.delete(name)
        if (!isActive(playing)) playing.left = { at: context.clock.now(), beside: Math.max(company, active.length) }
      }
      active = active.filter(isActive)
      if (active.length === 0) pacer?.rest()
    },
    seed,
    record(registrations) {
      for (const registration of registrations) {
        const listing = listingOf(registration, seed)
        if (listing === undefined) continue
        const playing = playingOf(listing)
        const now = context.clock.now()
        // From now on the history gets its trades, and those since the last look.
        channelOf(playing, tradesOf(registration), listing)
        if (!isActive(playing)) passAlone(playing, now)
        return { registration, text: write(channelOf(playing, registration, listing), playing.share) }
      }
      return undefined
    },
    stop: () => pacer?.rest(),
    stats: () => ({ frames, records, skippedLines: 0, ended: false }),
  }

  /** Catches up on what it traded without a listener, since the last look. */
  function passAlone(playing: Playing, now: number): void {
    const beside = Math.max(1, active.length)
    playing.left ??= { at: now, beside }
    // Less than one moment is kept for the next time.
    if (((now - playing.left.at) / 1000) * (rate / playing.left.beside) < 1) return
    catchUp(playing, now)
    playing.left = { at: now, beside }
  }
}

/** The unified feed has the trades of both venues. */
function hasTradesOf({ instrument }: Channel, at: SimulatedInstrument, { unified }: Share): boolean {
  return instrument === at || instrument === unified
}

/** The trades of what a registration is about. */
function tradesOf({ tr, key }: Registration): Registration {
  return { tr: tr.replace(/ASP[01]$/, 'CNT0'), key }
}

/** Whether it would send a record now. */
function isReady({ channels }: Playing, time: number): boolean {
  for (const channel of channels.values()) if (channel.listeners.length > 0 && isDue(channel, time)) return true
  return false
}

/** Trades and books always are. The clock may have been set back. */
function isDue({ nextAt, rhythm }: Channel, time: number): boolean {
  return typeof rhythm === 'string' || time >= nextAt || nextAt - time > rhythm
}

function isTrade({ rhythm }: Channel): boolean {
  return rhythm === 'trade'
}

/**
 * When a transaction sends: with each trade, with the book after trades, or at an interval. A number is
 * milliseconds between two records; the first one comes at once.
 */
type Rhythm = 'trade' | 'book' | number

/**
 * Made up, except for members (three records to 851 trades in a capture) and market operation (four a day to
 * 1,250,374 trades, in pairs two minutes apart).
 */
const everyMs: Readonly<Record<string, number>> = {
  index: 1_000,
  expected: 1_000,
  program: 1_000,
  nav: 5_000,
  member: 10_000,
  market_status: 120_000,
}
const overtimeMs = 10_000

function rhythmOf(tr: string): Rhythm {
  if (/^H0STO(UP|AA)0$/.test(tr)) return overtimeMs
  const kind = layoutOf(tr)?.kind ?? ''
  if (kind === 'trade') return 'trade'
  return kind === 'quote' ? 'book' : (everyMs[kind] ?? 1_000)
}
