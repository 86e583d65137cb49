// Waiting, but not for ever.
import { firstValueFrom, from, map, type Observable, race, timer } from 'rxjs'

/** Whether it resolved in time; rejects when it does. What comes later of it is not lost: it goes on. `late`: milliseconds, or their end. */
export function ended(work: Promise<unknown>, late: number | Observable<unknown>): Promise<boolean> {
  const done = from(work).pipe(map(() => true))
  const end = typeof late === 'number' ? timer(Math.max(0, late)) : late
  return firstValueFrom(race(done, end.pipe(map(() => false))))
}
