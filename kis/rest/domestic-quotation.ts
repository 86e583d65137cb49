// Shared by the Korean quotations: the market and the hour of a request.
import { type Instrument, partsOf, type Venue } from '../../market/instrument.ts'
import { koreanTimeOfDay } from '../../market/calendar/korea-time.ts'

const marketCodes: Partial<Record<Venue, string>> = { KRX: 'J', NXT: 'NX', UN: 'UN' }

/** The volume of the venue's stream: J, NX or UN (protocol notes 6.13). */
export function marketCodeOf(instrument: Instrument): string {
  const code = marketCodes[partsOf(instrument).venue]
  if (code === undefined) throw new Error(`${instrument} is no Korean instrument`)
  return code
}

/** Korea's clock as KIS writes it, 090001. */
export function hourText(time: number): string {
  const seconds = Math.floor(koreanTimeOfDay(time) / 1_000)
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60]
  return parts.map(part => String(part).padStart(2, '0')).join('')
}
