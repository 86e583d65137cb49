// When a heartbeat is due.
import { interval, map, NEVER, type Observable } from 'rxjs'

/** `heartbeat.due` at this interval; never when the interval is 0. */
export function heartbeats(intervalMs: number): Observable<{ readonly type: 'heartbeat.due' }> {
  return intervalMs === 0 ? NEVER : interval(intervalMs).pipe(map(() => ({ type: 'heartbeat.due' as const })))
}
