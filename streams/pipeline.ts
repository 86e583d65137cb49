// The one place where operators are chained: frames and lifecycle markers in, market events out, in the order things happened.
import { merge, type Observable } from 'rxjs'
import type { RawFrame } from '../kis/frame.ts'
import type { Lifecycle, MarketEvent } from '../market/events.ts'
import { type NormalizeOptions, normalizeFrames } from './normalize.ts'

/** Both inputs are pushed as things happen, so merging them keeps their order. */
export function marketEvents(
  frames: Observable<RawFrame>,
  lifecycle: Observable<Lifecycle>,
  options: NormalizeOptions,
): Observable<MarketEvent> {
  return merge(lifecycle, frames.pipe(normalizeFrames(options)))
}
