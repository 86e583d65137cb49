// A feed machine whose connections open and are acknowledged at once. Every opening and closing is noted, in
// order. Time moves only by `advance` (vitest's fake timers).
import { vi } from 'vitest'
import { createActor, fromCallback } from 'xstate'
import type { Instruction } from '../../../machines/events.ts'
import { feedMachine } from '../../../machines/feed.ts'
import { lineMachine } from '../../../machines/line.ts'
import { fromStream } from '../../../machines/from-stream.ts'
import { type ConnectionInput, socketMachine } from '../../../machines/socket.ts'
import { defaultTiming, type Timing } from '../../../machines/timing.ts'
import { type Market, markets } from '../../../market/instrument.ts'
import type { SubscriptionKey } from '../../../market/subscription.ts'
import { heartbeats } from '../../../streams/heartbeats.ts'

export const keyOfMarket: Readonly<Record<Market, SubscriptionKey>> = { KR: 'KRX:005930 trade', US: 'NAS:AAPL trade' }

/** `isOneLine`: the markets take turns on it. By default each has its own. */
export function handOverRig(options: { timing?: Partial<Timing>; isOneLine?: boolean } = {}) {
  const timing = { ...defaultTiming, pacingMs: 0, heartbeatMs: 0, ...options.timing }
  /** `KR opens`, `KR closes`, in order. */
  const story: string[] = []
  const open = new Set<Market>()
  let mostOpen = 0
  const connection = fromCallback<Instruction, ConnectionInput>(({ input: { market }, sendBack, receive }) => {
    story.push(`${market} opens`)
    open.add(market)
    mostOpen = Math.max(mostOpen, open.size)
    receive(instruction => {
      if (instruction.type !== 'request.subscribe') return
      for (const key of instruction.keys) sendBack({ type: 'subscription.acknowledged', key })
    })
    sendBack({ type: 'socket.opened' })
    return () => {
      story.push(`${market} closes`)
      open.delete(market)
    }
  })
  const socket = socketMachine.provide({
    actors: { connection, heartbeat: fromStream(() => heartbeats(timing.heartbeatMs)) },
  })
  const lines = { KR: '1', US: options.isOneLine === true ? '1' : '2' }
  const line = lineMachine.provide({ actors: { socket } })
  const actor = createActor(feedMachine.provide({ actors: { line } }), {
    input: {
      timing,
      lines,
      endpoints: { KR: { url: 'ws://kr' }, US: { url: 'ws://us' } },
      seed: 1,
    },
  })
  actor.start()
  for (const market of markets) actor.send({ type: 'subscribe', market, keys: [keyOfMarket[market]] })

  const lineOf = (market: Market) => actor.getSnapshot().children[lines[market]]

  return {
    story,
    turn: (...turns: Market[]) => actor.send({ type: 'market.turn', markets: turns }),
    stop: () => actor.send({ type: 'stop' }),
    advance: (ms: number) => vi.advanceTimersByTimeAsync(ms),
    open: () => [...open].toSorted(),
    mostOpen: () => mostOpen,
    /** Of the market's line. */
    stateOf: (market: Market) => lineOf(market)?.getSnapshot().value,
    isDone: () => actor.getSnapshot().status === 'done',
    phaseOf: (market: Market) => lineOf(market)?.getSnapshot().children[market]?.getSnapshot().value,
  }
}
