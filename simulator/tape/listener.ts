// Tapes and their listeners: a tape delivers data frames for the added registrations, independent of sockets
// and sessions.
import type { Clock } from '../../market/clock.ts'
import type { Registration } from '../transactions.ts'

/** One registration of one session. */
export interface Listener extends Registration {
  /** Sends one whole frame. False when the connection is congested; the frame is queued nevertheless. */
  emit(frame: string): boolean
}

/** Keeps the market's past, with or without listeners. */
export interface History {
  /**
   * Called for each frame before its listeners get it, and for each trade without listeners, as a frame of
   * its own.
   */
  add(tr: string, key: string, frame: string, time: number): void
}

export function severalHistories(histories: readonly History[]): History {
  return {
    add(tr, key, frame, time) {
      for (const history of histories) history.add(tr, key, frame, time)
    },
  }
}

export type TapeContext = {
  readonly clock: Clock
  readonly log: (line: string) => void
  /** Absent when no history is kept. */
  readonly history?: History
}

export type TapeStats = {
  /** Frames and records sent, once for each listener. */
  readonly frames: number
  readonly records: number
  /** Lines that are no frame. */
  readonly skippedLines: number
  /** Whether everything registered was played to its end. A generated market never ends. */
  readonly ended: boolean
}

export type StandingRecord = { readonly registration: Registration; readonly text: string }

/** The source of a simulator's data. A tape belongs to one simulator. */
export interface Tape {
  /** Once, before anything else. */
  start(context: TapeContext): void
  /**
   * Once for each registration; frames may follow from the next turn of the event loop on, so after the
   * acknowledgement.
   */
  add(listener: Listener): void
  /** When the registration was released, or its session ended. The tape must not emit to it afterwards. */
  remove(listener: Listener): void
  /**
   * The present record of the first of these that has one, with or without listeners. Without this function,
   * a tape's last emitted record is used.
   */
  record?(registrations: readonly Registration[]): StandingRecord | undefined
  /** Of the listings of a generated market. */
  readonly seed?: number
  /** Lets go of every timer. */
  stop(): void
  stats(): TapeStats
}
