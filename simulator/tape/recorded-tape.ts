// A recorded day, served again: every frame goes to the sessions that registered its transaction and key, at
// the pace of the recording, or another one. The day begins when the first client registers, and then runs by
// the clock.
import { frameText, readEnvelope, transactionAt, transactionLength } from '../../kis/wire/frame.ts'
import type { Entry, RecordedFrame } from '../../recording/format/entry.ts'
import type { RecordingReader } from '../../recording/read/reader.ts'
import { folderOf } from '../../recording/format/segment.ts'
import type { Listener, Tape, TapeContext } from './listener.ts'
import { isNotice, nameOf } from '../transactions.ts'

export type RecordedTapeOptions = {
  /** The trading date, written 20260914. */
  readonly date: number
  /**
   * Epoch milliseconds: begins here. Earlier data is available over REST. Default: at the date's first frame.
   */
  readonly from?: number
  /** 1, as it came; 10, ten times as fast; Infinity, as fast as the listeners take it. Default 1. */
  readonly speed?: number
}

/** Short enough to look continuous, long enough to batch at high rates. */
const tickMs = 10
/** A tick with this much to play leaves the rest to the next one, so that other work is not held up. */
const mostInTick = 2_000

type Addressed = { readonly tr: string; readonly key: string; readonly records: number }

export function recordedTape(recording: RecordingReader, options: RecordedTapeOptions): Tape {
  const { date, from = Number.NEGATIVE_INFINITY, speed = 1 } = options
  if (!(speed > 0)) throw new RangeError(`speed ${speed}: expected more than 0`)
  const listeners = new Map<string, Listener[]>()
  let context: TapeContext
  let ticking: NodeJS.Timeout | undefined
  let source: AsyncGenerator<readonly Entry[], void, void> | undefined
  let batch: readonly Entry[] = []
  let next = 0
  let isFetching = false
  /** The first frame that is played, and when it was. */
  let began: { readonly came: number; readonly at: number } | undefined
  let ended = false
  let frames = 0
  let records = 0
  let skippedLines = 0

  function begin(): void {
    // Without a history the past need not be read.
    const start = context.history === undefined && from !== Number.NEGATIVE_INFINITY ? { from } : {}
    source = recording.read({ date, ...start })
    batch = []
    next = 0
    began = undefined
    ended = false
    ticking ??= setInterval(tick, tickMs)
  }

  function fetch(): void {
    if (isFetching || source === undefined) return
    isFetching = true
    source.next().then(
      ({ done, value }) => {
        isFetching = false
        if (done === true) return end('the recorded day is over')
        batch = value
        next = 0
      },
      (error: unknown) => {
        isFetching = false
        end(`the recording cannot be read: ${String(error)}`)
      },
    )
  }

  function end(reason: string): void {
    ended = true
    clearInterval(ticking)
    ticking = undefined
    context.log(`${reason}: ${frames} frames were sent`)
  }

  function tick(): void {
    for (let played = 0; played < mostInTick; next++) {
      const entry = batch[next]
      if (entry === undefined) return fetch()
      if (entry.kind !== 'frame') continue
      if (entry.receivedTime < from) {
        addToHistory(entry)
        continue
      }
      const now = context.clock.now()
      began ??= { came: entry.receivedTime, at: now }
      if (entry.receivedTime > began.came + (now - began.at) * speed) return
      played++
      // At full speed the slowest listener sets the pace.
      if (!play(entry) && speed === Number.POSITIVE_INFINITY) return void next++
    }
  }

  /** False when a session is behind. */
  function play(frame: RecordedFrame): boolean {
    const to = addresseeOf(frame.bytes)
    if (to === undefined) {
      skippedLines++
      return true
    }
    const listening = listeners.get(`${to.tr} ${to.key}`)
    if (listening === undefined && context.history === undefined) return true
    const text = frameText(frame.bytes)
    context.history?.add(to.tr, to.key, text, frame.receivedTime)
    let isTaken = true
    for (const listener of listening ?? []) {
      isTaken = listener.emit(text) && isTaken
      frames++
      records += to.records
    }
    return isTaken
  }

  function addToHistory({ bytes, receivedTime }: RecordedFrame): void {
    const to = addresseeOf(bytes)
    if (to !== undefined) context.history?.add(to.tr, to.key, frameText(bytes), receivedTime)
  }

  return {
    start(given) {
      context = given
      context.log(`tape: the recording of ${folderOf(date)} in ${recording.folder}`)
    },
    add(listener) {
      const name = `${listener.tr} ${listener.key}`
      listeners.set(name, [...(listeners.get(name) ?? []), listener])
      if (source === undefined || (ended && listeners.size === 1)) begin()
    },
    remove(listener) {
      const name = `${listener.tr} ${listener.key}`
      const others = (listeners.get(name) ?? []).filter(other => other !== listener)
      if (others.length > 0) listeners.set(name, others)
      else if (listeners.delete(name)) context.log(`no session listens to ${nameOf(listener)} any more`)
    },
    stop() {
      clearInterval(ticking)
      ticking = undefined
      void source?.return()
    },
    stats: () => ({ frames, records, skippedLines, ended }),
  }
}

/** When the first frame of a date came; undefined when there is none. */
export async function firstFrameOf(recording: RecordingReader, date: number): Promise<number | undefined> {
  for await (const batch of recording.read({ date })) {
    const frame = batch.find(({ kind }) => kind === 'frame')
    if (frame !== undefined) return frame.receivedTime
  }
  return undefined
}

/**
 * The registration of a frame: its first value is the key. None for notices, whose sessions have ended, and
 * for malformed input.
 */
function addresseeOf(frame: Uint8Array): Addressed | undefined {
  const envelope = readEnvelope(frame)
  if (typeof envelope === 'string' || envelope.encrypted) return undefined
  const tr = frameText(frame.subarray(transactionAt, transactionAt + transactionLength))
  if (isNotice(tr)) return undefined
  const end = frame.indexOf(94, envelope.payload)
  const key = frameText(frame.subarray(envelope.payload, end < 0 ? frame.length : end))
  return { tr, key, records: envelope.count }
}
