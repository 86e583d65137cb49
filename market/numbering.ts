// Instruments by number, from whoever reads an event to whoever keeps figures of its instrument. A number leads to a row of memory at once;
// a name has to be looked up, which with thousands of them cost a fifth of the data path (docs/performance.md).
import type { Instrument } from './instrument.ts'

export const noNumber = -1

/** Rubbish can name endlessly many instruments. Those past this many go without a number, and are looked up by name. */
const mostNumbers = 65_536

/** For one stream, in which an event is heard before the next one is read. */
export class Numbering {
  readonly #numbers = new Map<Instrument, number>()
  #told = noNumber

  /** The same for the same instrument, from 0 upwards; `noNumber` when there are too many. */
  numberOf(instrument: Instrument): number {
    const known = this.#numbers.get(instrument)
    if (known !== undefined) return known
    const next = this.#numbers.size
    if (next >= mostNumbers) return noNumber
    this.#numbers.set(instrument, next)
    return next
  }

  /** Of the instrument whose event comes next. */
  tell(number: number): void {
    this.#told = number
  }

  /** What was told of the event that came; `noNumber` when nothing was. */
  take(): number {
    const told = this.#told
    this.#told = noNumber
    return told
  }
}
