// The open pages. Each gets what changed ten times a second, and the status twice a second; without a page
// nothing is done. A page that reads too slowly gets messages less often, and then everything at once:
// nothing is queued for it.
import { interval, type Subscription } from 'rxjs'
import type { WebSocket } from 'ws'
import type { Inspector } from '../app/machine-docs/inspector.ts'
import type { OrderBook, Trade } from '../market/events.ts'
import type { BarHistory } from './bar-history.ts'
import type { LatestPrice, LatestPrices } from './latest-prices.ts'
import type { ChartMarks } from './chart-marks.ts'
import {
  type Hello,
  type Inspected,
  type LevelRow,
  type PriceRow,
  readFromPage,
  type TapeRow,
  type ToPage,
  type Watched,
} from './messages.ts'
import type { StatusView } from './view.ts'

export type LiveClientsParts = {
  readonly prices: LatestPrices
  readonly bars: BarHistory
  readonly marks: ChartMarks
  readonly inspector: Inspector
  readonly hello: Hello
  readonly status: () => StatusView
}

export type LiveClients = {
  join(socket: WebSocket): void
  readonly size: number
  stop(): void
}

const sendEveryMs = 100
const statusEveryTicks = 5
/** A page this far behind gets no message for the moment, as on a phone. */
const congestedBytes = 256 * 1024
/** A page that has not read this much is closed: messages together have some hundred kilobytes. */
export const mostUnread = 8 * 1024 * 1024

type Page = {
  readonly socket: WebSocket
  /** The versions of prices and marks that it has. */
  sentPrices: number
  sentMarks: number
  chosen:
    | { readonly instrument: string; version: number; trades: number; bars: number; book: OrderBook | undefined }
    | undefined
  stopInspecting: (() => void) | undefined
}

export function createLiveClients({ prices, bars, marks, inspector, hello, status }: LiveClientsParts): LiveClients {
  const pages = new Set<Page>()
  let sending: Subscription | undefined

  function send(page: Page, message: ToPage): void {
    page.socket.send(JSON.stringify(message))
    // Every question is answered at once: a page that asks and never reads would fill the memory.
    if (page.socket.bufferedAmount > mostUnread) page.socket.terminate()
  }

  function sendAll(tick: number): void {
    const view = tick % statusEveryTicks === 0 ? status() : undefined
    for (const page of pages) {
      if (page.socket.bufferedAmount > congestedBytes) continue
      sendChanges(page)
      if (view !== undefined) send(page, view)
    }
  }

  function sendChanges(page: Page): void {
    const changed = prices.since(page.sentPrices)
    if (changed.length > 0) send(page, { type: 'prices', rows: changed.map(priceRow) })
    page.sentPrices = prices.version()
    if (marks.version() !== page.sentMarks) send(page, { type: 'marks', marks: marks.all() })
    page.sentMarks = marks.version()
    const watched = changesOfChosen(page)
    if (watched !== undefined) send(page, watched)
  }

  function changesOfChosen({ chosen }: Page): Watched | undefined {
    if (chosen === undefined) return undefined
    const { instrument } = chosen
    const entry = prices.of(instrument)
    const fresh = bars.since(instrument, chosen.bars)
    if ((entry === undefined || entry.version === chosen.version) && fresh.bars.length === 0) return undefined
    const { trades, missed } = prices.tape(instrument, chosen.trades)
    const book = entry?.book === chosen.book ? undefined : entry?.book
    chosen.version = entry?.version ?? 0
    chosen.trades = entry?.trades ?? 0
    chosen.bars = fresh.count
    chosen.book = entry?.book
    const { trade } = entry ?? {}
    return {
      type: 'watched',
      instrument,
      trades: trades.map(tapeRow),
      missed,
      bars: fresh.bars,
      minutes: fresh.minutes,
      day: trade === undefined ? null : dayOf(trade),
      book: book === undefined ? null : bookOf(book),
    }
  }

  function choose(page: Page, instrument: string): void {
    const { count } = bars.since(instrument, 0)
    const trades = Math.max(0, (prices.of(instrument)?.trades ?? 0) - 40)
    page.chosen = { instrument, version: -1, trades, bars: count, book: undefined }
    send(page, { type: 'chosen', instrument, seconds: bars.seconds(instrument), minutes: bars.minutes(instrument) })
    sendChanges(page)
  }

  function inspect(page: Page, on: boolean): void {
    page.stopInspecting?.()
    page.stopInspecting = undefined
    if (!on) return
    let first: Inspected['records'][number][] | undefined = []
    page.stopInspecting = inspector.look(record => {
      if (first !== undefined) first.push(record)
      else send(page, { type: 'inspected', isFirst: false, records: [record] })
    })
    send(page, { type: 'inspected', isFirst: true, records: first })
    first = undefined
  }

  function leave(page: Page): void {
    inspect(page, false)
    pages.delete(page)
    if (pages.size > 0) return
    sending?.unsubscribe()
    sending = undefined
  }

  return {
    join(socket) {
      const page: Page = { socket, sentPrices: -1, sentMarks: -1, chosen: undefined, stopInspecting: undefined }
      pages.add(page)
      socket.on('error', () => socket.terminate())
      socket.on('close', () => leave(page))
      // By default ws hands over every message as one Buffer.
      socket.on('message', data => {
        const message = readFromPage((data as Buffer).toString())
        if (message?.type === 'choose') choose(page, message.instrument)
        if (message?.type === 'inspect') inspect(page, message.on)
      })
      send(page, hello)
      send(page, status())
      sendChanges(page)
      sending ??= interval(sendEveryMs).subscribe(sendAll)
    },
    get size() {
      return pages.size
    },
    stop() {
      sending?.unsubscribe()
      for (const { socket } of pages) socket.close(1001, 'the feed has stopped')
    },
  }
}

function priceRow({ instrument, trade, book, previousClose }: LatestPrice): PriceRow {
  const bid = book?.bids[0]?.price ?? trade?.bidPrice ?? null
  const ask = book?.asks[0]?.price ?? trade?.askPrice ?? null
  const time = trade?.eventTime ?? null
  const { price = null, open = null, cumulativeVolume: volume = null } = trade ?? {}
  return [instrument, price, previousClose, open, volume, bid, ask, time]
}

function tapeRow({ eventTime, price, volume, side }: Trade): TapeRow {
  return [eventTime, price, volume, side]
}

function dayOf({ open, high, low, cumulativeVolume: volume, cumulativeValue: value }: Trade) {
  return { open, high, low, volume, value }
}

function bookOf({ bids, asks, totalBidVolume, totalAskVolume, eventTime }: OrderBook) {
  const rows = (levels: OrderBook['bids']) => levels.map(({ price, volume }): LevelRow => [price, volume])
  return { bids: rows(bids), asks: rows(asks), totalBid: totalBidVolume, totalAsk: totalAskVolume, time: eventTime }
}
