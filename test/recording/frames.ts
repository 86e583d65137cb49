// Frames to record: captured ones, told of whatever symbol a test wants.
import { kst, lineOf } from '../support/frames.ts'

export const nine = kst('2026-09-14T09:00:00')

export function frameOf(symbol: string, file = 'H0STCNT0.txt', line = 1): Buffer {
  const text = lineOf(file, line)
  const own = text.split('|')[3]?.split('^')[0] ?? ''
  return Buffer.from(text.replaceAll(own, symbol))
}
