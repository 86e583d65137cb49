// Waits for what should not take long, and not longer.
import { setTimeout as wait } from 'node:timers/promises'

/** True when the work is done or has failed, false when its time is over. */
export async function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  const patience = new AbortController()
  const isSettled = work.then(settle, settle)
  const isTimeOver = wait(ms, false, { signal: patience.signal }).catch(() => true)
  return await Promise.race([isSettled, isTimeOver])

  function settle(): boolean {
    patience.abort()
    return true
  }
}
