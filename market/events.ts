// The data dictionary: everything that can come out of a feed. `type` is always the first property, times are
// epoch milliseconds, and a number that was empty or unreadable on the wire is null: never NaN, never 0.
import type { Instrument, Market } from './instrument.ts'
import type { Channel } from './subscription.ts'

/** Columns asked for by KIS's own name (`columns: ['VI_STND_PRC']`), verbatim, as text. */
export type Columns = Readonly<Record<string, string>>

/** An execution (체결). Prices in the instrument's currency, volumes in shares. */
export type Trade = {
  readonly type: 'trade'
  readonly instrument: Instrument
  readonly price: number | null
  /** Shares in this execution. */
  readonly volume: number | null
  /** Who crossed the spread. Null in auctions and overseas, where KIS does not say. */
  readonly side: 'buy' | 'sell' | null
  /**
   * Shares traded so far today, this execution included. Each trade's must be the previous one plus `volume`.
   */
  readonly cumulativeVolume: number | null
  /** Money traded so far today. */
  readonly cumulativeValue: number | null
  readonly open: number | null
  readonly high: number | null
  readonly low: number | null
  /**
   * KIS's base of the price change: the previous close, adjusted where the exchange does. Null where KIS does
   * not send it.
   */
  readonly previousClose: number | null
  readonly bidPrice: number | null
  readonly askPrice: number | null
  readonly bidVolume: number | null
  readonly askVolume: number | null
  /** The exchange's business date, 20260914. The US day market's is the next day's. */
  readonly businessDate: number | null
  /** KIS's clock, one-second resolution. Order within a second is order of arrival. */
  readonly eventTime: number | null
  /** Our clock, when the frame left the socket. */
  readonly receivedTime: number
  /** Only there when the exchange has halted the name (거래정지). */
  readonly isHalted?: true
  readonly columns?: Columns
}

export type Level = { readonly price: number | null; readonly volume: number | null }

/** Depth (호가). Levels that KIS left blank (price and volume both 0 or empty) are left out. */
export type OrderBook = {
  readonly type: 'order-book'
  readonly instrument: Instrument
  /** Best (highest) first. */
  readonly bids: readonly Level[]
  /** Best (lowest) first. */
  readonly asks: readonly Level[]
  readonly totalBidVolume: number | null
  readonly totalAskVolume: number | null
  /** Korean books carry a time but no date: it is the one on the Korean date nearest to `receivedTime`. */
  readonly eventTime: number | null
  readonly receivedTime: number
  readonly columns?: Columns
}

/** Best bid and ask, taken from a book. */
export type Quote = {
  readonly type: 'quote'
  readonly instrument: Instrument
  readonly bidPrice: number | null
  readonly bidVolume: number | null
  readonly askPrice: number | null
  readonly askVolume: number | null
  readonly eventTime: number | null
  readonly receivedTime: number
}

/**
 * Open, high, low, close and volume over [startTime, endTime), by event time. Only whole bars are
 * published. One that a gap cut comes once it is whole, marked `isRepaired`, behind bars that are later.
 */
export type Bar = {
  readonly type: 'bar'
  readonly instrument: Instrument
  readonly startTime: number
  readonly endTime: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
  readonly tradeCount: number
  /**
   * Only there when a part of it came late or was repaired. Such bars of an instrument are in order among
   * themselves. It takes the place of one with the same start that was published before.
   */
  readonly isRepaired?: true
}

/** A record of any other KIS transaction. Numbers are numbers or null, codes and times are text. */
export type OtherRecord = {
  readonly type: 'record'
  /** KIS's transaction id, as `H0STPGM0`. */
  readonly tr: string
  /** By KIS's column name, in wire order. Account numbers and names of their holders read `[redacted]`. */
  readonly columns: Readonly<Record<string, string | number | null>>
  /** Values beyond the known columns, in wire order; empty when there are none. */
  readonly extra: readonly string[]
  readonly receivedTime: number
}

/**
 * A line is an app key with the one session that KIS allows it: `1` is the line of `KIS_APP_KEY`, `2` that of
 * `KIS_APP_KEY_US`. Where it is not known (imported files, recordings without lines) it is the market, `KR`
 * or `US`.
 */
export type LineId = string

/**
 * A market is no longer connected, on purpose or not. Comes as soon as the loss is known: for a silent or
 * dead connection before its grace. No data of that market follows until `resume`.
 */
export type Disconnect = {
  readonly type: 'disconnect'
  readonly line: LineId
  readonly market: Market
  readonly reason: string
  readonly receivedTime: number
}

