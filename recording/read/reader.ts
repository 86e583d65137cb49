// Reads a folder of recordings: its days, and the entries of any range, without reading what lies before.
// Also reads what is being written at this moment, and what a killed process left behind.
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { didYouMean } from '../../market/basics/did-you-mean.ts'
import { quoted } from '../../market/basics/plain-number.ts'
import type { Entry, Range } from '../format/entry.ts'
import { openToRead, type ReadFile } from './read-file.ts'
import { type BlockPlace, dateOf, folderOf, numberOf, segmentName } from '../format/segment.ts'
import { beginOf, entriesIn, openSegment, readRows, type SegmentView } from './segment-view.ts'

/** A trading date for which something was recorded. */
export type RecordedDay = {
  /** Written 20260914. */
  readonly date: number
  /** In the order in which they were written. */
  readonly segments: readonly string[]
}

export type ReadOptions = Range & {
  /** Called for every block that is read from disk. */
  readonly onBlock?: (segment: string, block: BlockPlace) => void
}

export type RecordingReader = {
  readonly folder: string
  /** Oldest first. Looks at the folder anew each time. */
  days(): readonly RecordedDay[]
  /**
   * The entries of a range in their order, a block at a time, the first one a `begin`. What cannot be read
   * any more is a `lost` entry. The bytes of a frame stay valid.
   */
  read(options?: ReadOptions): AsyncGenerator<readonly Entry[], void, void>
}

/** Blocks that are being read and unpacked while one is in use. */
const blocksAhead = 3

/** Throws, in a sentence, when there is no such folder. */
export function openRecording(folder: string): RecordingReader {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new Error(`no recording at ${folder}: expected a folder that kis-stream record wrote`)
  }

  function days(): RecordedDay[] {
    return readdirSync(folder)
      .flatMap(name => {
        const date = dateOf(name)
        const segments = date === undefined ? [] : segmentsIn(join(folder, name))
        return date === undefined || segments.length === 0 ? [] : [{ date, segments }]
      })
      .sort((a, b) => a.date - b.date)
  }

  async function* read(options: ReadOptions = {}): AsyncGenerator<readonly Entry[], void, void> {
    for (const day of days()) {
      if (options.date !== undefined && day.date !== options.date) continue
      for (const path of day.segments) yield* readSegment(path, options)
    }
  }

  return { folder, days, read }
}

/** More dates than these are named by the first and the last. */
const mostDates = 10

/** Says that a date is not in a recording, and what is. */
export function notRecorded(date: number, recorded: readonly number[], folder: string): string {
  const written: unknown = date
  if (typeof written !== 'number') return `${quoted(written)}: expected a number of eight digits, as 20260914`
  const names = recorded.map(folderOf)
  const there =
    names.length > mostDates
      ? `there are ${names.length} dates from ${names[0]} to ${names.at(-1)}`
      : `there is ${names.join(', ') || 'nothing'}`
  return `${folderOf(date)}: not recorded in ${folder}; ${there}${didYouMean(folderOf(date), names)}`
}

function segmentsIn(folder: string): string[] {
  return readdirSync(folder)
    .flatMap(name => numberOf(name) ?? [])
    .sort((a, b) => a - b)
    .map(number => join(folder, segmentName(number)))
}

async function* readSegment(path: string, options: ReadOptions): AsyncGenerator<readonly Entry[], void, void> {
  const view = await openSegment(path)
  if (view === undefined) return
  const file = await openToRead(path)
  try {
    let hasBegun = false
    for await (const entries of wantedEntries(view, file, options)) {
      if (entries.length === 0) continue
      yield hasBegun || entries[0]?.kind === 'begin' ? entries : [beginOf(view), ...entries]
      hasBegun = true
    }
  } finally {
    await file.close()
  }
}

async function* wantedEntries(view: SegmentView, file: ReadFile, options: ReadOptions): AsyncGenerator<Entry[]> {
  const { from = -Infinity, to = Infinity, instruments, onBlock } = options
  const wanted = view.blocks.filter(
    ({ names, ...block }) =>
      block.to >= from &&
      block.from < to &&
      (instruments === undefined || names === undefined || instruments.some(name => names.has(name))),
  )
  const ahead: Promise<Entry[]>[] = []
  let next = 0

  function start(): void {
    const block = wanted[next++]
    if (block === undefined) return
    onBlock?.(view.path, block)
    const entries = readBlock(file, block)
    // A failure waits until its turn comes.
    entries.catch(() => {})
    ahead.push(entries)
  }

  for (let i = 0; i < blocksAhead; i++) start()
  for (let entries = ahead.shift(); entries !== undefined; entries = ahead.shift()) {
    start()
    yield within(await entries, from, to)
  }
  for (const piece of view.tail) yield within(entriesIn(piece), from, to)
}

async function readBlock(file: ReadFile, block: BlockPlace): Promise<Entry[]> {
  const rows = await readRows(file, block)
  if (rows !== undefined) return entriesIn(rows)
  const { rows: count, from, to: receivedTime } = block
  const reason = 'a damaged block in the recording: its checksum does not fit'
  return [{ kind: 'lost', count, reason, isDamage: true, from, receivedTime }]
}

/** The state at a beginning is left out where entries between it and the range are: it is old by then. */
function within(entries: Entry[], from: number, to: number): Entry[] {
  if (from === -Infinity && to === Infinity) return entries
  return entries.flatMap((entry): Entry[] => {
    const { kind, receivedTime } = entry
    if (kind !== 'begin') return receivedTime >= from && receivedTime < to ? [entry] : []
    const { state: _, ...begin } = entry
    return [receivedTime < from ? begin : entry]
  })
}
