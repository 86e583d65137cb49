// The symbols of a frame. Only the first value of each record is read, and the object of each distinct symbol
// is made once: a recording of a day has millions of frames of some hundred symbols.
import { bar, caret } from './bytes.ts'
import { transactionAt } from './frame.ts'
import { createInterner } from './scan/intern.ts'
import { longestFrame, scanFrame, startOf } from './scan/scan.ts'

export type FrameSymbols<T> = {
  /** The symbol of a frame of one record. `payload`: where its first value starts. */
  first(frame: Uint8Array, payload: number): T
  /**
   * Calls `visit` for each record. False, without a call, when the values do not divide into that many
   * records of at least the least width, or the frame is longer than any of KIS's.
   */
  each(frame: Uint8Array, payload: number, records: number, visit: (symbol: T) => void): boolean
}

/** Of one transaction. `make` is called once for each distinct symbol. */
export function createFrameSymbols<T>(leastWidth: number, make: (symbol: string) => T): FrameSymbols<T> {
  const first = createInterner(caret, make)
  return {
    first,
    each(frame, payload, records, visit) {
      const width = frame.length > longestFrame ? 0 : scanFrame(frame, payload) / records
      if (!Number.isInteger(width) || width < leastWidth) return false
      for (let record = 0; record < records; record++) visit(first(frame, startOf(record * width)))
      return true
    },
  }
}

/** Returns what `make` made of a frame's transaction id. `make` is called once for each distinct id. */
export function byTransaction<T>(make: (tr: string) => T): (frame: Uint8Array) => T {
  const transactions = createInterner(bar, make)
  return frame => transactions(frame, transactionAt)
}
