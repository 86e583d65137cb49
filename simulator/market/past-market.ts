// Past trades for later REST calls: kept trade by trade and by the minute, with or without subscribers. A
// recording can answer in its place.
import { minuteMs } from '../../market/basics/durations.ts'
import { fromWire } from '../../kis/channel.ts'
import type { Instrument } from '../../market/instrument.ts'
import type { History } from '../tape/listener.ts'
import { type PastTrade, readTrades } from './past-trade.ts'
import { isTrade } from '../columns/records.ts'

/** A minute in which something was traded. */
export type PastMinute = {
  /** Its first trade: for the dates and the times, without the seconds. */
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

/** The source of the quotations. */
export interface PastMarket {
  /** The last days of an instrument, the latest first; none of one that was never requested. */
  days(instrument: Instrument): readonly PastDay[]
}

const mostDays = 5

type Day = { readonly businessDate: string; readonly trades: PastTrade[]; readonly minutes: PastMinute[] }
type Story = { readonly key: string; days: Day[] }

/** `most`: how many trades are kept of an instrument's day, the newest; its minutes are all kept. */
export function createPastMarket(most: number): PastMarket & History {
  const stories = new Map<Instrument, Story>()

  /** The free and the paid feed play different trades; REST has those of the feed that began first. */
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
    add(tr, key, frame) {
      if (most === 0 || !isTrade(tr)) return
      const story = storyOf(tr, key)
      if (story === undefined) return
      for (const trade of readTrades(tr, frame)) {
        const { minutes, trades } = dayOf(story, trade.businessDate)
        // In bulk, because removing the first entry of a long list moves all the others.
        if (trades.length >= most * 2) trades.splice(0, most)
        trades.push(trade)
        addToMinutes(minutes, trade)
      }
    },
    days: instrument => stories.get(instrument)?.days ?? [],
  }
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
