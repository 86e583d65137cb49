// When a transaction sends: with each trade, with the book that trades leave, or every so often.
import { layoutOf } from '../../kis/wire/layout.ts'

/** A number is milliseconds between two records; the first one comes at once. */
export type Rhythm = 'trade' | 'book' | number

/**
 * Made up, but for members (three records against 851 of trades in a capture) and market operation (four a
 * day against 1,250,374 trades, and those in pairs two minutes apart).
 */
const everyMs: Readonly<Record<string, number>> = {
  index: 1_000,
  expected: 1_000,
  program: 1_000,
  nav: 5_000,
  member: 10_000,
  market_status: 120_000,
}
const overtimeMs = 10_000

export function rhythmOf(tr: string): Rhythm {
  if (/^H0STO(UP|AA)0$/.test(tr)) return overtimeMs
  const kind = layoutOf(tr)?.kind ?? ''
  if (kind === 'trade') return 'trade'
  return kind === 'quote' ? 'book' : (everyMs[kind] ?? 1_000)
}
