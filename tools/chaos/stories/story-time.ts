// The time of a story: it goes while this process turns, and hardly while a busy machine lets it stand, so
// that what should happen one after the other does not happen all at once.
import { setTimeout as wait } from 'node:timers/promises'

const tickMs = 5
/** Of a turn that took longer. */
const mostAtOnceMs = 20

export type StoryTime = {
  /** Resolves at that time, in milliseconds since it was made; or earlier, as soon as `holds`. */
  until(atMs: number, holds?: () => boolean): Promise<void>
}

export function createStoryTime(): StoryTime {
  let passedMs = 0
  return {
    async until(atMs, holds = () => false) {
      while (passedMs < atMs && !holds()) {
        const before = performance.now()
        await wait(tickMs)
        passedMs += Math.min(performance.now() - before, mostAtOnceMs)
      }
    },
  }
}
