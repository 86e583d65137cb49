// A frame → its events, without secrets.
import { createDecoder, type DecodedEvent, type DecoderOptions } from '../kis/wire/decoder.ts'
import type { RawFrame } from '../kis/wire/frame.ts'
import { shownText } from '../kis/redaction.ts'

export type NormalizeOptions = DecoderOptions & {
  /** Removes secrets from a text of the server, which may repeat ours in any place. */
  readonly redact?: (text: string) => string
}

/**
 * Twenty records are about 8 KB; a longer text is cut, because it may wait in the queue of a slow consumer.
 */
const longestRaw = 16 * 1024

/** Columns by name, or those without one. */
type Texts = Readonly<Record<string, string | number | null>> | readonly string[]

/**
 * Calls `emit` for every event of a frame. Never throws by itself: a frame that cannot be read becomes an
 * event like any other.
 */
export function frameReader(options: NormalizeOptions, emit: (event: DecodedEvent) => void): (frame: RawFrame) => void {
  const { redact = (text: string) => text, columns = [] } = options
  const decoder = createDecoder(options)
  const isTyped = ({ type }: DecodedEvent) => type === 'trade' || type === 'order-book'
  // Trades and books hold numbers, and texts only where a user requested columns.
  const emitClean = (event: DecodedEvent) =>
    emit(columns.length === 0 && isTyped(event) ? event : cleaned(event, redact))

  return ({ bytes, receivedTime }) => {
    try {
      decoder.decode(bytes, receivedTime, emitClean)
    } catch (error) {
      const reason = `a fault in the decoder, please report it: ${String(error)}`
      emitClean({ type: 'malformed', reason, raw: shownText(bytes), receivedTime })
    }
  }
}

function cleaned(event: DecodedEvent, redact: (text: string) => string): DecodedEvent {
  switch (event.type) {
    case 'malformed':
      return { ...event, reason: redact(event.reason), raw: cut(redact(event.raw)) }
    case 'schema-drift':
      return event
    case 'record':
      if (!holdsSecret(event.columns, redact) && !holdsSecret(event.extra, redact)) return event
      return { ...event, columns: cleanedColumns(event.columns, redact), extra: event.extra.map(redact) }
    default:
      if (event.columns === undefined || !holdsSecret(event.columns, redact)) return event
      return { ...event, columns: cleanedColumns(event.columns, redact) }
  }
}

function cut(raw: string): string {
  return raw.length <= longestRaw ? raw : `${raw.slice(0, longestRaw)}… (${raw.length} in all)`
}

function holdsSecret(texts: Texts, redact: (text: string) => string): boolean {
  for (const value of Object.values(texts)) if (typeof value === 'string' && redact(value) !== value) return true
  return false
}

function cleanedColumns<T>(columns: Readonly<Record<string, T>>, redact: (text: string) => string): Record<string, T> {
  return Object.fromEntries(
    // A text stays a text, whatever the other values are.
    Object.entries(columns).map(([name, value]) => [name, typeof value === 'string' ? (redact(value) as T) : value]),
  )
}
