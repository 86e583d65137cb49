// What KIS compares a price with, the previous close (기준가 where it was adjusted): every trade record carries the difference, and no trade
// does, because it changes once a day and reading it costs each record. Read here from the frame of a trade, when somebody asks.
import type { Trade } from '../../market/events.ts'
import { createDecoder } from './decoder.ts'

/** Sign code and difference: of a domestic record, and of an overseas one. */
const columns = ['PRDY_VRSS_SIGN', 'PRDY_VRSS', 'SIGN', 'DIFF'] as const

/** 1 at the upper limit, 2 up, 3 unchanged, 4 at the lower limit, 5 down. */
const directions: Readonly<Record<string, number>> = { 1: 1, 2: 1, 3: 0, 4: -1, 5: -1 }

/** More decimals than any price has; a difference of two doubles has more than that. */
const decimals = 6

export type PreviousCloseReader = (frame: Uint8Array, trade: Trade) => number | undefined

/** What it returns looks for a record of the trade's instrument and day in a frame; undefined when there is none. */
export function createPreviousCloseReader(): PreviousCloseReader {
  const decoder = createDecoder({ columns })
  return (frame, { instrument, businessDate, receivedTime }) => {
    let found: number | undefined
    decoder.decode(frame, receivedTime, event => {
      if (event.type !== 'trade' || event.instrument !== instrument || event.businessDate !== businessDate) return
      found ??= previousCloseOf(event)
    })
    return found
  }
}

function previousCloseOf({ price, columns: told = {} }: Trade): number | undefined {
  const direction = directions[told['PRDY_VRSS_SIGN'] ?? told['SIGN'] ?? '']
  const text = told['PRDY_VRSS'] ?? told['DIFF'] ?? ''
  // Domestic differences are signed and overseas ones are not: the code before them holds for both.
  const difference = Math.abs(Number(text))
  if (price === null || direction === undefined || text.trim() === '' || !Number.isFinite(difference)) return undefined
  const close = Number((price - direction * difference).toFixed(decimals))
  return close > 0 ? close : undefined
}
