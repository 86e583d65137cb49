// Reads what was received on a business date, as app/persistence/day-book-writer.ts wrote it, and adds it up
// by instrument. A line that cannot be read is counted and left out: the certificate says so.
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { minuteMs } from '../../market/basics/durations.ts'
import { dayBookFile, dayBookFolder } from '../../market/day-book.ts'
import type { GapPart, GapVerdict } from '../../market/events.ts'
import type { VolumeSpan } from '../../market/gap-finding.ts'
import { type Instrument, parseInstrument } from '../../market/instrument.ts'

export type ReceivedMinuteTotals = {
  trades: number
  volume: number
  /** Of backfills. */
  repairedTrades: number
  repairedVolume: number
}

export type InstrumentDay = {
  readonly instrument: Instrument
  /** When counting began, and what was traded on the date before. Undefined when the book does not say. */
  begin: { readonly eventTime: number; readonly volumeBefore: number } | undefined
  /** By the minute's begin. */
  readonly minutes: Map<number, ReceivedMinuteTotals>
  /** By what they say is missing: when a verdict came, and which. */
  readonly gaps: Map<string, GapVerdict['verdict'] | undefined>
  /** Volume of gaps, all of it; of it what came late, and what was explained. */
  gapVolume: number
  lateVolume: number
  explainedVolume: number
  /** What of the gaps is missing still. Lowest first. */
  missing: GapPart[]
  /** How often it was not known whether anything was missing. */
  resyncs: number
}

export type DayBook = { readonly instruments: readonly InstrumentDay[]; readonly unreadableLines: number }

const time = z.number().nullable()
const span = { fromVolume: z.number(), toVolume: z.number() }
const part = z.object({ ...span, from: time, to: time })
const trade = z.object({ volume: z.number(), eventTime: z.number() })
const common = { instrument: z.string(), businessDate: z.number() }
const entry = z.discriminatedUnion('type', [
  z.object({ type: z.literal('minute'), ...common, startTime: z.number(), trades: z.number(), volume: z.number() }),
  z.object({ type: z.literal('begin'), ...common, eventTime: z.number(), volumeBefore: z.number() }),
  z.object({ type: z.literal('gap'), ...common, ...part.shape }),
  z.object({ type: z.literal('gap-filled'), ...common, ...span, filledVolume: z.number() }),
  z.object({ type: z.literal('backfill'), ...common, ...span, trades: z.array(trade) }),
  z.object({
    type: z.literal('gap-verdict'),
    ...common,
    ...span,
    verdict: z.enum(['repaired', 'explained', 'unfillable']),
    explainedVolume: z.number(),
    unknown: z.array(part),
  }),
  z.object({ type: z.literal('resync'), ...common }),
])
type Entry = z.output<typeof entry>

/** Undefined when there is no book of the date. */
export async function readDayBook(folder: string, businessDate: number): Promise<DayBook | undefined> {
  const days = new Map<string, InstrumentDay>()
  let unreadableLines = 0
  try {
    const file = createReadStream(join(folder, dayBookFolder, dayBookFile(businessDate)), 'utf8')
    for await (const line of createInterface({ input: file, crlfDelay: Number.POSITIVE_INFINITY })) {
      if (line === '') continue
      const found = readLine(line)
      const day = found === undefined ? undefined : dayOf(days, found.instrument)
      if (found === undefined || day === undefined) unreadableLines++
      else addTo(day, found)
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  const instruments = [...days.values()].sort((a, b) => (a.instrument < b.instrument ? -1 : 1))
  return { instruments, unreadableLines }
}

function readLine(line: string): Entry | undefined {
  try {
    return entry.safeParse(JSON.parse(line)).data
  } catch {
    return undefined // the last line of a process that was killed
  }
}

function dayOf(days: Map<string, InstrumentDay>, name: string): InstrumentDay | undefined {
  const known = days.get(name)
  if (known !== undefined) return known
  const parsed = parseInstrument(name)
  if ('problem' in parsed) return undefined
  const instrument = parsed.value
  const volumes = { gapVolume: 0, lateVolume: 0, explainedVolume: 0 }
  const day = { instrument, begin: undefined, minutes: new Map(), gaps: new Map(), ...volumes, missing: [], resyncs: 0 }
  days.set(name, day)
  return day
}

function addTo(day: InstrumentDay, found: Entry): void {
  switch (found.type) {
    case 'minute': {
      const minute = minuteOf(day, found.startTime)
      minute.trades += found.trades
      minute.volume += found.volume
      return
    }
    case 'begin':
      if (day.begin === undefined || found.eventTime < day.begin.eventTime) day.begin = found
      return
    case 'gap':
      day.gaps.set(nameOf(found), undefined)
      day.gapVolume += found.toVolume - found.fromVolume
      day.missing = including(day.missing, found)
      return
    case 'gap-filled':
      day.lateVolume += found.filledVolume
      day.missing = without(day.missing, found)
      return
    case 'backfill':
      for (const { eventTime, volume } of found.trades) {
        const minute = minuteOf(day, eventTime)
        minute.repairedTrades++
        minute.repairedVolume += volume
      }
      day.missing = without(day.missing, found)
      return
    case 'gap-verdict':
      day.gaps.set(nameOf(found), found.verdict)
      day.explainedVolume += found.explainedVolume
      // What it does not call unknown came, or was never published as a trade.
      day.missing = found.unknown.reduce(including, without(day.missing, found))
      return
    case 'resync':
      day.resyncs++
  }
}

function nameOf({ fromVolume, toVolume }: VolumeSpan): string {
  return `${fromVolume} ${toVolume}`
}

function minuteOf(day: InstrumentDay, eventTime: number): ReceivedMinuteTotals {
  const startTime = Math.floor(eventTime / minuteMs) * minuteMs
  let minute = day.minutes.get(startTime)
  if (minute === undefined) {
    minute = { trades: 0, volume: 0, repairedTrades: 0, repairedVolume: 0 }
    day.minutes.set(startTime, minute)
  }
  return minute
}

/** What is left of `parts` without [fromVolume, toVolume). Lowest first, as they came. */
function without(parts: readonly GapPart[], { fromVolume, toVolume }: VolumeSpan): GapPart[] {
  return parts.flatMap(part =>
    [
      { ...part, toVolume: Math.min(part.toVolume, fromVolume) },
      { ...part, fromVolume: Math.max(part.fromVolume, toVolume) },
    ].filter(rest => rest.fromVolume < rest.toVolume),
  )
}

/** With a part that none of the others overlaps afterwards. */
function including(parts: readonly GapPart[], added: GapPart): GapPart[] {
  return [...without(parts, added), added].sort((a, b) => a.fromVolume - b.fromVolume)
}
