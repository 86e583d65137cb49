// The turns of the lines, by the clock.
import { distinctUntilChanged, interval, map, type Observable, startWith } from 'rxjs'
import type { Clock } from '../market/clock.ts'
import type { Market } from '../market/instrument.ts'

/** A look every second, instead of one long timer, survives a laptop's sleep and a stepped clock. */
const lookEveryMs = 1_000

/** The markets with a turn, now and at every change. The same turns must be the same array. */
export function marketTurns(clock: Clock, turnsAt: (time: number) => readonly Market[]): Observable<readonly Market[]> {
  return interval(lookEveryMs).pipe(
    startWith(0),
    map(() => turnsAt(clock.now())),
    distinctUntilChanged(),
  )
}
