// The `for await` loops over a replay. The replay waits for each of them, so that none misses anything.
import type { MarketEvent } from '../../market/events.ts'
import { iterate, type Iteration } from '../../sinks/iterate.ts'
import type { Sink } from '../../sinks/sink.ts'
import { choiceNames, chosen, type EventChoice } from './event-stream.ts'

/** Events of these types, all of them. */
export type ReplayStream<T extends MarketEvent['type'] = MarketEvent['type']> = AsyncIterableIterator<
  Extract<MarketEvent, { readonly type: T }>
>

export type Loops = {
  /** Throws a TypeError that lists what is wrong with the choice, or the reason of an aborted signal. */
  stream<T extends MarketEvent['type'] = MarketEvent['type']>(choice?: EventChoice<T>): ReplayStream<T>
  /** Resolves when every loop asks for more or has ended, or at `letGo`; undefined when that is so now. */
  drained(): Promise<void> | undefined
  letGo(): void
}

export type LoopsOptions = {
  readonly attach: (sink: Sink) => void
  /** Called whenever a loop asks for an event. Resolves when the replay is over. */
  readonly play: () => Promise<void>
  /** The last loop has ended, or was left. */
  readonly onLeft: () => void
}

/** More than the events of any one frame: a loop gets no further behind. */
const mostAhead = 2 ** 18

export function createLoops({ attach, play, onLeft }: LoopsOptions): Loops {
  const loops = new Set<Iteration>()
  let letGo = () => {}

  return {
    stream<T extends MarketEvent['type'] = MarketEvent['type']>(choice: EventChoice<T> = {}): ReplayStream<T> {
      const isWanted = chosen(choice, choiceNames)
      const { signal } = choice
      signal?.throwIfAborted()
      const onEnd = () => {
        loops.delete(loop)
        if (loops.size === 0) onLeft()
      }
      const loop = iterate({ isWanted, signal, limit: mostAhead, onEnd })
      loops.add(loop)
      attach(loop.sink)
      // Others do not pass.
      const events = loop.events as ReplayStream<T>
      return {
        [Symbol.asyncIterator]() {
          return this
        },
        async next() {
          const next = events.next()
          const over = play()
          // Only a loop that reads to the end gets the failure of the replay.
          over.catch(() => {})
          const step = await next
          if (step.done === true) await over
          return step
        },
        async return() {
          return (await events.return?.()) ?? { done: true, value: undefined }
        },
      }
    },
    drained() {
      const waits: Promise<void>[] = []
      for (const loop of loops) {
        const wait = loop.drained()
        if (wait !== undefined) waits.push(wait)
      }
      if (waits.length === 0) return undefined
      return new Promise(resolve => {
        letGo = resolve
        void Promise.all(waits).then(() => resolve())
      })
    },
    letGo: () => letGo(),
  }
}
