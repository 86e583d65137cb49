// Market events for people: a line for what matters, at most a few a second for each instrument, and never a
// word of what was left out.
import { BoundedMap } from '../../market/basics/bounded-map.ts'
import type { MarketEvent, OrderBook, Trade } from '../../market/events.ts'
import type { Instrument } from '../../market/instrument.ts'
import { formatKst } from '../../market/calendar/korea-time.ts'
import { visible } from '../../market/basics/visible-text.ts'
import type { Sink } from '../../sinks/sink.ts'

/** Shortest time between two lines of one instrument and channel; events in between are counted. */
const lineEveryMs = 250

/** Broken input can name endlessly many. */
const mostInstruments = 4_096

const colours = { buy: '\u001b[31m', sell: '\u001b[34m', dim: '\u001b[2m', warn: '\u001b[33m', reset: '\u001b[0m' }

export function prettyPrinter(write: (text: string) => void, isTerminal: boolean): Sink {
  const paint = (colour: keyof typeof colours, text: string) =>
    isTerminal ? `${colours[colour]}${text}${colours.reset}` : text
  const lastShown = new BoundedMap<string, { at: number; skipped: number }>(mostInstruments)

  /** How many lines were left out since the last one; undefined when it is too early for another. */
  function turn(instrument: Instrument, type: string, now: number): number | undefined {
    const name = `${instrument} ${type}`
    const last = lastShown.get(name) ?? { at: 0, skipped: 0 }
    lastShown.set(name, last)
    if (now - last.at < lineEveryMs) {
      last.skipped++
      return undefined
    }
    const { skipped } = last
    last.at = now
    last.skipped = 0
    return skipped
  }

  function show(event: MarketEvent): void {
    if (event.type === 'trade' || event.type === 'order-book') {
      const skipped = turn(event.instrument, event.type, event.receivedTime)
      if (skipped === undefined) return
      const more = skipped === 0 ? '' : paint('dim', `  (+${skipped} more)`)
      const colour = event.type === 'trade' ? (event.side ?? 'dim') : 'dim'
      write(`${paint(colour, visible(event.type === 'trade' ? tradeLine(event) : bookLine(event)))}${more}\n`)
      return
    }
    const text = newsLine(event)
    if (text !== undefined) write(`${paint('warn', `${clockTime(event.receivedTime)}  ${visible(text)}`)}\n`)
  }

  return events => events.subscribe(show)
}

function tradeLine(trade: Trade): string {
  const side = { buy: '▲ buy ', sell: '▼ sell', none: '       ' }[trade.side ?? 'none']
  return `${clockTime(trade.eventTime)}  ${trade.instrument.padEnd(12)} ${side} ${amount(trade.price, 12)} × ${amount(trade.volume, 8)}   day ${amount(trade.cumulativeVolume, 14)}`
}

function bookLine(book: OrderBook): string {
  const bid = book.bids[0]
  const ask = book.asks[0]
  return `${clockTime(book.eventTime)}  ${book.instrument.padEnd(12)} book   ${amount(bid?.volume, 8)} @ ${amount(bid?.price, 12)} | ${amount(ask?.price, 12)} @ ${amount(ask?.volume, 8)}`
}

function newsLine(event: MarketEvent): string | undefined {
  switch (event.type) {
    case 'subscription':
      if (event.status === 'wanted' || event.status === 'requested') return undefined
      return `${event.instrument ?? 'KIS'} ${event.channel ?? ''} ${event.flow ?? event.status}${!event.code ? '' : ` (${event.code})`}`
    case 'disconnect':
      return `${event.market} is disconnected: ${event.reason}`
    case 'resume':
      return `${event.market} is connected again, ${(event.outageMs / 1000).toFixed(1)} s after its last data`
    case 'record':
      return `${event.tr} ${JSON.stringify(event.columns)}`
    case 'schema-drift':
      return `${event.tr} now has ${event.width} columns (${event.knownWidth} known); the known ones are read`
    case 'gap':
      return `${event.instrument} missed ${amount(event.missingVolume, 0)} shares (${event.cause})`
    case 'gap-filled':
      return `${event.instrument} ${amount(event.filledVolume, 0)} missing shares came late`
    case 'backfill':
      return `${event.instrument} ${amount(event.toVolume - event.fromVolume, 0)} missing shares repaired, ${event.trades.length} trades`
    case 'gap-verdict':
      return `${event.instrument} gap of ${amount(event.toVolume - event.fromVolume, 0)} shares: ${event.verdict}${event.unknownVolume === 0 ? '' : `, ${amount(event.unknownVolume, 0)} remain unknown`}`
    case 'resync':
      return `${event.instrument} cannot tell whether volume is missing: ${event.reason}`
    case 'instruments-forgotten':
      return `more than ${event.most} instruments (${event.of}): those that traded longest ago are forgotten`
    case 'recording-trouble':
      return `recording: ${event.reason}${event.isOver ? `; over, ${amount(event.lost, 0)} frames and events lost` : ''}`
    case 'malformed':
      return `malformed: ${event.reason}`
  }
}

function clockTime(time: number | null): string {
  return time === null ? '--:--:--' : formatKst(time).slice(11, 19)
}

function amount(value: number | null | undefined, width: number): string {
  return (value?.toLocaleString('en-US', { maximumFractionDigits: 4 }) ?? '–').padStart(width)
}
