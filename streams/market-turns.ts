// The clock, as turns of the lines.
import { distinctUntilChanged, interval, map, type Observable, startWith } from 'rxjs'
import type { Clock } from '../market/clock.ts'
import type { Market } from '../market/instrument.ts'

/** Looking again every second, instead of one long timer, survives a laptop's sleep and a stepped clock. */
const lookEveryMs = 1_000

/** Whose turn it is, now and whenever it changes. The same turns must be the same array. */
export function marketTurns(clock: Clock, turnsAt: (time: number) => readonly Market[]): Observable<readonly Market[]> {
  return interval(lookEveryMs).pipe(
    startWith(0),
    map(() => turnsAt(clock.now())),
    distinctUntilChanged(),
  )
}
