// A market that never was: every registered instrument trades and quotes by a seeded story, at a rate shared by all of them.
//
// The story of an instrument depends on the seed and its name alone; the clock dates it and the rate paces it.
import type { Listener, Tape, TapeContext } from './listener.ts'
import { listingOf } from './listing.ts'
import { advance, bookShown, createInstrument, type SimulatedInstrument } from './market.ts'
import { createPacer, type Pacer } from './pacer.ts'
import { createRandom } from './random.ts'
import { type RowWriter, rowWidth, rowWriter, type Widths } from './rows.ts'

export type GeneratedTapeOptions = {
  /** The same seed tells the same story. Default 1. */
  readonly seed?: number
  /** Records a second over all registrations; default 20. */
  readonly rate?: number
  /** Captured frames carry 1 to 20; default 20. */
  readonly maxRecordsPerFrame?: number
  /** Older layouts: 46 for trades, 59, 62 or 65 for Korean books. Transactions that never had the width keep their own. */
  readonly width?: Widths
}

function frameOf(tr: string, rows: string, count: number): string {
  return `0|${tr}|${String(count).padStart(3, '0')}|${rows}`
}

/** One transaction of one instrument, and who registered it. */
type Channel = {
  readonly tr: string
  readonly isTrade: boolean
  readonly write: RowWriter
  readonly listeners: Listener[]
}

type Playing = {
  readonly instrument: SimulatedInstrument
  /** By transaction. */
  readonly channels: Map<string, Channel>
  /** How its trades were told when somebody last listened to them. They go on without, which only a history takes down. */
  trades: { readonly tr: string; readonly write: RowWriter } | undefined
  /** When it was last listened to, and how many shared the rate then; undefined while it is. */
  left: { readonly at: number; readonly beside: number } | undefined
}

/** Instruments nobody listens to are remembered, so that they go on when asked for again; but not without end. */
const mostRemembered = 5_000
/** Unheard moments to make up for at most: a day off must not cost seconds. */
const mostUnheard = 5_000

