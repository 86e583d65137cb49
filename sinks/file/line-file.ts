// Where lines go: to an open descriptor, to one file, or to files in a folder, one for each day and so many
// bytes. It only writes: the caller passes whole lines. What cannot be written throws, and may be tried
// again.
import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  type Stats,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { type OptionNames, unknownOptions } from '../../market/basics/did-you-mean.ts'
import { dateDigits } from '../../market/calendar/korea-time.ts'
import { unblocked } from './unblocked.ts'

/** Files in a folder: `events-2026-11-20.ndjson`, and `events-2026-11-20.1.ndjson` when that one is full. */
export type FileTurns = {
  /** Is made where there is none. */
  readonly folder: string
  /** What the names of the files begin with. `events` by default. */
  readonly name?: string
  /**
   * Begins another file at this many bytes; no limit by default. A file never ends within a line, so it may
   * be longer by one.
   */
  readonly maxBytes?: number
  /** Older files of this name are deleted beyond this many. All are kept by default. */
  readonly keepFiles?: number
}

export interface LineFile {
  /**
   * Writes whole lines of events of one time. Throws a WriteFailure: what is left then, and only that, can be
   * tried again.
   */
  write(lines: Uint8Array, time: number): void
  /** Whether lines of these two times may go into one file. */
  isSame(time: number, other: number): boolean
  close(): void
}

/** `message` is that of the file system. */
export class WriteFailure extends Error {
  override readonly name = 'WriteFailure'
  /** Bytes that were written all the same. */
  readonly written: number

  constructor(cause: unknown, written: number) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.written = written
  }
}

/**
 * A full pipe is tried again after this. Meanwhile the ring fills, which is where events are dropped and
 * counted.
 */
const retryMs = 2

const newline = 10
const bed = new Int32Array(new SharedArrayBuffer(4))

export function openLineFile(to: number | string | FileTurns, onFinished: (file: string) => void): LineFile {
  if (typeof to === 'object') return openTurns(to, onFinished)
  const fd = typeof to === 'number' ? unblocked(to) : openToAppend(to)
  return {
    write: lines => writeAll(fd, lines),
    isSame: () => true,
    close: () => {
      if (fd !== to) closeSync(fd)
    },
  }
}

const turnNames = Object.keys({
  folder: true,
  name: true,
  maxBytes: true,
  keepFiles: true,
} satisfies OptionNames<FileTurns>)

export function problemWithTurns(turns: FileTurns): string | undefined {
  const { name = 'events', maxBytes, keepFiles } = turns
  const [unknown] = unknownOptions(turns, turnNames)
  if (unknown !== undefined) return unknown
  if (!/^[\w-]+$/.test(name)) return `name '${name}': expected letters, digits, '-' or '_'`
  if (maxBytes !== undefined && !(maxBytes >= 1)) return `maxBytes ${maxBytes}: expected 1 or more`
  if (keepFiles !== undefined && !(keepFiles >= 1)) return `keepFiles ${keepFiles}: expected 1 or more`
  return undefined
}

/**
 * Days are Korean, by the time an event was received: one file holds a Korean trading day, and one an
 * American night in two.
 */
function openTurns(turns: FileTurns, onFinished: (file: string) => void): LineFile {
  const { folder, name = 'events', maxBytes = Number.POSITIVE_INFINITY, keepFiles = Number.POSITIVE_INFINITY } = turns
  mkdirSync(folder, { recursive: true })
  let current: { readonly fd: number; readonly date: number; readonly path: string; size: number } | undefined

  function fileFor(date: number): NonNullable<typeof current> {
    if (current !== undefined && current.date === date && current.size < maxBytes) return current
    finish()
    let part = Math.max(0, ...partsOn(date))
    if (sizeOf(pathOf(date, part)) >= maxBytes) part++
    const path = pathOf(date, part)
    const fd = openToAppend(path)
    current = { fd, date, path, size: fstatSync(fd).size }
    deleteOldest()
    return current
  }

  function finish(): void {
    if (current === undefined) return
    closeSync(current.fd)
    onFinished(current.path)
    current = undefined
  }

  function pathOf(date: number, part: number): string {
    const [, year, month, day] = /^(\d{4})(\d\d)(\d\d)$/.exec(String(date)) ?? []
    return join(folder, `${name}-${year}-${month}-${day}${part === 0 ? '' : `.${part}`}.ndjson`)
  }

  /** Every file of this name, the oldest first. */
  function files(): { readonly date: number; readonly part: number }[] {
    const pattern = new RegExp(`^${name}-(\\d{4})-(\\d\\d)-(\\d\\d)(?:\\.(\\d+))?\\.ndjson$`)
    return readdirSync(folder)
      .flatMap(file => {
        const [found, year, month, day, part = '0'] = pattern.exec(file) ?? []
        return found === undefined ? [] : [{ date: Number(`${year}${month}${day}`), part: Number(part) }]
      })
      .sort((a, b) => a.date - b.date || a.part - b.part)
  }

  function partsOn(date: number): number[] {
    return files()
      .filter(file => file.date === date)
      .map(({ part }) => part)
  }

  function deleteOldest(): void {
    const all = files().map(({ date, part }) => pathOf(date, part))
    for (const path of all.slice(0, Math.max(0, all.length - keepFiles))) if (path !== current?.path) unlinkSync(path)
  }

  return {
    write(lines, time) {
      const file = fileFor(dateDigits(time))
      writeAll(file.fd, lines)
      file.size += lines.length
    },
    isSame: (time, other) => dateDigits(time) === dateDigits(other),
    close: finish,
  }
}

function sizeOf(path: string): number {
  const stats: Stats | undefined = statSync(path, { throwIfNoEntry: false })
  return stats?.size ?? 0
}

/** A process that was killed may have left half a line, and what follows must not become its other half. */
function openToAppend(path: string): number {
  const fd = openSync(path, 'a+')
  const stats = fstatSync(fd)
  const last = Buffer.alloc(1)
  if (stats.isFile() && stats.size > 0 && readSync(fd, last, 0, 1, stats.size - 1) === 1 && last[0] !== newline) {
    writeAll(fd, Buffer.of(newline))
  }
  return fd
}

function writeAll(fd: number, bytes: Uint8Array): void {
  let written = 0
  while (written < bytes.length) {
    try {
      written += writeSync(fd, bytes, written)
    } catch (error) {
      if (!isFull(error)) throw new WriteFailure(error, written)
      nap(retryMs)
    }
  }
}

function isFull(error: unknown): boolean {
  return codeOf(error) === 'EAGAIN'
}

/** The reader of a pipe went away, or what was open is not any more: trying again is of no use. */
export function isOver(error: unknown): boolean {
  const code = codeOf(error instanceof WriteFailure ? error.cause : error)
  return code === 'EPIPE' || code === 'EBADF'
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

export function nap(ms: number): void {
  Atomics.wait(bed, 0, 0, ms)
}
