// The data path of a feed without its socket: what app/feed/feed.ts chains, for benchmarks that need no line.
import { NEVER } from 'rxjs'
import type { RawFrame } from '../../../kis/wire/frame.ts'
import type { MarketEvent } from '../../../market/events.ts'
import { isolate } from '../../../sinks/sink.ts'
import { createBroadcast } from '../../../streams/broadcast.ts'
import { marketEvents } from '../../../streams/pipeline.ts'
import { End } from '../../../streams/step.ts'

/** What has arrived. Somebody must look at it, or the engine may leave the work out. */
export const arrived = { count: 0 }

export function count(): void {
  arrived.count++
}

/** Frames in, one call of `count` for each event. Without continuity: decode, normalise and share alone. */
export function dataPath(
  count: () => void,
  { continuity }: { continuity?: false } = {},
): (frame: Buffer, receivedTime: number) => void {
  const frames = createBroadcast<RawFrame>()
  const events = createBroadcast<MarketEvent>()
  marketEvents(frames.values$, NEVER, continuity === false ? { continuity } : {}).subscribe(
    new End(events.next, events.complete),
  )
  isolate(events.values$, fail).subscribe(count)
  return (bytes, receivedTime) => frames.next({ line: '1', market: 'KR', bytes, receivedTime })
}

/** What a wall tells would be a fault of the benchmark. */
export function fail(error: unknown): never {
  throw error
}
