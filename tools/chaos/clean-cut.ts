// How long a line that is cut is without data, with the waits as they are shipped: 3 s of grace, then the
// handshake, then the first subscription. A healthy session, its first loss, real sockets on loopback; KIS's
// own distance comes on top.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import { createFeed } from '../../app/feed/feed.ts'
import { clockStartingAt } from '../../market/clock.ts'
import { generatedTape } from '../../simulator/tape/generated-tape.ts'
import { startSimulator } from '../../simulator/server.ts'

export type CleanCut = {
  readonly subscriptions: number
  /** From the cut to the first record. */
  readonly firstDataMs: number
  /** Until every subscription had brought something. */
  readonly allDataMs: number
  /** The longest time this process stood still meanwhile, which is the machine's doing. */
  readonly pausedMs: number
}

const lookMs = 1

export async function cleanCut(names: number): Promise<CleanCut> {
  const clock = clockStartingAt(Date.parse('2026-09-14T10:00:00+09:00'))
  const simulator = await startSimulator({ clock, tape: generatedTape({ rate: 50 * names }) })
  const instruments = Array.from({ length: names }, (_, index) => `KRX:${String(100_000 + index)}`)
  const { restUrl, wsUrl } = simulator
  const feed = createFeed({
    appKey: 'chaos',
    appSecret: 'chaos',
    market: 'KR',
    instruments,
    restUrl,
    socketUrl: wsUrl,
    clock,
  })
  const flowed = new Set<string>()
  let firstAt: number | undefined
  feed.trades$.subscribe(({ instrument }) => {
    firstAt ??= performance.now()
    flowed.add(instrument)
  })
  const allFlow = async () => {
    while (flowed.size < names) await wait(lookMs)
  }
  try {
    feed.start()
    await allFlow()
    const pauses = monitorEventLoopDelay({ resolution: 1 })
    pauses.enable()
    simulator.cut()
    const cutAt = performance.now()
    // What is still on its way from the old session was no recovery.
    while (feed.status().counts.events.disconnect === undefined) await wait(lookMs)
    firstAt = undefined
    flowed.clear()
    await allFlow()
    const allDataMs = performance.now() - cutAt
    return { subscriptions: names, firstDataMs: (firstAt ?? Number.NaN) - cutAt, allDataMs, pausedMs: pauses.max / 1e6 }
  } finally {
    await feed.stop()
    await simulator.stop()
  }
}
