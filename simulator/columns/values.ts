// How values of a simulated instrument are written in a record.
import type { Day } from '../market/day.ts'
import type { SimulatedInstrument } from '../market/market.ts'

export type Value = (instrument: SimulatedInstrument) => string | number

/** By KIS's name of the column. */
export type Values = Readonly<Record<string, Value>>

/** 1 upper limit, 2 up, 3 flat, 4 lower limit, 5 down. No simulated price comes near its limit. */
export function signOf(change: number): string {
  return change > 0 ? '2' : change < 0 ? '5' : '3'
}

/** Two decimals, rounded. */
export function percent(value: number): string {
  const hundredths = Math.round(Math.abs(value) * 100)
  const text = `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, '0')}`
  return value < 0 && hundredths > 0 ? `-${text}` : text
}

export function share(part: number, whole: number): string {
  return percent(whole === 0 ? 0 : (part / whole) * 100)
}

/** `169.7850`: a price with the decimals of its grid. */
export function decimal(price: number, decimals: number): string {
  if (decimals === 0) return `${price}`
  const unit = 10 ** decimals
  const whole = Math.floor(price / unit)
  // A leading one keeps the leading zeros of the fraction.
  return `${whole}.${String(unit + price - whole * unit).slice(1)}`
}

/** A change, with its sign where it is below 0. */
export function signedDecimal(change: number, decimals: number): string {
  return change < 0 ? `-${decimal(-change, decimals)}` : decimal(change, decimals)
}

/** A change of a price in percent of the previous close. */
export function rateOf(change: number, { previousClose }: Day): string {
  return percent((change / previousClose) * 100)
}

export function changeOf({ price, previousClose }: Day): number {
  return price - previousClose
}
