// The source of a simulator's data: captured frames, played to the sessions that registered them; or a
// generated market.
import { readEnvelope } from '../../kis/wire/frame.ts'
import type { Listener, Tape, TapeContext } from './listener.ts'
import { createPacer, type Pacer } from './pacer.ts'
import { nameOf } from '../transactions.ts'

export { type GeneratedTapeOptions, generatedTape } from './generated-tape.ts'
export {
  type History,
  type Listener,
  severalHistories,
  type StandingRecord,
  type Tape,
  type TapeContext,
  type TapeStats,
} from './listener.ts'

export type CapturedTapeOptions = {
  /** Frames a second; by default as fast as the listeners take them. */
  readonly rate?: number
  /** Starts over at the end. Default false. */
  readonly loop?: boolean
}

type Frame = { readonly text: string; readonly records: number; readonly at: number }

/** The frames of one transaction and key, in file order, and how far they were played. */
type Track = {
  readonly tr: string
  readonly key: string
  readonly frames: Frame[]
  next: number
  readonly listeners: Listener[]
}

/**
 * Plays the lines of a capture, one frame a line, byte for byte. A session that registers a key is sent every
 * frame of it, in file order, at any time: nothing is lost because a client registers its keys one after
 * another. A key that was released continues where it was. A tape that has ended starts over when a session
 * comes after all have left.
 */
export function capturedTape(lines: readonly string[], options: CapturedTapeOptions = {}): Tape {
  const { rate = Number.POSITIVE_INFINITY, loop = false } = options
  if (!(rate > 0)) throw new RangeError(`rate ${rate}: expected more than 0 frames a second`)
  const { tracks, skippedLines } = sort(lines)
  let context: TapeContext
  let pacer: Pacer | undefined
  let active: Track[] = []
  let ended = false
  let frames = 0
  let records = 0

  /** The track whose next frame comes first in the file. */
  function nextTrack(): Track | undefined {
    let first: Track | undefined
    let firstAt = Number.POSITIVE_INFINITY
    for (const track of active) {
      const at = track.frames[track.next]?.at ?? Number.POSITIVE_INFINITY
      if (at < firstAt) {
        first = track
        firstAt = at
      }
    }
    return first
  }

  function rewind(): void {
    for (const track of tracks.values()) track.next = 0
  }

  function end(): void {
    ended = true
    pacer?.rest()
    context.log(`the tape has ended: ${frames} frames were sent`)
  }

  function play(due: number): number {
    let played = 0
    while (played < due) {
      let track = nextTrack()
      if (track === undefined && loop) {
        for (const finished of active) finished.next = 0
        track = nextTrack()
      }
      const frame = track?.frames[track.next]
      if (track === undefined || frame === undefined) {
        end()
        return played
      }
      track.next++
      played++
      frames += track.listeners.length
      records += track.listeners.length * frame.records
      context.history?.add(track.tr, track.key, frame.text, context.clock.now())
      const taken = track.listeners.map(listener => listener.emit(frame.text))
      // Without a rate of its own the tape is paced by its slowest listener.
      if (rate === Number.POSITIVE_INFINITY && taken.includes(false)) return played
    }
    return played
  }

  return {
    start(given) {
      context = given
      pacer = createPacer({ clock: given.clock, rate, play })
      context.log(`tape: frames of ${tracks.size} registrations, ${skippedLines} lines skipped`)
    },
    add(listener) {
      const track = tracks.get(`${listener.tr} ${listener.key}`)
      if (track === undefined) return context.log(`nothing on the tape for ${nameOf(listener)}`)
      if (ended && active.length === 0) rewind()
      track.listeners.push(listener)
      if (!active.includes(track)) active.push(track)
      ended = false
      pacer?.run()
    },
    remove(listener) {
      for (const { listeners } of active) {
        const at = listeners.indexOf(listener)
        if (at >= 0) listeners.splice(at, 1)
      }
      active = active.filter(({ listeners }) => listeners.length > 0)
      if (active.length === 0) pacer?.rest()
    },
    stop: () => pacer?.rest(),
    stats: () => ({ frames, records, skippedLines, ended }),
  }
}

/**
 * Skips control messages, encrypted notices (that session's key is gone) and malformed lines; empty lines do
 * not count.
 */
function sort(lines: readonly string[]): { tracks: Map<string, Track>; skippedLines: number } {
  const tracks = new Map<string, Track>()
  let skippedLines = 0
  lines.forEach((line, at) => {
    const text = line.replace(/\r?\n?$/, '')
    if (text === '') return
    const envelope = readEnvelope(Buffer.from(text))
    if (typeof envelope === 'string' || envelope.encrypted) {
      skippedLines++
      return
    }
    // What precedes the payload is ASCII, so bytes and characters agree. The first value is the key.
    const tr = text.slice(2, 10)
    const key = text.slice(envelope.payload).split('^', 1)[0] ?? ''
    const name = `${tr} ${key}`
    const track = tracks.get(name) ?? { tr, key, frames: [], next: 0, listeners: [] }
    track.frames.push({ text, records: envelope.count, at })
    tracks.set(name, track)
  })
  return { tracks, skippedLines }
}
