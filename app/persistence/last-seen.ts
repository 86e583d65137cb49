// How far each instrument's volume was followed, in a file, so that a restarted feed can report what it
// missed meanwhile. Nothing else depends on the file: a problem with it is logged, and the feed goes on.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { replaceFile } from '../../system/kept-file.ts'
import { createOutage } from '../../market/basics/outage.ts'
import { asyncScheduler, exhaustMap, interval, type SchedulerLike, type Subscription } from 'rxjs'
import { z } from 'zod'
import type { Result } from '../../market/basics/result.ts'
import { type Instrument, parseInstrument } from '../../market/instrument.ts'
import {
  type ContinuityMemory,
  restoreStates,
  type SavedState,
  savedState,
  savedStates,
} from '../../streams/continuity/memory.ts'
import { openSinceFile } from './last-seen-since.ts'
import type { Logger } from '../observe/log.ts'

export type LastSeenOptions = {
  /** Made when it is not there. Belongs to one process: two would overwrite each other's file. */
  readonly folder: string
  /** Where the data comes from. The paper server, a simulator and the paid feed count other volumes. */
  readonly source: string
  readonly memory: ContinuityMemory
  readonly log: Logger
  /** False once the folder is another process's: nothing is written into it any more. */
  readonly mayWrite?: () => boolean
  /** Called when instruments of the file are left out because there are too many, with how many stay. */
  readonly onForgotten?: (most: number) => void
  /** 1 s. A process that is killed knows nothing of what it delivered since, and will call it missing. */
  readonly everyMs?: number
  readonly scheduler?: SchedulerLike
}

export type LastSeen = {
  /** Reads the file into the memory, and begins to write what changes. */
  start(): void
  /** Writes down what was seen of one instrument, at once. For a repair, before it is delivered. */
  settled(instrument: Instrument): void
  /** Writes once more. Resolves when everything is on disk, or could not be written. */
  stop(): Promise<void>
}

export const lastSeenFile = 'last-seen.json'
export const sinceFile = 'last-seen-since.ndjson'

/** How many instruments the file keeps, subscribed or not: those that traded last. */
const mostKept = 1_000

const format = 1
const volume = z.number().min(0)
const time = z.number().nullable()
const missingRange = z
  .object({ fromVolume: volume, toVolume: volume, from: time, to: time, isGap: z.boolean() })
  .refine(({ fromVolume, toVolume }) => fromVolume < toVolume)
/** What a count looks like in a file. */
export const savedCount = z.object({
  businessDate: z.int(),
  volume,
  value: z.number().nullable(),
  eventTime: time,
  holes: z.array(missingRange),
  givenUpTo: volume.optional(),
})
const savedCounts = z.array(savedCount).min(1).max(2)
/** `saves`: how often it was written, in all processes. */
const content = z.object({
  format: z.literal(format),
  source: z.string(),
  saves: z.int().min(0).default(0),
  instruments: z.record(z.string(), savedCounts),
})
/** `after`: the save it follows. One that follows an older save is in the file already. */
const sinceContent = z.object({ after: z.int(), source: z.string(), instrument: z.string(), counts: savedCounts })

