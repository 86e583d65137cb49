// Waiting, but not for ever.
import { firstValueFrom, from, map, type Observable, race, ReplaySubject, timer } from 'rxjs'

/** Whether the work resolved in time; rejects when it does. Late work goes on. `late`: ms, or an end. */
export function ended(work: Promise<unknown>, late: number | Observable<unknown>): Promise<boolean> {
  const done = from(work).pipe(map(() => true))
  const end = typeof late === 'number' ? timer(Math.max(0, late)) : late
  return firstValueFrom(race(done, end.pipe(map(() => false))))
}

export type Patience = {
  /** What it resolved with; undefined when it was late, or failed. */
  waitFor<T>(what: string, work: Promise<T> | undefined): Promise<T | undefined>
  /** What did not end in time, or not well. */
  readonly overdue: readonly string[]
  /** Nothing is waited for any more. */
  end(): void
}

/** For a stop that may not hang: everything is waited for, up to one moment that is the same for all. */
export function createPatience(withinMs: number): Patience {
  const overdue: string[] = []
  const late = new ReplaySubject<unknown>(1)
  const alarm = timer(withinMs).subscribe(late)

  return {
    async waitFor(what, work) {
      if (work === undefined) return undefined
      try {
        if (await ended(work, late)) return await work
        overdue.push(what)
      } catch (error) {
        overdue.push(`${what} (${error instanceof Error ? error.message : String(error)})`)
      }
      return undefined
    },
    overdue,
    end: () => alarm.unsubscribe(),
  }
}
