// The one place where operators are chained: frames and lifecycle markers in, market events out, in the order things happened.
import { defer, Observable, type OperatorFunction } from 'rxjs'
import type { RawFrame } from '../kis/wire/frame.ts'
import type { MarketEvent } from '../market/events.ts'
import { checkContinuity, type ContinuityOptions } from './continuity/continuity.ts'
import { createContinuityMemory } from './continuity/memory.ts'
import { type NormalizeOptions, normalizeFrames } from './normalize.ts'

export type PipelineOptions = NormalizeOptions & {
  /** False: every record as it came, repeats and all. */
  readonly continuity?: ContinuityOptions | false
}

/** Both inputs are pushed as things happen, so their order is that of their arrival. Completes with the frames. */
export function marketEvents(
  frames: Observable<RawFrame>,
  lifecycle: Observable<MarketEvent>,
  { continuity = {}, ...options }: PipelineOptions,
): Observable<MarketEvent> {
  if (continuity === false) return frames.pipe(normalizeFrames(options), alongside(lifecycle))
  return defer(() => {
    const { memory = createContinuityMemory() } = continuity
    return frames.pipe(
      normalizeFrames({ ...options, numbering: memory.numbering }),
      alongside(lifecycle),
      checkContinuity({ ...continuity, memory }),
    )
  })
}

/** What `merge` does, without a step of its own for each record: data passes to the subscriber as it is. */
function alongside<T, U>(others: Observable<U>): OperatorFunction<T, T | U> {
  return source =>
    new Observable(subscriber => {
      subscriber.add(others.subscribe(other => subscriber.next(other)))
      subscriber.add(source.subscribe(subscriber))
    })
}
