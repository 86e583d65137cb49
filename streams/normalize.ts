// Frames → market events. Never errors: a frame that cannot be read becomes an event like any other.
import { Observable, type OperatorFunction, type Subscriber } from 'rxjs'
import { createDecoder, type DecodedEvent, type Decoder, type DecoderOptions, shownText } from '../kis/decoder.ts'
import type { RawFrame } from '../kis/frame.ts'
import { Step } from './step.ts'

export type NormalizeOptions = DecoderOptions & {
  /** Takes secrets out of a text that is about to be shown. */
  readonly redact?: (text: string) => string
}

export function normalizeFrames(options: NormalizeOptions = {}): OperatorFunction<RawFrame, DecodedEvent> {
  return frames => new Observable(subscriber => frames.subscribe(new Normalizer(subscriber, options)))
}

class Normalizer extends Step<RawFrame> {
  readonly #decoder: Decoder
  readonly #emit: (event: DecodedEvent) => void

  constructor(destination: Subscriber<DecodedEvent>, options: NormalizeOptions) {
    super(destination)
    this.#decoder = createDecoder(options)
    const redact = options.redact ?? ((text: string) => text)
    this.#emit = event => destination.next(event.type === 'malformed' ? { ...event, raw: redact(event.raw) } : event)
  }

  protected receive({ bytes, receivedTime }: RawFrame): void {
    try {
      this.#decoder.decode(bytes, receivedTime, this.#emit)
    } catch (error) {
      const reason = `a fault in the decoder, please report it: ${String(error)}`
      this.#emit({ type: 'malformed', reason, raw: shownText(bytes), receivedTime })
    }
  }
}
