// A feed's recorder. It decides what has to be kept so that a replay emits the same events in the same order,
// and what must not be kept.
import { z } from 'zod'
import type { RawFrame } from '../../kis/wire/frame.ts'
import { isPersonal, type Redaction } from '../../kis/redaction.ts'
import type { Clock } from '../../market/clock.ts'
import type { MarketEvent, RecordingTrouble } from '../../market/events.ts'
import { type Market, parseInstrument } from '../../market/instrument.ts'
import { createRecorder, type Recorder } from '../../recording/write/recorder.ts'
import { type ContinuityMemory, handedOverStates, restoreStates } from '../../streams/continuity/memory.ts'
import { savedCount } from './last-seen.ts'

export type FeedRecorderParts = {
  readonly folder: string
  readonly columns: readonly string[]
  /** Undefined when the feed passes everything on as it came. */
  readonly memory: ContinuityMemory | undefined
  readonly turnAt: (time: number) => Market
  readonly clock: Clock
  readonly redaction: Pick<Redaction, 'frame' | 'suspects'>
  readonly emit: (trouble: RecordingTrouble) => void
}

/** Called in this order: `opens`, `note` for each event of the frame, `closes`; `marker` at any time. */
export type FeedRecorder = {
  /** From now on a process that is killed loses the last moment at most. */
  readonly ready: Promise<void>
  opens(frame: RawFrame): void
  closes(frame: RawFrame): void
  /** The frames of one read are complete. */
  settled(): void
  note(event: MarketEvent): void
  marker(event: MarketEvent): void
  /** Ends the recording where it is, because the folder is another process's, and says so. */
  giveUp(reason: string): void
  stop(): Promise<void>
}

/** Whether an event comes from a frame: only these count for the order of events within a frame. */
export function isFromFrame({ type }: MarketEvent): boolean {
  switch (type) {
    case 'disconnect':
    case 'resume':
    case 'subscription':
    case 'heartbeat':
    case 'backfill':
    case 'gap-verdict':
    case 'recording-trouble':
    case 'instruments-forgotten':
      return false
    default:
      return true
  }
}

export function recordFeed(parts: FeedRecorderParts): FeedRecorder {
  const { folder, columns, memory, turnAt, clock, redaction, emit } = parts
  const recorder: Recorder = createRecorder({
    folder,
    turnAt,
    describe: () => ({
      columns,
      continuity: memory !== undefined,
      checksDates: true,
      ...(memory && { state: stateOf(memory) }),
    }),
    onTrouble: trouble => emit({ type: 'recording-trouble', ...trouble, receivedTime: clock.now() }),
  })
  let isOpen = false
  let emitted = 0
  /** Markers that came among the events of a frame: they are written after the frame. */
  let waiting: { readonly event: MarketEvent; readonly after: number }[] = []
  /** The frame has a value that must not be written as it came. */
  let isSensitive = false

  return {
    ready: recorder.ready,
    opens(frame) {
      recorder.expect(frame.market, frame.receivedTime)
      isOpen = true
      isSensitive = false
      emitted = 0
    },
    closes(frame) {
      isOpen = false
      const isClean = !isSensitive && !redaction.suspects(frame.bytes)
      recorder.frame(isClean ? frame : { ...frame, bytes: redaction.frame(frame.bytes) })
      if (waiting.length === 0) return
      const behind = waiting
      waiting = []
      for (const { event, after } of behind) recorder.marker(event, after)
    },
    settled: recorder.settled,
    note(event) {
      if (event.type === 'trade' || event.type === 'order-book') {
        emitted++
        return
      }
      if (event.type === 'gap') recorder.note(event)
      if (event.type === 'malformed' || (event.type === 'record' && isPersonal(event.tr))) isSensitive = true
      if (isFromFrame(event)) emitted++
    },
    marker(event) {
      if (isOpen) waiting.push({ event, after: emitted })
      else recorder.marker(event)
    },
    giveUp(reason) {
      emit({ type: 'recording-trouble', reason, lost: recorder.lost, isOver: false, receivedTime: clock.now() })
      void recorder.stop()
    },
    stop: () => recorder.stop(),
  }
}

function stateOf(memory: ContinuityMemory): unknown {
  return { lines: handedOverStates(memory) }
}

const cause = z.enum(['lost', 'outage', 'unsubscribed', 'restart'])
const state = z.object({
  lines: z.array(
    z.object({ instrument: z.string(), counts: z.array(savedCount).min(1).max(2), interruption: cause.nullable() }),
  ),
})

/** Restores the states of instruments at the start of a run, or of a date of it; skips unreadable ones. */
export function restoreState(memory: ContinuityMemory, recorded: unknown): void {
  for (const { instrument: name, ...saved } of state.safeParse(recorded).data?.lines ?? []) {
    const parsed = parseInstrument(name)
    if ('value' in parsed) restoreStates(memory, [{ instrument: parsed.value, ...saved }])
  }
}
