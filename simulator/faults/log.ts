// The log and counts of one fault: a line when it begins, one for each effect, one when it ends. Effects on
// single records are summed up, at most once a second, so that every record is in exactly one line.
import type { WithheldSum } from './faults.ts'
import type { Withheld } from '../truth.ts'
import { nameOf } from '../transactions.ts'

const sumUpMs = 1_000

type Sum = { times: number; volume: number }

export type FaultLog = {
  say(what: string): void
  strike(what: string): void
  tally(verb: string, what: string): void
  withheld(entry: Withheld): void
  /** Writes the sum of what is not logged yet, if that is due. */
  settle(): void
  end(why: string): void
  acted(): number
  sums(): readonly WithheldSum[]
}

export function createFaultLog(name: string, now: () => number, log: (line: string) => void): FaultLog {
  /** Counts by effect and object, since the last line. */
  const unsaid = new Map<string, Sum>()
  const sums = new Map<string, { readonly tr: string; readonly key: string; records: number; volume: number }>()
  let saidAt = Number.NEGATIVE_INFINITY
  let acted = 0

  function say(what: string): void {
    log(`fault ${name}: ${what}`)
  }

  function count(what: string, volume: number): void {
    acted++
    const sum = unsaid.get(what) ?? { times: 0, volume: 0 }
    unsaid.set(what, sum)
    sum.times++
    sum.volume += volume
  }

  function sumUp(): void {
    if (unsaid.size === 0) return
    const parts = [...unsaid].map(
      ([what, { times, volume }]) => `${times} × ${what}${volume > 0 ? `, volume ${volume}` : ''}`,
    )
    unsaid.clear()
    saidAt = now()
    say(parts.join('; '))
  }

  return {
    say,
    strike(what) {
      acted++
      say(what)
    },
    tally: (verb, what) => count(`${what} ${verb}`, 0),
    withheld(entry) {
      const { tr, key, session, volume = 0 } = entry
      count(`${nameOf(entry)} withheld from session ${session}`, volume)
      const sum = sums.get(`${tr} ${key}`) ?? { tr, key, records: 0, volume: 0 }
      sums.set(`${tr} ${key}`, sum)
      sum.records++
      sum.volume += volume
    },
    settle() {
      if (now() - saidAt >= sumUpMs) sumUp()
    },
    end(why) {
      sumUp()
      const total = [...sums.values()].map(
        sum => `${nameOf(sum)} ${sum.records} records${sum.volume > 0 ? ` of volume ${sum.volume}` : ''}`,
      )
      say(`over, ${why}${total.length === 0 ? '' : `; withheld in all: ${total.join(', ')}`}`)
    },
    acted: () => acted,
    sums: () => [...sums.values()].map(sum => ({ ...sum })),
  }
}
