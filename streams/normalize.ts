// Frames → market events. Never errors: a frame that cannot be read becomes an event like any other.
import { Observable, type OperatorFunction } from 'rxjs'
import { createDecoder, type DecodedEvent, type DecoderOptions, shownText } from '../kis/decoder.ts'
import type { RawFrame } from '../kis/frame.ts'
import { step } from './step.ts'

export type NormalizeOptions = DecoderOptions & {
  /** Takes secrets out of a text that is about to be shown. */
  readonly redact?: (text: string) => string
}

export function normalizeFrames(options: NormalizeOptions = {}): OperatorFunction<RawFrame, DecodedEvent> {
  const redact = options.redact ?? (text => text)

  return frames =>
    new Observable(subscriber => {
      const decoder = createDecoder(options)
      const emit = (event: DecodedEvent) =>
        subscriber.next(event.type === 'malformed' ? { ...event, raw: redact(event.raw) } : event)

      return frames.subscribe(
        step(subscriber, ({ bytes, receivedTime }) => {
          try {
            decoder.decode(bytes, receivedTime, emit)
          } catch (error) {
            const reason = `a fault in the decoder, please report it: ${String(error)}`
            emit({ type: 'malformed', reason, raw: shownText(bytes), receivedTime })
          }
        }),
      )
    })
}
