// The log with fewer repeats: of one message the 1st, the 10th, the 100th entry and so on, each with how many
// were left out. Some troubles happen a thousand times a second.
import { minuteMs } from '../../market/basics/durations.ts'
import { BoundedMap } from '../../market/basics/bounded-map.ts'
import type { Clock } from '../../market/clock.ts'
import type { Logger } from './log.ts'

export type FoldedLogger = Logger & {
  /** Logs how many entries are still left out. */
  flush(): void
}

/** After this much quiet the same trouble is news again. */
const quietMs = minuteMs

/** Messages are few, facts are many. Past this many messages, the one used longest ago is forgotten. */
const mostMessages = 200

type Level = 'info' | 'warn' | 'error'

type Repeats = { readonly level: Level; readonly message: string; count: number; leftOut: number; lastTime: number }

/** Entries with the same level and message are repeats, whatever their facts. Debug is passed on. */
export function foldRepeats(log: Logger, clock: Clock): FoldedLogger {
  const known = new BoundedMap<string, Repeats>(mostMessages, logLeftOut)

  function say(level: Level, facts: object, message: string): void {
    const now = clock.now()
    const repeats = repeatsOf(level, message, now)
    repeats.lastTime = now
    repeats.count++
    if (isPowerOfTen(repeats.count)) {
      log[level](repeats.leftOut === 0 ? facts : { ...facts, leftOut: repeats.leftOut }, message)
      repeats.leftOut = 0
    } else {
      repeats.leftOut++
    }
  }

  function repeatsOf(level: Level, message: string, now: number): Repeats {
    const key = `${level} ${message}`
    const found = known.get(key)
    const isOver = found === undefined || now - found.lastTime >= quietMs || now < found.lastTime
    const repeats = isOver ? { level, message, count: 0, leftOut: found?.leftOut ?? 0, lastTime: now } : found
    known.set(key, repeats)
    return repeats
  }

  function logLeftOut({ level, message, leftOut }: Repeats): void {
    if (leftOut > 0) log[level]({ leftOut }, message)
  }

  return {
    debug: (facts, message) => log.debug(facts, message),
    info: (facts, message) => say('info', facts, message),
    warn: (facts, message) => say('warn', facts, message),
    error: (facts, message) => say('error', facts, message),
    flush() {
      for (const repeats of known) logLeftOut(repeats)
      known.clear()
    },
  }
}

function isPowerOfTen(value: number): boolean {
  return Number.isInteger(Math.log10(value))
}
