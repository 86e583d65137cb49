// The one place where operators are chained: frames and lifecycle markers in, market events out, in the order things happened.
import { merge, type Observable } from 'rxjs'
import type { RawFrame } from '../kis/frame.ts'
import type { MarketEvent } from '../market/events.ts'
import { checkContinuity, type ContinuityOptions } from './continuity.ts'
import { type NormalizeOptions, normalizeFrames } from './normalize.ts'

export type PipelineOptions = NormalizeOptions & {
  /** False: every record as it came, repeats and all. */
  readonly continuity?: ContinuityOptions | false
}

/** Both inputs are pushed as things happen, so merging them keeps their order. */
export function marketEvents(
  frames: Observable<RawFrame>,
  lifecycle: Observable<MarketEvent>,
  { continuity = {}, ...options }: PipelineOptions,
): Observable<MarketEvent> {
  const events: Observable<MarketEvent> = merge(lifecycle, frames.pipe(normalizeFrames(options)))
  return continuity === false ? events : events.pipe(checkContinuity(continuity))
}
