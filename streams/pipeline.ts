// From frames to market events in one step: decode, continuity, out. Events from outside of frames join
// before the continuity.
import type { RawFrame } from '../kis/wire/frame.ts'
import type { MarketEvent } from '../market/events.ts'
import { type ContinuityOptions, createContinuity } from './continuity/continuity.ts'
import { frameReader, type NormalizeOptions } from './normalize.ts'

export type PipelineOptions = NormalizeOptions & {
  /** False: every record as it came, repeats and all. */
  readonly continuity?: ContinuityOptions | false
}

export type Pipeline = {
  frame(frame: RawFrame): void
  /**
   * An event from outside of frames: it takes its place among those of the frames, in the order of arrival.
   */
  lifecycle(event: MarketEvent): void
  /** Nothing is emitted from now on. */
  complete(): void
}

/** `emit` may call the pipeline again, and must not throw. */
export function openPipeline(
  { continuity = {}, ...options }: PipelineOptions,
  emit: (event: MarketEvent) => void,
): Pipeline {
  const next = continuity === false ? emit : createContinuity({ ...continuity, emit }).next
  const read = frameReader(options, next)
  let isComplete = false
  return {
    frame(frame) {
      if (!isComplete) read(frame)
    },
    lifecycle(event) {
      if (!isComplete) next(event)
    },
    complete() {
      isComplete = true
    },
  }
}
