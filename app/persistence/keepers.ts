// What a feed writes, in folders that no other process writes to: the recording, the last seen state of each
// instrument, and the day book.
import type { RawFrame } from '../../kis/wire/frame.ts'
import type { Redaction } from '../../kis/redaction.ts'
import type { Clock } from '../../market/clock.ts'
import type { InstrumentsForgotten, MarketEvent, RecordingTrouble } from '../../market/events.ts'
import type { Instrument } from '../../market/instrument.ts'
import { turnsAt } from '../../market/calendar/schedules.ts'
import type { ContinuityMemory } from '../../streams/continuity/memory.ts'
import type { Logger } from '../observe/log.ts'
import type { FeedSettings } from '../settings/settings.ts'
import { keepDayBook } from './day-book-writer.ts'
import { recordFeed } from './feed-recorder.ts'
import { type FolderLock, lockFolder } from './folder-lock.ts'
import { keepLastSeen } from './last-seen.ts'

/**
 * Called in this order: `opens`, `event` for each event of the frame, `closes`; `settled` after the frames of
 * a read; `marker` at any time.
 */
export type Keepers = {
  /** Locks the folders, or throws a FolderInUseError; reads the last seen state; begins to write. */
  start(): void
  /** After it a killed process loses at most the last moment of its recording. Undefined without one. */
  readonly ready: Promise<void> | undefined
  opens(frame: RawFrame): void
  closes(frame: RawFrame): void
  /** The frames of one read are complete. */
  settled(): void
  /** Every event that is about to be delivered. */
  event(event: MarketEvent): void
  /** What comes from outside of frames, before the pipeline has it. */
  marker(event: MarketEvent): void
  /** A gap was repaired: written at once, or a process killed now would deliver the repair again. */
  repaired(instrument: Instrument): void
  /** Resolves when everything is on disk, or could not be written. What is still written to stays locked. */
  stop(): Promise<void>
}

export type KeepersParts = {
  readonly settings: FeedSettings
  readonly dataFolder: string | undefined
  readonly recordFolder: string | undefined
  readonly memory: ContinuityMemory
  /** Every record is passed on as it came, so nothing is in the memory. */
  readonly isUnfollowed: boolean
  readonly clock: Clock
  readonly log: Logger
  readonly redaction: Redaction
  readonly emit: (event: RecordingTrouble | InstrumentsForgotten) => void
}

export function keepFeed({ settings, dataFolder, recordFolder, memory, clock, log, ...parts }: KeepersParts): Keepers {
  const { redaction, isUnfollowed, emit } = parts
  const { environment, restUrl, overseasFeed, schedule, market, columns } = settings
  const locks = holdFolders({
    dataFolder,
    recordFolder,
    clock,
    log,
    onRecordingLost: reason => recorder?.giveUp(reason),
  })
  const inDataFolder =
    dataFolder === undefined ? undefined : { folder: dataFolder, log, mayWrite: () => locks.isDataOurs() }
  const lastSeen =
    inDataFolder &&
    keepLastSeen({
      ...inDataFolder,
      source: `${environment} ${restUrl} ${overseasFeed}`,
      memory,
      onForgotten: most => emit({ type: 'instruments-forgotten', of: 'last-seen', most, receivedTime: clock.now() }),
    })
  const dayBook = inDataFolder && keepDayBook(inDataFolder)
  const recorder =
    recordFolder === undefined
      ? undefined
      : recordFeed({
          folder: recordFolder,
          columns,
          memory: isUnfollowed ? undefined : memory,
          turnAt: time => (market === 'auto' ? (turnsAt(schedule, time)[0] ?? 'KR') : market),
          clock,
          redaction,
          emit,
        })

  return {
    start() {
      locks.take()
      lastSeen?.start()
      dayBook?.start()
    },
    ready: recorder?.ready,
    opens: frame => recorder?.opens(frame),
    closes: frame => recorder?.closes(frame),
    settled: () => recorder?.settled(),
    event(event) {
      recorder?.note(event)
      dayBook?.note(event)
    },
    marker: event => recorder?.marker(event),
    repaired: instrument => lastSeen?.settled(instrument),
    async stop() {
      await Promise.all([lastSeen?.stop(), dayBook?.stop(), recorder?.stop()])
      locks.release()
    },
  }
}

type FoldersParts = Pick<KeepersParts, 'dataFolder' | 'recordFolder' | 'clock' | 'log'> & {
  readonly onRecordingLost: (reason: string) => void
}

type HeldFolders = {
  /** Takes all of them, or none and throws a FolderInUseError. */
  take(): void
  /** False once the data folder is another process's. */
  isDataOurs(): boolean
  release(): void
}

/** The folders that a feed has to itself while it runs. */
function holdFolders({ dataFolder, recordFolder, onRecordingLost, ...parts }: FoldersParts): HeldFolders {
  let data: FolderLock | undefined
  let recording: FolderLock | undefined

  function release(): void {
    data?.release()
    recording?.release()
  }

  return {
    take() {
      try {
        if (dataFolder !== undefined) data = lockFolder({ folder: dataFolder, use: 'data', ...parts })
        if (recordFolder !== undefined) {
          recording = lockFolder({ folder: recordFolder, use: 'recording', onLost: onRecordingLost, ...parts })
        }
      } catch (error) {
        release()
        throw error
      }
    },
    isDataOurs: () => data?.isOurs ?? true,
    release,
  }
}
