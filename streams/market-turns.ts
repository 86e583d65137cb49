// The clock, as turns of the line.
import { distinctUntilChanged, interval, map, type Observable, startWith } from 'rxjs'
import type { Clock } from '../market/clock.ts'
import type { Market } from '../market/instrument.ts'

/** Looking again every second, instead of one long timer, survives a laptop's sleep and a stepped clock. */
const lookEveryMs = 1_000

/** Whose turn it is, now and whenever it changes. */
export function marketTurns(clock: Clock, turnAt: (time: number) => Market): Observable<Market> {
  return interval(lookEveryMs).pipe(
    startWith(0),
    map(() => turnAt(clock.now())),
    distinctUntilChanged(),
  )
}
