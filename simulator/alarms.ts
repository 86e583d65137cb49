// Things to do later, by the simulator's clock: a story that leaps ahead by hand takes them along. The timer
// runs only while something is waiting.
import type { Clock } from '../market/clock.ts'

const tickMs = 5

export type Alarms = {
  /** Returns what calls it off. */
  in(ms: number, ring: () => void): () => void
  /** Rings everything that is due by now; for those who cannot wait for the next tick. */
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
