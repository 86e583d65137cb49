// The data path of a feed without its socket: what app/feed/feed.ts chains, for benchmarks that need no line.
import type { MarketEvent } from '../../../market/events.ts'
import { isolate } from '../../../sinks/sink.ts'
import { createBroadcast } from '../../../streams/broadcast.ts'
import { openPipeline } from '../../../streams/pipeline.ts'

/** What has arrived. It must be read, or the engine may leave the work out. */
export const arrived = { count: 0 }

export function count(): void {
  arrived.count++
}

/** Frames in, one call of `take` for each event. Without continuity: decode, clean and share alone. */
export function dataPath(
  take: () => void,
  { continuity }: { continuity?: false } = {},
): (frame: Buffer, receivedTime: number) => void {
  const events = createBroadcast<MarketEvent>()
  const pipeline = openPipeline(continuity === false ? { continuity } : {}, events.next)
  isolate(events.values$, fail).subscribe(take)
  return (bytes, receivedTime) => pipeline.frame({ line: '1', market: 'KR', bytes, receivedTime })
}

/** An error here is a fault of the benchmark. */
export function fail(error: unknown): never {
  throw error
}