/**
 * A market is connected again: the server answered, or data flows. Comes before the first data. `outageMs`:
 * since the last frame of the market, or since the `disconnect` when there was none.
 */
export type Resume = {
  readonly type: 'resume'
  readonly line: LineId
  readonly market: Market
  readonly outageMs: number
  readonly receivedTime: number
}

/**
 * - `wanted`: asked of us · `requested`: asked of KIS · `active`: KIS said SUBSCRIBE SUCCESS in this session
 * - `adopted`: KIS said ALREADY IN SUBSCRIBE; only data will prove it · `releasing`: asked KIS to let go ·
 *   `released`
 * - `refused`: KIS said no, with `code`, or did not answer (`UNANSWERED`), or the session was full
 *   (`OPSP0008`)
 */
export type SubscriptionStatus = 'wanted' | 'requested' | 'active' | 'adopted' | 'releasing' | 'released' | 'refused'

/**
 * A subscription changed. `instrument` and `channel` are null when KIS's answer names none; then a recording
 * without lines has no `line` either.
 */
export type SubscriptionChange = {
  readonly type: 'subscription'
  readonly line: LineId | null
  readonly instrument: Instrument | null
  readonly channel: Channel | null
  readonly status: SubscriptionStatus
  readonly code?: string
  /**
   * Data began to come, or stopped coming while it should. Only in events that say so; the status did not
   * change.
   */
  readonly flow?: 'flowing' | 'stale'
  readonly receivedTime: number
}

/** The server's own heartbeat. `serverTime` is its clock. Not a sign that data flows. */
export type Heartbeat = {
  readonly type: 'heartbeat'
  readonly serverTime: number | null
  readonly receivedTime: number
}

/**
 * A record width that was never seen before. Said once per transaction and width; its known columns were
 * read.
 */
export type SchemaDrift = {
  readonly type: 'schema-drift'
  readonly tr: string
  readonly width: number
  /** The widest layout known; 0 when the transaction itself is unknown. */
  readonly knownWidth: number
  readonly receivedTime: number
}

/**
 * Something that could not be read, or cannot be true: a trade or book whose symbol has not the venue's
 * shape, whose price or volume is negative or too large for any, whose price is 0, whose time or date is none
 * or, in a live feed, more than seven days from the receipt. Nothing was guessed from it, and here it is.
 */
export type Malformed = {
  readonly type: 'malformed'
  readonly reason: string
  /**
   * The text as it came, its first 16,384 characters; bytes that are no UTF-8 are shown as Latin-1. Secrets
   * in it read `[redacted]`.
   */
  readonly raw: string
  readonly receivedTime: number
}

/**
 * - `lost`: the line was up · `outage`: the line of the market was down in between
 * - `unsubscribed`: the instrument was unsubscribed in between · `restart`: the feed did not run in between
 */
export type GapCause = 'lost' | 'outage' | 'unsubscribed' | 'restart'

/**
 * Volume that traded and did not come. Right before the trade that revealed it. What traded on a date before
 * its first trade came is no gap: counting had not begun.
 */
export type Gap = {
  readonly type: 'gap'
  readonly instrument: Instrument
  readonly cause: GapCause
  readonly businessDate: number
  /** Shares, exactly: every record carries the day's total. `toVolume` less `fromVolume`. */
  readonly missingVolume: number
  /**
   * Money. Overseas KIS rounds its total, so it may be one or two off. Null when a price or a total could not
   * be read.
   */
  readonly missingValue: number | null
  /** Where in the day's cumulative volume the gap begins: the total of the trade before it. */
  readonly fromVolume: number
  /** Where it ends: the total just before the trade that revealed it. */
  readonly toVolume: number
  /** When the trade before it happened. */
  readonly from: number | null
  /** When the trade that revealed it happened. */
  readonly to: number | null
  readonly receivedTime: number
}

/**
 * A trade that was missing came late. Right before it; what lies in [`fromVolume`, `toVolume`) of the day is
 * missing no longer.
 */
export type GapFilled = {
  readonly type: 'gap-filled'
  readonly instrument: Instrument
  readonly businessDate: number
  readonly filledVolume: number
  readonly fromVolume: number
  readonly toVolume: number
  readonly receivedTime: number
}

/** A trade that was missing, as REST lists it: without the side and the value of the day. */
export type BackfilledTrade = {
  readonly price: number
  readonly volume: number
  readonly cumulativeVolume: number
  readonly bidPrice: number | null
  readonly askPrice: number | null
  /** When it happened, to the second. */
  readonly eventTime: number
}

