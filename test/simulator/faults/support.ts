// A tape played by hand and a client that keeps what it hears, for stories in which something goes wrong.
import type { SimulatorOptions } from '../../../simulator/options.ts'
import type { Simulator } from '../../../simulator/server.ts'
import type { Listener, Tape, TapeContext } from '../../../simulator/tape/tape.ts'
import { captured, type Client, connect, handClock, simulator } from '../support.ts'

/** Consecutive captured trades of 005930 (2026-06-08), one record each. */
export const trades: readonly string[] = captured('H0STCNT0.txt')
  .slice(0, 9)
  .flatMap(frame => recordsOf(frame))

/** Captured books of 005930, one record each. */
export const books: readonly string[] = captured('H0STASP0.txt').flatMap(frame => {
  const records = recordsOf(frame)
  return records[0]?.startsWith('005930^') ? records : []
})

export function frame(records: readonly string[], tr = 'H0STCNT0'): string {
  return `0|${tr}|${String(records.length).padStart(3, '0')}|${records.join('^')}`
}

export function recordsOf(text: string): string[] {
  const [, , digits, payload = ''] = text.split('|')
  const count = Number(digits)
  const values = payload.split('^')
  const width = values.length / count
  return Array.from({ length: count }, (_, i) => values.slice(i * width, (i + 1) * width).join('^'))
}

/** Sends the frames it is given to the sessions that registered their transaction and first value. */
export function handTape(): Tape & { play(...frames: string[]): void } {
  const listeners = new Set<Listener>()
  let context: TapeContext
  return {
    start(given) {
      context = given
    },
    add: listener => void listeners.add(listener),
    remove: listener => void listeners.delete(listener),
    stop() {},
    stats: () => ({ frames: 0, records: 0, skippedLines: 0, ended: false }),
    play(...frames) {
      for (const text of frames) {
        const tr = text.slice(2, 10)
        const key = text.split('|')[3]?.split('^')[0] ?? ''
        context.history?.add(tr, key, text, context.clock.now())
        for (const listener of listeners) if (listener.tr === tr && listener.key === key) listener.emit(text)
      }
    },
  }
}

export type Story = {
  readonly kis: Simulator
  readonly client: Client
  readonly play: (...frames: string[]) => void
  readonly clock: ReturnType<typeof handClock>
  /** Lines of the log. */
  readonly lines: string[]
  /** All data frames the client got, once everything that was sent has arrived. */
  frames(client?: Client): Promise<string[]>
}

/** A simulator with a hand-played tape, and a client that registered trades and books of 005930. */
export async function story(options: SimulatorOptions = {}): Promise<Story> {
  const tape = handTape()
  const clock = handClock()
  const lines: string[] = []
  const kis = await simulator({ tape, clock, log: line => lines.push(line), memory: { truth: 1_000 }, ...options })
  const client = await connect(kis)
  await client.subscribe('H0STCNT0', '005930')
  await client.subscribe('H0STASP0', '005930')
  let marks = 0
  return {
    kis,
    client,
    clock,
    lines,
    play: (...frames) => tape.play(...frames),
    async frames(of = client) {
      const mark = `{"mark":${++marks}}`
      kis.send(mark)
      await of.received(text => text === mark)
      return of.texts.filter(text => /^[01]\|/.test(text))
    },
  }
}
