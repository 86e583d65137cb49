// An event as a line of JSON, for standard output and files.
import type { Dropped, MarketEvent } from './events.ts'
import { visibleJson } from './basics/visible-text.ts'

/**
 * Without the line break. Texts from the line are safe to print on a terminal; parsed, they are what they
 * were.
 */
export function eventLine(event: MarketEvent | Dropped): string {
  const json = JSON.stringify(event)
  // Everything else is numbers and names of ours.
  const holdsText = event.type === 'record' || event.type === 'malformed' || 'columns' in event
  return holdsText ? visibleJson(json) : json
}
