// Timers by the simulator's clock: a clock that is moved ahead by hand fires them. The real timer runs only
// while an alarm is set.
import type { Clock } from '../market/clock.ts'

const tickMs = 5

export type Alarms = {
  /** Returns a function that cancels the alarm. */
  in(ms: number, ring: () => void): () => void
  /** Fires everything that is due now, without waiting for the next tick. */
  catchUp(): void
  stop(): void
}

type Alarm = { readonly time: number; readonly ring: () => void }

export function createAlarms(clock: Clock): Alarms {
  /** By time, and those of the same time in the order they were set. */
  let waiting: Alarm[] = []
  let timer: NodeJS.Timeout | undefined

  function catchUp(): void {
    const now = clock.now()
    for (let first = waiting[0]; first !== undefined && first.time <= now; first = waiting[0]) {
      waiting.shift()
      first.ring()
    }
    rest()
  }

  function rest(): void {
    if (waiting.length > 0) return
    clearInterval(timer)
    timer = undefined
  }

  return {
    in(ms, ring) {
      const alarm = { time: clock.now() + ms, ring }
      const behind = waiting.findIndex(({ time }) => time > alarm.time)
      waiting.splice(behind < 0 ? waiting.length : behind, 0, alarm)
      timer ??= setInterval(catchUp, tickMs)
      return () => {
        waiting = waiting.filter(other => other !== alarm)
        rest()
      }
    },
    catchUp() {
      if (waiting.length > 0) catchUp()
    },
    stop() {
      waiting = []
      rest()
    },
  }
}
