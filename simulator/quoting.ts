// What every quotation over REST is made from, and what it comes to.
import type { Calendar } from '../market/calendar.ts'
import type { Clock } from '../market/clock.ts'
import type { PastMarket } from './past-market.ts'
import type { PastTrade } from './past-trade.ts'
import { createRandom, seedFor } from './random.ts'

export type Skips = (trade: Pick<PastTrade, 'businessDate' | 'cumulativeVolume'>) => boolean

/** What a quotation is made from. */
export type Quoting = {
  readonly past: PastMarket
  readonly clock: Clock
  readonly calendar: Calendar
  /** Whether the conclusions leave this print out, as KIS's do now and then. The day's totals and the minutes have it. */
  readonly skips: Skips
}

/** The outputs of an answer; or the code of a refusal. */
export type Quoted =
  | { readonly outputs: Readonly<Record<string, unknown>>; readonly hasMore?: boolean }
  | { readonly code: string; readonly text: string }

export type Quote = (parameter: (name: string) => string, quoting: Quoting, isNextPage: boolean) => Quoted

/** OPSQ2001 is a wrong market, OPSQ2002 a field of a wrong length (protocol notes 6.3); the texts are not quoted anywhere. */
export function wrongInput(name: string): Quoted {
  return { code: 'OPSQ2002', text: `ERROR INPUT FIELD NOT FOUND [${name}]` }
}

/** One print of so many, always the same ones. The seed and the day's total decide, so a print is skipped however it is asked for. */
export function skipsOneOf(many: number, seed: number): Skips {
  if (many === 0) return () => false
  return ({ businessDate, cumulativeVolume }) =>
    createRandom(seedFor(`skipped ${businessDate} ${cumulativeVolume}`, seed)).below(many) === 0
}