export function generatedTape(options: GeneratedTapeOptions = {}): Tape {
  const { seed = 1, rate = 20, maxRecordsPerFrame = 20, width = {} } = options
  if (!(rate > 0)) throw new RangeError(`rate ${rate}: expected more than 0 records a second`)
  const market = new Map<string, Playing>()
  const random = createRandom(seed)
  let active: Playing[] = []
  let context: TapeContext
  let pacer: Pacer | undefined
  /** How many there were when anything last happened: those that leave together leave one after another. */
  let company = 0
  let frames = 0
  let records = 0

  function send(channel: Channel, key: string, rows: string, count: number, time: number): void {
    const frame = frameOf(channel.tr, rows, count)
    context.history?.tell(channel.tr, key, frame, time)
    for (const listener of channel.listeners) listener.emit(frame)
    frames += channel.listeners.length
    records += count * channel.listeners.length
  }

  /** Lets one thing happen; true when it was a trade. */
  function goOn(playing: Playing, time: number): boolean {
    const { channels, instrument, trades } = playing
    if (!advance(instrument, time)) return false
    if (context.history !== undefined && trades !== undefined && !channels.has(trades.tr)) {
      context.history.tell(trades.tr, instrument.listing.key, frameOf(trades.tr, trades.write(instrument), 1), time)
    }
    return true
  }

  /**
   * What happens to one instrument in one go: a few trades in one frame, then the book they left, alone in its frame. A recorder
   * that kept both of 005930 had 851 trade frames and 837 books (2026-06-08).
   */
  function burst(playing: Playing, trades: number, time: number): number {
    const { channels, instrument } = playing
    const { key } = instrument.listing
    const traded: { readonly channel: Channel; rows: string }[] = []
    let sent = 0
    for (const channel of channels.values()) if (channel.isTrade) traded.push({ channel, rows: '' })
    if (traded.length === 0) goOn(playing, time)
    for (let i = 0; i < trades && traded.length > 0; i++) {
      while (!goOn(playing, time));
      for (const entry of traded) entry.rows += `${i === 0 ? '' : '^'}${entry.channel.write(instrument)}`
      sent++
    }
    for (const { channel, rows } of traded) send(channel, key, rows, sent, time)
    let books = 0
    for (const channel of channels.values()) {
      if (channel.isTrade) continue
      send(channel, key, channel.write(instrument), 1, time)
      books++
    }
    if (books > 0) bookShown(instrument)
    return sent * traded.length + books
  }

  /** Most trades come alone, some in a cluster; and when much is due, frames are as full as they are on a busy day. */
  function play(due: number): number {
    const time = context.clock.now()
    company = active.length
    const atLeast = Math.min(maxRecordsPerFrame, Math.floor(due / (active.length + 1)))
    let played = 0
    while (played < due) {
      let trades = 1
      while (trades < maxRecordsPerFrame && random.next() < 0.4) trades++
      const playing = active[random.below(active.length)]
      if (playing === undefined) return due
      played += burst(playing, Math.max(trades, atLeast), time)
    }
    return played
  }

  /**
   * A market does not wait for its listeners: what it did meanwhile is missing, as after a real outage. It went on at the pace it had:
   * whoever comes back first is alone for a moment, and must not have traded as much as all the others together.
   */
  function catchUp(playing: Playing, now: number): void {
    const { left } = playing
    if (left === undefined) return
    const moments = Math.min(mostUnheard, Math.floor(((now - left.at) / 1000) * (rate / left.beside)))
    // Only a history asks when each of them was, and every second that is looked up costs time.
    const passed = context.history === undefined ? 0 : (now - left.at) / moments
    for (let i = 1; i <= moments; i++) goOn(playing, passed === 0 ? now : Math.floor(left.at + i * passed))
    bookShown(playing.instrument)
    playing.left = undefined
  }

  function instrumentOf(listener: Listener): Playing | undefined {
    const listing = listingOf(listener, seed)
    if (listing === undefined) return undefined
    const name = `${listing.venue} ${listing.key}`
    let playing = market.get(name)
    if (playing === undefined) {
      if (market.size >= mostRemembered)
        for (const [other, { channels }] of market) if (channels.size === 0) market.delete(other)
      const instrument = createInstrument(listing, seed, context.clock.now())
      playing = { instrument, channels: new Map(), trades: undefined, left: undefined }
      market.set(name, playing)
    }
    return playing
  }

  return {
    start(given) {
      context = given
      pacer = createPacer({ clock: given.clock, rate, play })
    },
    add(listener) {
      const playing = instrumentOf(listener)
      // Other transactions are acknowledged and stay silent.
      if (playing === undefined) return
      if (!active.includes(playing)) active.push(playing)
      // Before it is listened to: what it did meanwhile nobody heard.
      catchUp(playing, context.clock.now())
      let channel = playing.channels.get(listener.tr)
      if (channel === undefined) {
        const { tr } = listener
        const write = rowWriter(tr, rowWidth(tr, playing.instrument.listing.venue, width))
        channel = { tr, isTrade: tr.endsWith('CNT0'), write, listeners: [] }
        playing.channels.set(tr, channel)
        if (channel.isTrade) playing.trades = { tr, write }
      }
      channel.listeners.push(listener)
      pacer?.run()
    },
    remove(listener) {
      for (const playing of active) {
        const channel = playing.channels.get(listener.tr)
        const at = channel?.listeners.indexOf(listener) ?? -1
        if (channel === undefined || at < 0) continue
        channel.listeners.splice(at, 1)
        if (channel.listeners.length === 0) playing.channels.delete(listener.tr)
        if (playing.channels.size === 0)
          playing.left = { at: context.clock.now(), beside: Math.max(company, active.length) }
      }
      active = active.filter(({ channels }) => channels.size > 0)
      if (active.length === 0) pacer?.rest()
    },
    stop: () => pacer?.rest(),
    stats: () => ({ frames, records, skippedLines: 0, ended: false }),
  }
}
