// SIGINT, SIGTERM and SIGHUP: the first asks for a graceful end, one that comes later does not wait for it.
import { type Clock, systemClock } from '../../market/clock.ts'
import { say } from './say.ts'

/**
 * Runners such as npm and tsx pass a terminal's Ctrl-C on to a process that has it already, so one press
 * arrives twice. A second press that means "at once" comes later than this.
 */
const samePressMs = 1_000

/** Resolves with 0 on the first signal, and says so where there is something to say. */
export function stopSignal(
  says?: string,
  clock: Clock = systemClock,
  tell: (sentence: string) => void = say,
): Promise<number> {
  return new Promise(resolve => {
    let stoppingSince: number | undefined
    const stop = () => {
      const now = clock.now()
      if (stoppingSince !== undefined) {
        // A clock that was set back must not make leaving at once impossible.
        if (now < stoppingSince || now - stoppingSince > samePressMs) process.exit(130)
        return
      }
      stoppingSince = now
      if (says !== undefined) tell(says)
      resolve(0)
    }
    process.on('SIGINT', stop)
    process.on('SIGTERM', stop)
    // A terminal that is closed may say so twice, by the system and by its shell: that is no impatience.
    process.on('SIGHUP', () => stoppingSince === undefined && stop())
  })
}
