// Which events concern some instruments: their own, and those without an instrument.
import { fromWire } from '../../kis/channel.ts'
import type { MarketEvent } from '../../market/events.ts'

export function wantedEvents(instruments: readonly string[]): (event: MarketEvent) => boolean {
  const wanted: ReadonlySet<string> = new Set(instruments)
  return event => {
    if (event.type === 'record') {
      // Whose it is stands in its first column, in KIS's words.
      const [key] = Object.values(event.columns)
      const instrument = fromWire({ tr: event.tr, key: String(key) })?.instrument
      return instrument !== undefined && wanted.has(instrument)
    }
    const instrument = 'instrument' in event ? event.instrument : null
    return instrument === null || wanted.has(instrument)
  }
}
