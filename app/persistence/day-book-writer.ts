// Writes the day book: the volume received in each minute and the outcome of gaps, appended to one file a
// business date. A process that is killed loses its last seconds; one that cannot write logs that and keeps
// its entries for later.
import { appendFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { privateFile, privateFolder } from '../../system/kept-file.ts'
import { createOutage } from '../../market/basics/outage.ts'
import { asyncScheduler, exhaustMap, interval, type SchedulerLike, type Subscription } from 'rxjs'
import { type DayBookEntry, dayBookFile, dayBookFolder } from '../../market/day-book.ts'
import type { MarketEvent } from '../../market/events.ts'
import { createReceivedVolume } from '../../streams/continuity/received-volume.ts'
import type { Logger } from '../observe/log.ts'

export type DayBookOptions = {
  readonly folder: string
  readonly log: Logger
  /** False once the folder is another process's: nothing is written into it any more. */
  readonly mayWrite?: () => boolean
  /** 10 s. What a killed process received since counts as not received in the certificate. */
  readonly everyMs?: number
  readonly scheduler?: SchedulerLike
}

export type DayBookKeeper = {
  /** Every event, as it passes. */
  note(event: MarketEvent): void
  start(): void
  /** Writes once more. Resolves when everything is on disk, or could not be written. */
  stop(): Promise<void>
}

/** A full disk must not fill the memory as well: of what waits beyond this, the oldest goes. */
const mostWaiting = 100_000

export function keepDayBook({
  folder,
  log,
  mayWrite = () => true,
  everyMs = 10_000,
  scheduler = asyncScheduler,
}: DayBookOptions): DayBookKeeper {
  const path = join(folder, dayBookFolder)
  const received = createReceivedVolume()
  let waiting: DayBookEntry[] = []
  const outage = createOutage()
  /** Entries that were given up since it could last be written. */
  let lost = 0
  let writing: Promise<void> = Promise.resolve()
  let saving: Subscription | undefined

  async function write(): Promise<void> {
    const { minutes, first, lost: crowdedOut } = received.take()
    if (crowdedOut > 0) lose(crowdedOut)
    const begun = first.map(entry => ({ type: 'begin' as const, ...entry }))
    const counted = minutes.map(entry => ({ type: 'minute' as const, ...entry }))
    const entries = [...waiting, ...begun, ...counted]
    waiting = []
    if (entries.length === 0 || !mayWrite()) return
    try {
      await mkdir(path, privateFolder)
      while (entries.length > 0) await append(entries)
      outage.over()
      if (lost > 0)
        log.error({ folder: path, lost }, 'the day book is written again; the certificate lacks what was lost')
      lost = 0
    } catch (error) {
      outage.failed(() =>
        log.warn({ folder: path, problem: String(error) }, 'the day book cannot be written; trying on'),
      )
      keepWaiting([...entries, ...waiting])
    }
  }

  function keepWaiting(entries: DayBookEntry[]): void {
    waiting = entries.slice(-mostWaiting)
    const surplus = entries.length - waiting.length
    if (surplus === 0) return
    lose(surplus)
  }

  function lose(count: number): void {
    if (lost === 0) log.error({ folder: path, most: mostWaiting }, 'the day book loses entries: too many wait')
    lost += count
  }

  /** The entries of one date go out, and out of the list, together: none is written twice. */
  async function append(entries: DayBookEntry[]): Promise<void> {
    const date = entries[0]?.businessDate ?? 0
    const own = entries.filter(({ businessDate }) => businessDate === date)
    const text = own.map(entry => `${JSON.stringify(entry)}\n`).join('')
    await appendFile(join(path, dayBookFile(date)), text, privateFile)
    entries.splice(0, entries.length, ...entries.filter(({ businessDate }) => businessDate !== date))
  }

  return {
    note(event) {
      switch (event.type) {
        case 'trade':
          return received.note(event)
        case 'gap':
        case 'gap-filled':
        case 'backfill':
        case 'gap-verdict':
        case 'resync':
          if (waiting.length < mostWaiting) waiting.push(event)
          else lose(1)
      }
    },
    start() {
      saving ??= interval(everyMs, scheduler)
        .pipe(exhaustMap(() => (writing = write())))
        .subscribe()
    },
    async stop() {
      if (saving === undefined) return
      saving.unsubscribe()
      await writing
      await write()
    },
  }
}
