// Frames to record: captured ones, with the symbol that a test wants.
import { frame, kst, lineOf, recordsOf, withValues } from '../support/wire/frames.ts'

export const nine = kst('2026-09-14T09:00:00')

export function frameOf(symbol: string, file = 'H0STCNT0.txt', line = 1): Buffer {
  const text = lineOf(file, line)
  const own = text.split('|')[3]?.split('^')[0] ?? ''
  return Buffer.from(text.replaceAll(own, symbol))
}

/** A captured trade, of 100 shares at another time and total. */
export function tradeAt(time: string, total: number, symbol = '005930'): Buffer {
  const [record = []] = recordsOf(lineOf('H0STCNT0.txt', 1))
  const values = { STCK_CNTG_HOUR: time, CNTG_VOL: '100', ACML_VOL: String(total), BSOP_DATE: '20260914' }
  return Buffer.from(frame('H0STCNT0', withValues('H0STCNT0', [symbol, ...record.slice(1)], values)))
}
