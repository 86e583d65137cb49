// The inputs and outputs of every quotation over REST.
import type { Calendar } from '../../market/calendar/calendar.ts'
import type { Clock } from '../../market/clock.ts'
import { type Instrument, isVenue, marketOf, type Venue } from '../../market/instrument.ts'
import type { Days } from '../market/day-bars.ts'
import type { PastMarket } from '../market/past-market.ts'
import type { PastTrade } from '../market/past-trade.ts'
import { createRandom, seedFor } from '../tape/random.ts'
import type { Look, Seen } from '../market/seen.ts'
import type { Standing } from '../market/standing.ts'

export type Skips = (trade: Pick<PastTrade, 'businessDate' | 'cumulativeVolume'>) => boolean

/** The inputs of a quotation. */
export type Quoting = {
  readonly past: PastMarket
  readonly look: Look
  readonly days: Days
  readonly standing: Standing
  readonly clock: Clock
  readonly calendar: Calendar
  /** Facts that no stream has. */
  readonly seed: number
  /**
   * Whether the executions lack this print, as KIS's sometimes do. The day's totals and the minutes have it.
   */
  readonly skips: Skips
}

/** The outputs of an answer, or the code of a refusal. */
export type Quoted =
  | {
      readonly outputs: Readonly<Record<string, unknown>>
      /** Of a call that has pages; absent for the others, whose `tr_cont` is empty. */
      readonly hasMore?: boolean
      /** Other than the call's usual one. */
      readonly message?: string
    }
  | { readonly code: string; readonly text: string; readonly result: '1' | '2' | '7' }

export type Parameter = (name: string) => string

export type Quote = (parameter: Parameter, quoting: Quoting, isNextPage: boolean) => Quoted

/**
 * OPSQ2001 with rt_cd 2 and these texts is captured for a wrong market, for a missing field and for one with
 * a wrong value (INQR_DVSN). Which other fields KIS checks is not known.
 */
export function wrongInput(name: string, value: string): Quoted {
  const text = value === '' ? `ERROR : INPUT FIELD NOT FOUND [${name}]` : `ERROR : INPUT INVALID_CHECK_${name}`
  return { code: 'OPSQ2001', text, result: '2' }
}

function wrongMarket(name: string): Quoted {
  return { code: 'OPSQ2001', text: `ERROR INVALID ${name}`, result: '2' }
}

export const koreanMarkets: Readonly<Record<string, Venue>> = { J: 'KRX', NX: 'NXT', UN: 'UN' }

export type AskedFor = { readonly instrument: Instrument; readonly seen: Seen | undefined }

/** The requested Korean issue, known or not. `suffix`: of a call for several issues. */
export function koreanIssue(
  parameter: Parameter,
  { look }: Quoting,
  suffix = '',
): AskedFor | { readonly wrong: Quoted } {
  const market = parameter(`FID_COND_MRKT_DIV_CODE${suffix}`)
  const symbol = parameter(`FID_INPUT_ISCD${suffix}`)
  const venue = Object.hasOwn(koreanMarkets, market) ? koreanMarkets[market] : undefined
  if (market === '') return { wrong: wrongInput(`FID_COND_MRKT_DIV_CODE${suffix}`, '') }
  if (venue === undefined) return { wrong: wrongMarket(`FID_COND_MRKT_DIV_CODE${suffix}`) }
  if (symbol === '') return { wrong: wrongInput(`FID_INPUT_ISCD${suffix}`, '') }
  const instrument: Instrument = `${venue}:${symbol}`
  return { instrument, seen: look(instrument) }
}

/**
 * The requested overseas issue. KIS answers an unknown exchange as an unknown symbol: the order codes NASD,
 * NYSE and AMEX give the empty answer (captured).
 */
export function overseasIssue(parameter: Parameter, { look }: Quoting): AskedFor | { readonly wrong: Quoted } {
  const venue = parameter('EXCD')
  const symbol = parameter('SYMB')
  if (venue === '') return { wrong: wrongInput('EXCD', '') }
  if (symbol === '') return { wrong: wrongInput('SYMB', '') }
  const instrument = `${venue}:${symbol}` as Instrument
  const isOverseas = isVenue(venue) && marketOf(instrument) === 'US'
  return { instrument, seen: isOverseas ? look(instrument) : undefined }
}

/**
 * One print in so many, always the same ones. The seed and the day's total decide, so every read skips the
 * same prints.
 */
export function skipsOneOf(many: number, seed: number): Skips {
  if (many === 0) return () => false
  return ({ businessDate, cumulativeVolume }) =>
    createRandom(seedFor(`skipped ${businessDate} ${cumulativeVolume}`, seed)).below(many) === 0
}