export function keepLastSeen(options: LastSeenOptions): LastSeen {
  const {
    folder,
    source,
    memory,
    log,
    mayWrite = () => true,
    onForgotten,
    everyMs = 1_000,
    scheduler = asyncScheduler,
  } = options
  const file = join(folder, lastSeenFile)
  const since = openSinceFile(join(folder, sinceFile))
  let saves = 0
  let written = memory.changes
  const outage = createOutage()
  let writing: Promise<void> = Promise.resolve()
  let saving: Subscription | undefined

  function read(): void {
    const text = textOf(file)
    const saved: Result<Saved> =
      text === undefined
        ? { value: { source, saves: 0, states: [] } }
        : typeof text === 'string'
          ? parse(text)
          : { problem: text.message }
    if ('problem' in saved) {
      log.warn({ file, problem: saved.problem }, 'what was last seen cannot be read; starting afresh')
    } else if (saved.value.source !== source) {
      log.info({ file }, 'what was last seen came from elsewhere; starting afresh')
    } else {
      saves = saved.value.saves
      restoreStates(memory, saved.value.states.slice(-mostKept))
      if (saved.value.states.length > mostKept) onForgotten?.(mostKept)
      return readSince(saves)
    }
    readSince(Number.POSITIVE_INFINITY)
  }

  /** What was written down behind the save `from` or a later one; what is of no use is cleared away. */
  function readSince(from: number): void {
    try {
      const found = since.read()
      const entries = found.map(parseSince)
      const unreadable = entries.filter(entry => entry === undefined).length
      if (unreadable > 0) log.warn({ folder, unreadable }, 'a repair that was written down cannot be read')
      const ours = entries
        .filter(entry => entry !== undefined)
        .filter(entry => entry.source === source && entry.after >= from)
      restoreStates(memory, ours)
      if (ours.length === 0) since.clear(found.length)
    } catch (error) {
      log.warn({ folder, problem: String(error) }, 'what was repaired last cannot be read; it may be repaired again')
    }
  }

  async function write(): Promise<void> {
    const { changes } = memory
    if (changes === written || !mayWrite()) return
    saves++
    const within = since.size()
    const instruments = Object.fromEntries(savedStates(memory).map(({ instrument, counts }) => [instrument, counts]))
    try {
      await replaceFile(file, JSON.stringify({ format, source, saves, instruments }))
      since.clear(within)
      written = changes
      outage.over()
    } catch (error) {
      outage.failed(() => log.warn({ file, problem: String(error) }, 'what was last seen cannot be written; trying on'))
    }
  }

  return {
    start() {
      if (saving !== undefined) return
      read()
      saving = interval(everyMs, scheduler)
        .pipe(exhaustMap(() => (writing = write())))
        .subscribe()
    },
    settled(instrument) {
      const saved = savedState(memory, instrument)
      if (saving === undefined || saved === undefined || !mayWrite()) return
      try {
        since.append(JSON.stringify({ after: saves, source, ...saved }))
      } catch (error) {
        log.warn({ file, problem: String(error) }, 'a repair cannot be written down; a restart may deliver it again')
      }
    },
    async stop() {
      if (saving === undefined) return
      saving.unsubscribe()
      await writing
      await write()
    },
  }
}

/** The content of a file, undefined when there is none, or why it cannot be had. */
function textOf(file: string): string | Error | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return code === 'ENOENT' ? undefined : (error as Error)
  }
}

type Saved = { readonly source: string; readonly saves: number; readonly states: readonly SavedState[] }

function parse(text: string): Result<Saved> {
  let given: unknown
  try {
    given = JSON.parse(text)
  } catch (error) {
    return { problem: (error as Error).message }
  }
  const parsed = content.safeParse(given)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    return { problem: `${issue?.path.join('.')}: ${issue?.message}` }
  }
  const states: SavedState[] = []
  for (const [name, counts] of Object.entries(parsed.data.instruments)) {
    const named = parseInstrument(name)
    if ('problem' in named) return named
    states.push({ instrument: named.value, counts })
  }
  states.sort((a, b) => lastTime(a) - lastTime(b))
  return { value: { source: parsed.data.source, saves: parsed.data.saves, states } }
}

function parseSince(text: string): (SavedState & { source: string; after: number }) | undefined {
  try {
    const { instrument: name, ...rest } = sinceContent.parse(JSON.parse(text))
    const named = parseInstrument(name)
    return 'problem' in named ? undefined : { ...rest, instrument: named.value }
  } catch {
    return undefined
  }
}

function lastTime({ counts }: SavedState): number {
  return counts[0]?.eventTime ?? 0
}
