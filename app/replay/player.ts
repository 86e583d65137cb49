// Entries of a recording → the events they made, through the streams of a live feed. One run of the recorded
// feed is one pipeline, as in the live feed.
import type { Heartbeat, MarketEvent } from '../../market/events.ts'
import type { Begin, Entry, Marker, RecordedFrame } from '../../recording/format/entry.ts'
import { type ContinuityMemory, createContinuityMemory } from '../../streams/continuity/memory.ts'
import { noteBackfill } from '../../streams/continuity/repairs.ts'
import { daysAheadMs, skewOf } from '../feed/clock-skew.ts'
import { openPipeline, type Pipeline } from '../../streams/pipeline.ts'
import { isFromFrame, restoreState } from '../persistence/feed-recorder.ts'

export type PlayerOptions = {
  /** In place of those that the feed was asked for when it recorded. */
  readonly columns?: readonly string[]
  readonly continuity?: boolean
  readonly emit: (event: MarketEvent) => void
}

export type Player = {
  /** `inside`: the markers that came among the frame's events. They follow it in the recording. */
  play(entry: Entry, inside: readonly Marker[]): void
}

type Run = {
  readonly name: string
  readonly memory: ContinuityMemory
  readonly pipeline: Pipeline
  readonly checksDates: boolean
  /** As the feed knew it: by the last heartbeat. */
  clockAheadMs: number
}

const none: readonly Marker[] = []

export function createPlayer({ columns, continuity, emit }: PlayerOptions): Player {
  let run: Run | undefined
  /** Of the frame that is played: the markers among its events, the next one, the count of emitted events. */
  let inside = none
  let next = 0
  let emitted = 0

  function begin(entry: Begin): void {
    if (run?.name === entry.run) return
    const memory = createContinuityMemory()
    restoreState(memory, entry.state)
    const checksDates = entry.checksDates === true
    const options = {
      columns: columns ?? entry.columns,
      continuity: (continuity ?? entry.continuity) ? { memory } : (false as const),
      ...(checksDates && { clockAheadMs: () => begun.clockAheadMs }),
    }
    const pipeline = openPipeline(options, deliver)
    const begun: Run = { name: entry.run, memory, pipeline, checksDates, clockAheadMs: 0 }
    run = begun
  }

  function deliver(event: MarketEvent): void {
    emit(event)
    if (inside === none || !isFromFrame(event)) return
    emitted++
    for (let marker = inside[next]; marker !== undefined && marker.after <= emitted; marker = inside[next]) {
      next++
      playMarker(marker)
    }
  }

  function playMarker({ event }: Marker): void {
    if (run === undefined) return
    // A feed that repairs a gap stops waiting for it, and calls what still comes of it a repeat.
    if (event.type === 'backfill') noteBackfill(run.memory, event)
    if (event.type === 'heartbeat' && run.checksDates) return noteHeartbeat(run, event)
    run.pipeline.lifecycle(event)
  }

  function playFrame(frame: RecordedFrame, markers: readonly Marker[]): void {
    if (markers.length === 0) return run?.pipeline.frame(frame)
    inside = markers
    next = 0
    emitted = 0
    run?.pipeline.frame(frame)
    inside = none
    // Read with other columns or without continuity, a frame may have fewer events than it had.
    markers.slice(next).forEach(playMarker)
  }

  return {
    play(entry, markers) {
      switch (entry.kind) {
        case 'begin':
          return begin(entry)
        case 'frame':
          return playFrame(entry, markers)
        case 'marker':
          return playMarker(entry)
        case 'lost': {
          // Frames that were not written: the feed reported that already, and its report is a marker.
          if (!entry.isDamage) return
          const { reason, count: lost, receivedTime } = entry
          return run?.pipeline.lifecycle({ type: 'recording-trouble', reason, lost, isOver: true, receivedTime })
        }
      }
    },
  }
}

/** A feed keeps one where its clock was on another day than KIS's, for its decoder alone. */
function noteHeartbeat(run: Run, { serverTime, receivedTime }: Heartbeat): void {
  if (serverTime !== null) run.clockAheadMs = daysAheadMs(skewOf(serverTime, receivedTime))
}
