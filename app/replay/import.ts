// Text captures as recordings: one frame a line, with or without its time of receipt. A readable line is
// recorded as a feed records it. An unreadable one is kept as it is, reported with its line number, and comes
// out of a replay as `malformed`.
import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { privateFolder } from '../../system/kept-file.ts'
import { dayMs } from '../../market/basics/durations.ts'
import { frameText, isControl, transactionAt, transactionLength } from '../../kis/wire/frame.ts'
import { createRedaction } from '../../kis/redaction.ts'
import { type OptionNames, unknownOptions } from '../../market/basics/did-you-mean.ts'
import type { Malformed, MarketEvent } from '../../market/events.ts'
import { type Market, marketOf } from '../../market/instrument.ts'
import { koreanDate } from '../../market/calendar/korea-time.ts'
import { type CaptureLine, readCaptureLine } from '../../recording/read/capture-line.ts'
import { createOfflineWriter } from '../../recording/write/offline-writer.ts'
import { createLineDecoder, tooLong } from './text-decoder.ts'

export type ImportOptions = {
  /** The capture: lines of text without their ends. One is not read before the last one was dealt with. */
  readonly lines: AsyncIterable<Uint8Array>
  /**
   * The folder of the recording, made where there is none. A trading date that is there already is not
   * touched: the import is refused.
   */
  readonly output: string
  /** The Korean date of the first line, written 20260608, for captures whose lines do not have it. */
  readonly date?: number
  /** Called for a line that is no frame of KIS's, the first line being 1. */
  readonly onMalformed?: (line: number, reason: string) => void
}

export type Imported = {
  readonly lines: number
  readonly frames: number
  /** Answers and heartbeats, which a recording keeps as what they meant. */
  readonly answers: number
  readonly malformed: number
  /** Trading dates, as the folders are named. */
  readonly dates: readonly string[]
}

const optionNames = Object.keys({
  lines: true,
  output: true,
  date: true,
  onMalformed: true,
} satisfies OptionNames<ImportOptions>)

const noonMs = dayMs / 2

/** Rejects, in a sentence, when a time is missing or a date is there already; then nothing was written. */
export async function importCapture(options: ImportOptions): Promise<Imported> {
  const { lines, output, date, onMalformed } = options
  const problems = unknownOptions(options, optionNames)
  if (date !== undefined && Number.isNaN(koreanDate(date))) problems.push(`date ${date}: expected one as 20260608`)
  if (problems.length > 0) throw new TypeError(problems.join('\n'))
  mkdirSync(output, privateFolder)
  const work = join(output, `.import-${randomUUID()}`)
  mkdirSync(work, { mode: privateFolder.mode })
  const counts = { lines: 0, frames: 0, answers: 0, malformed: 0 }
  const writer = createOfflineWriter(work)
  const redaction = createRedaction()
  try {
    const decode = createLineDecoder([])
    const times = lineTimes(date)
    let market: Market = 'KR'
    for await (const line of lines) {
      counts.lines++
      if (line.length === 0) continue
      const { frame, time } = readCaptureLine(line)
      const guess = times.guess(time, counts.lines)
      const long = tooLong(line, guess ?? 0)
      const events = long === undefined ? decode(frame, guess ?? 0) : [long]
      const malformed = events.find(event => event.type === 'malformed')
      const receivedTime = times.of(time, guess, events, counts.lines)
      market = marketAmong(events, frame) ?? market
      if (malformed !== undefined) {
        counts.malformed++
        onMalformed?.(counts.lines, malformed.reason)
      }
      if (isControl(frame) && malformed === undefined) {
        counts.answers++
        for (const event of events) writer.marker({ ...event, receivedTime }, market)
      } else {
        if (malformed === undefined) counts.frames++
        writer.frame({
          line: market,
          market,
          bytes: redaction.frame(long === undefined ? frame : stubOf(long)),
          receivedTime,
        })
      }
    }
    await writer.close()
    const dates = readdirSync(work).sort()
    const there = dates.filter(name => existsSync(join(output, name)))
    if (there.length > 0) {
      throw new Error(
        `${output} has a recording of ${there.join(', ')} already; importing into it would mix the two. Choose another folder`,
      )
    }
    for (const name of dates) renameSync(join(work, name), join(output, name))
    return { ...counts, dates }
  } finally {
    writer.abandon()
    rmSync(work, { recursive: true, force: true })
  }
}

/** A line that is too long is recorded as its beginning, after words that make a replay report it too. */
function stubOf({ reason, raw }: Malformed): Uint8Array {
  return Buffer.from(`${reason}: ${raw}`)
}

/** When each line came. */
function lineTimes(date: number | undefined) {
  let midnight = date === undefined ? undefined : koreanDate(date)
  let last: number | undefined

  /** The time of a line, or one near enough to read times of day by; undefined while no date is known. */
  function guess(time: CaptureLine['time'], line: number): number | undefined {
    if (time === undefined) return last ?? (midnight === undefined ? undefined : midnight + noonMs)
    if ('at' in time) return time.at
    if (midnight === undefined) {
      throw new Error(`line ${line} has a time of day and no date: give its Korean date, as --date 2026-06-08`)
    }
    // A night goes on past midnight; a clock that was put back by a little does not.
    if (last !== undefined && midnight + time.timeOfDay < last - noonMs) midnight += dayMs
    return midnight + time.timeOfDay
  }

  /** A line without a time gets that of its data, or the previous line's if that is later. */
  function of(
    time: CaptureLine['time'],
    guessed: number | undefined,
    events: readonly MarketEvent[],
    line: number,
  ): number {
    if (time !== undefined && guessed !== undefined) {
      last = guessed
      return guessed
    }
    const happened = events.flatMap(event => eventTimeOf(event, guessed !== undefined) ?? [])
    const latest = happened.length > 0 ? Math.max(...happened) : guessed
    if (latest === undefined) throw new Error(`line ${line} has no time: give its Korean date, as --date 2026-06-08`)
    last = Math.max(last ?? latest, latest)
    return last
  }

  return { guess, of }
}

/** Order books have a time and no date: without a known date only trades have a full time. */
function eventTimeOf(event: MarketEvent, isDateKnown: boolean): number | null {
  if (event.type === 'trade') return event.businessDate === null && !isDateKnown ? null : event.eventTime
  return event.type === 'order-book' && isDateKnown ? event.eventTime : null
}

/** By an instrument, else by the transaction: all overseas ones begin with `HDF`. */
function marketAmong(events: readonly MarketEvent[], frame: Uint8Array): Market | undefined {
  for (const event of events) if ('instrument' in event && event.instrument) return marketOf(event.instrument)
  const tr = frameText(frame.subarray(transactionAt, transactionAt + transactionLength))
  if (/^HDF[A-Z0-9]{5}$/.test(tr)) return 'US'
  return /^H[A-Z0-9]{7}$/.test(tr) ? 'KR' : undefined
}
