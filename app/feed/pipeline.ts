// The way of a frame through a feed, and through a replay: frames and what comes from outside of them in, events out.
import type { RawFrame } from '../../kis/wire/frame.ts'
import type { MarketEvent } from '../../market/events.ts'
import { createBroadcast } from '../../streams/broadcast.ts'
import { marketEvents, type PipelineOptions } from '../../streams/pipeline.ts'
import { End } from '../../streams/step.ts'

export type Pipeline = {
  frame(frame: RawFrame): void
  /** What happened outside of frames: an event among those of the frames, in the order in which things happened. */
  lifecycle(event: MarketEvent): void
  complete(): void
}

/** `emit` must not throw. */
export function openPipeline(options: PipelineOptions, emit: (event: MarketEvent) => void): Pipeline {
  const frames = createBroadcast<RawFrame>()
  const lifecycle = createBroadcast<MarketEvent>()
  marketEvents(frames.values$, lifecycle.values$, options).subscribe(new End(emit, () => {}))
  return {
    frame: frames.next,
    lifecycle: lifecycle.next,
    complete() {
      lifecycle.complete()
      frames.complete()
    },
  }
}