/**
 * Trades that were missing, repaired from REST: [`fromVolume`, `toVolume`) of the day, whole, each trade
 * where the one before it ends. Seconds or minutes after they happened, and no trade twice: neither what came
 * late meanwhile nor what was repaired before is in it.
 */
export type Backfill = {
  readonly type: 'backfill'
  readonly instrument: Instrument
  readonly businessDate: number
  readonly fromVolume: number
  readonly toVolume: number
  /** In the order in which they happened. */
  readonly trades: readonly BackfilledTrade[]
  readonly receivedTime: number
}

/** A part of a gap. `from` and `to`: when the nearest known trades around it happened. */
export type GapPart = {
  readonly fromVolume: number
  readonly toVolume: number
  readonly from: number | null
  readonly to: number | null
}

/**
 * What became of a gap once REST was asked about it, after the backfills that came of it. The four volumes
 * add up to the gap.
 * - `repaired`: nothing is missing any more
 * - `explained`: what is still missing was not published as a trade, and why
 * - `unfillable`: a part remains unknown: how much, and between when
 */
export type GapVerdict = {
  readonly type: 'gap-verdict'
  readonly instrument: Instrument
  readonly verdict: 'repaired' | 'explained' | 'unfillable'
  readonly businessDate: number
  readonly fromVolume: number
  readonly toVolume: number
  /** Came with the backfills right before this. */
  readonly repairedVolume: number
  /** Was missing no more by then: its trades came late, or an earlier repair had them. */
  readonly settledVolume: number
  readonly explainedVolume: number
  readonly unknownVolume: number
  readonly unknown: readonly GapPart[]
  /** What was asked, and what it said. */
  readonly evidence: readonly string[]
  readonly receivedTime: number
}

/**
 * Why the day's total could not be followed.
 * - `unreadable`: the volume, total or date of a trade in between could not be read
 * - `total-lowered`: less was traded than before, so a part was cancelled · `count-restarted`: the total
 *   began anew
 * - `total-restated`: more was traded than before, and no time has passed: another total took the place of
 *   the one we knew
 */
export type ResyncReason = 'unreadable' | 'total-lowered' | 'count-restarted' | 'total-restated'

/**
 * It is not known whether anything is missing between two trades. Right before the second, from which it is
 * followed again.
 */
export type Resync = {
  readonly type: 'resync'
  readonly instrument: Instrument
  readonly reason: ResyncReason
  readonly businessDate: number
  /** When the last trade that could be followed happened, and the one after it. */
  readonly from: number | null
  readonly to: number | null
  readonly receivedTime: number
}

/**
 * The recorder cannot keep what comes, and the feed goes on without it. Emitted when that begins, and once
 * more when it is over; in a replay also where a part of the recording cannot be read any more.
 */
export type RecordingTrouble = {
  readonly type: 'recording-trouble'
  /** As `ENOSPC: no space left on device, write`. */
  readonly reason: string
  /** Frames and lifecycle events that were not kept since it began. */
  readonly lost: number
  readonly isOver: boolean
  readonly receivedTime: number
}

/**
 * More instruments came than are kept: for each new one, the one that traded longest ago is forgotten. Once
 * for each `of`. What is missing of a forgotten instrument is not known any more, and its next trade is taken
 * for a first one.
 */
export type InstrumentsForgotten = {
  readonly type: 'instruments-forgotten'
  /** `continuity`: those whose volume is followed · `last-seen`: those that the data folder keeps */
  readonly of: 'continuity' | 'last-seen'
  /** How many are kept. */
  readonly most: number
  readonly receivedTime: number
}

/** Given to a slow consumer in place of what it missed. */
export type Dropped = {
  readonly type: 'dropped'
  readonly count: number
  /** The `receivedTime` of the first and the last event that were dropped. */
  readonly from: number
  readonly to: number
  /** What they all were, when newer ones of the same took their place. */
  readonly conflated?: { readonly instrument: Instrument; readonly type: 'trade' | 'order-book' }
}

export type MarketData = Trade | OrderBook | OtherRecord
export type Lifecycle = Disconnect | Resume | SubscriptionChange | Heartbeat
export type Trouble =
  | SchemaDrift
  | Malformed
  | Gap
  | GapFilled
  | Backfill
  | GapVerdict
  | Resync
  | RecordingTrouble
  | InstrumentsForgotten

/** What `feed.events$` emits. */
export type MarketEvent = MarketData | Lifecycle | Trouble
