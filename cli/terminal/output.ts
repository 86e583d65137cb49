// Standard output and standard error, as something that never waits: a reader that stalls (a blocking log
// driver, Ctrl-S, `| less`) must not hold up the feed. What it does not take waits up to a bound; beyond
// that, whole lines are dropped and counted.
import { writeSync } from 'node:fs'
import { filter, firstValueFrom, interval, race, type Subscription, timer } from 'rxjs'
import { unblocked } from '../../sinks/file/unblocked.ts'

export type Output = {
  /** Whole lines. */
  write(text: string): void
  /**
   * Whether everything was written: when it is, or can no longer be, or after so long; by default, as long as
   * it takes.
   */
  drained(withinMs?: number): Promise<boolean>
}

export type OutputOptions = {
  readonly mostBytes?: number
  /** The reader takes again what is written; this many writes were dropped before. */
  readonly onDropped?: (count: number) => void
  /**
   * Nothing can be written any more, as `EPIPE` when the reader went away. Once; what comes later goes
   * nowhere.
   */
  readonly onFailure?: (error: NodeJS.ErrnoException) => void
  /** Writes what it can, and throws EAGAIN when that is nothing. */
  readonly writeTo?: (fd: number, bytes: Uint8Array) => number
}

/** Some ten thousand log lines. */
const usualMostBytes = 2 * 1024 * 1024

/** A reader that was too slow is looked at again after this. */
const retryMs = 20

export function openOutput(fd: 1 | 2, options: OutputOptions = {}): Output {
  const { mostBytes = usualMostBytes, onDropped, onFailure, writeTo = writeSync } = options
  let waiting: Buffer[] = []
  let waitingBytes = 0
  let dropped = 0
  let isFailed = false
  let retrying: Subscription | undefined
  let descriptor: number | undefined

  function push(): void {
    while (waiting.length > 0 && !isFailed) {
      const bytes = waiting.length === 1 ? (waiting[0] as Buffer) : Buffer.concat(waiting)
      waiting = [bytes]
      const written = tryWrite(bytes)
      waitingBytes -= written
      if (written < bytes.length) {
        waiting = [bytes.subarray(written)]
        if (written === 0) break
      } else waiting = []
    }
    if (waiting.length === 0) rest()
    else retrying ??= interval(retryMs).subscribe(push)
  }

  function tryWrite(bytes: Uint8Array): number {
    try {
      descriptor ??= unblocked(fd)
      return writeTo(descriptor, bytes)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0
      isFailed = true
      onFailure?.(error as NodeJS.ErrnoException)
      return bytes.length
    }
  }

  function rest(): void {
    retrying?.unsubscribe()
    retrying = undefined
    if (dropped === 0 || isFailed) return
    const count = dropped
    dropped = 0
    onDropped?.(count)
  }

  return {
    write(text) {
      if (isFailed) return
      const bytes = Buffer.from(text)
      if (waiting.length > 0 && waitingBytes + bytes.length > mostBytes) {
        dropped++
        return
      }
      waiting.push(bytes)
      waitingBytes += bytes.length
      if (retrying === undefined) push()
    },
    async drained(withinMs) {
      const isDone = () => waiting.length === 0
      if (!isDone()) {
        const done = interval(retryMs / 4).pipe(filter(isDone))
        await firstValueFrom(withinMs === undefined ? done : race(done, timer(withinMs)))
      }
      return isDone() && !isFailed
    },
  }
}

let errors: Output | undefined
let onErrorsDropped: (count: number) => void = () => {}

/** The one way to standard error for what runs for long. */
export function standardError(): Output {
  // Closed, or its terminal is gone: there is nowhere left to say so.
  errors ??= openOutput(2, { onDropped: count => onErrorsDropped(count) })
  return errors
}

/** Who says that lines were dropped from standard error. */
export function whenErrorsWereDropped(report: (count: number) => void): void {
  onErrorsDropped = report
}

/**
 * By default, a command whose output cannot be written ends: with what it would have ended with when its
 * reader has seen enough (`| head`), otherwise with code 1 and a sentence. Without this, Node ends it with a
 * stack.
 */
export function endWithOutput(command: string, say: (sentence: string) => void): void {
  process.stderr.on('error', () => {})
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit()
    say(unwritable(command, error.message))
    process.exit(1)
  })
}

export function unwritable(command: string, reason: string): string {
  return `kis-stream ${command}: standard output cannot be written: ${reason}`
}
