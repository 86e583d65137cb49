// What was traded, for those who ask over REST afterwards: kept from what the tape told, trade by trade and by the minute, whoever
// heard it. A recording can answer in its place.
import { fromWire } from '../kis/channel.ts'
import { instantOf } from '../kis/time.ts'
import type { Instrument } from '../market/instrument.ts'
import type { History } from './listener.ts'
import { isTrade, splitFrame } from './records.ts'

/** A trade as its record told it. Prices are KIS's text, with the decimals of their venue. */
export type PastTrade = {
  /** Epoch milliseconds, whole seconds. */
  readonly time: number
  /** As KIS writes them: 20260914, 090001; by the clock of the exchange and by Korea's. */
  readonly businessDate: string
  readonly localDate: string
  readonly localTime: string
  readonly koreanDate: string
  readonly koreanTime: string
  readonly price: string
  readonly ask: string
  readonly bid: string
  readonly volume: number
  readonly cumulativeVolume: number
  readonly cumulativeValue: number
}

/** A minute in which something was traded. */
export type PastMinute = {
  /** Its first trade: for the dates and the times, of which the seconds do not count. */
  readonly first: PastTrade
  open: string
  high: string
  low: string
  close: string
  volume: number
  /** Of the day, when its last trade was over. */
  cumulativeVolume: number
  cumulativeValue: number
}

export type PastDay = {
  readonly businessDate: string
  /** In order; the first ones are forgotten when there are too many. */
  readonly trades: readonly PastTrade[]
  /** In order, from the first trade on, without the minutes in which nothing was traded. */
  readonly minutes: readonly PastMinute[]
}

/** Where the quotations come from. */
export interface PastMarket {
  /** The last days of an instrument, the latest first; none of one that was never asked for. */
  days(instrument: Instrument): readonly PastDay[]
}

const mostDays = 5
const minuteMs = 60_000

type Day = { readonly businessDate: string; readonly trades: PastTrade[]; readonly minutes: PastMinute[] }
type Story = { readonly key: string; days: Day[] }

/** `most`: trades that are kept of an instrument's day, the newest; its minutes are kept all the same. */
export function createPastMarket(most: number): PastMarket & History {
  const stories = new Map<Instrument, Story>()

  /** The free feed and the paid one tell stories of their own; whichever began first is the one that REST knows. */
  function storyOf(tr: string, key: string): Story | undefined {
    const instrument = fromWire({ tr, key })?.instrument
    if (instrument === undefined) return undefined
    let story = stories.get(instrument)
    if (story === undefined) {
      story = { key, days: [] }
      stories.set(instrument, story)
    }
    return story.key === key ? story : undefined
  }

  function dayOf(story: Story, businessDate: string): Day {
    let day = story.days.find(known => known.businessDate === businessDate)
    if (day === undefined) {
      day = { businessDate, trades: [], minutes: [] }
      story.days = [day, ...story.days].sort((a, b) => (a.businessDate < b.businessDate ? 1 : -1)).slice(0, mostDays)
    }
    return day
  }

  return {
    tell(tr, key, frame) {
      if (most === 0 || !isTrade(tr)) return
      const story = storyOf(tr, key)
      if (story === undefined) return
      for (const record of splitFrame(frame)?.records ?? []) {
        const trade = readTrade(tr, record.split('^'))
        if (trade === undefined) continue
        const { minutes, trades } = dayOf(story, trade.businessDate)
        // In bulk, because taking the first of a long list away moves all the others.
        if (trades.length >= most * 2) trades.splice(0, most)
        trades.push(trade)
        addToMinutes(minutes, trade)
      }
    },
    days: instrument => stories.get(instrument)?.days ?? [],
  }
}

/** Undefined for a record that tells no trade at a time. Positions are those of the tables in protocol notes 5.1 and 5.4. */
function readTrade(tr: string, values: readonly string[]): PastTrade | undefined {
  const at = (position: number) => values[position] ?? ''
  const amount = (position: number) => Number(at(position))
  const trade = tr.startsWith('HDFS')
    ? {
        businessDate: at(3),
        localDate: at(4),
        localTime: at(5),
        koreanDate: at(6),
        koreanTime: at(7),
        price: at(11),
        bid: at(15),
        ask: at(16),
        volume: amount(19),
        cumulativeVolume: amount(20),
        cumulativeValue: amount(21),
      }
    : {
        businessDate: at(33),
        localDate: at(33),
        localTime: at(1),
        koreanDate: at(33),
        koreanTime: at(1),
        price: at(2),
        ask: at(10),
        bid: at(11),
        volume: amount(12),
        cumulativeVolume: amount(13),
        cumulativeValue: amount(14),
      }
  const time = instantOf(Number(trade.koreanDate), Number(trade.koreanTime))
  const isWhole = time !== null && trade.volume > 0 && trade.cumulativeVolume > 0 && trade.price !== ''
  return isWhole ? { time, ...trade } : undefined
}

function addToMinutes(minutes: PastMinute[], trade: PastTrade): void {
  const minute = minutes.findLast(({ first }) => minuteOf(first) <= minuteOf(trade))
  if (minute === undefined || minuteOf(minute.first) !== minuteOf(trade)) {
    const { price, volume, cumulativeVolume, cumulativeValue } = trade
    const prices = { open: price, high: price, low: price, close: price }
    minutes.push({ first: trade, ...prices, volume, cumulativeVolume, cumulativeValue })
    if (minute !== minutes.at(-2)) minutes.sort((a, b) => a.first.time - b.first.time)
    return
  }
  if (Number(trade.price) > Number(minute.high)) minute.high = trade.price
  if (Number(trade.price) < Number(minute.low)) minute.low = trade.price
  minute.close = trade.price
  minute.volume += trade.volume
  minute.cumulativeVolume = trade.cumulativeVolume
  minute.cumulativeValue = trade.cumulativeValue
}

export function minuteOf({ time }: PastTrade): number {
  return Math.floor(time / minuteMs)
}
