// When the line is said to be down and back, from the snapshots of a real socket machine and the frames in
// between.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { watchLifecycle } from '../../../app/feed/lifecycle.ts'
import { createTransitionLog } from '../../../app/observe/transitions.ts'
import { defaultTiming } from '../../../machines/timing.ts'
import type { Lifecycle } from '../../../market/events.ts'
import { hynix, samsung, type SocketRig, socketRig } from '../../support/rigs/socket.ts'

const { ackTimeoutMs, graceMs, refusedMs } = defaultTiming
const clock = { now: () => Date.now() }

beforeEach(() => void vi.useFakeTimers({ now: Date.parse('2026-09-14T10:00:00+09:00') }))
afterEach(() => void vi.useRealTimers())

type Watched = SocketRig & {
  /** A frame arrives. */
  data(): void
  /** `disconnect` and `resume` so far, as text, and when they came. */
  lines(): string[]
  readonly events: Lifecycle[]
  causes(): string[]
}

function watched(): Watched {
  const rig = socketRig()
  const events: Lifecycle[] = []
  const watch = watchLifecycle('KR', clock, event => void events.push(event))
  const transitions = createTransitionLog(clock, text => text)
  const began = clock.now()
  rig.watch(snapshot => {
    transitions.note('KR', snapshot)
    watch.snapshot(snapshot)
  })
  return Object.assign(Object.create(rig, Object.getOwnPropertyDescriptors(rig)) as SocketRig, {
    data: () => watch.data(clock.now()),
    lines: () =>
      events.flatMap(event => {
        const at = event.receivedTime - began
        if (event.type === 'disconnect') return [`${at} down ${event.reason}`]
        return event.type === 'resume' ? [`${at} back after ${event.outageMs}`] : []
      }),
    events,
    causes: () => transitions.of('KR').transitions.map(({ to, cause }) => `${to} ${cause}`),
  })
}

async function flowing(): Promise<Watched> {
  const rig = watched()
  rig.server.opens()
  rig.server.acknowledges(samsung, hynix)
  await rig.advance(1_000)
  rig.data()
  return rig
}

/** From the grace of a lost line to a session that has its first answer. */
async function comesBack(rig: Watched): Promise<void> {
  await rig.advance(graceMs)
  await rig.advance(rig.context.waitMs)
  rig.server.opens()
  rig.server.acknowledges(samsung)
}

describe('a line without data', () => {
  it.each([
    ['silence', { type: 'silence.detected', quietMs: 9_000 }],
    ['dead-line', { type: 'connection.dead', quietMs: 9_000 }],
  ] as const)('%s: is said to be down when that is found, and was dark since its last data', async (reason, found) => {
    const rig = await flowing()
    await rig.advance(9_000)
    rig.tell(found)
    expect(rig.phase).toBe('unsubscribing-grace')
    expect(rig.lines()).toEqual([`10000 down ${reason}`])
    await comesBack(rig)
    expect(rig.lines().slice(1)).toEqual([`${10_000 + 2 * graceMs} back after ${9_000 + 2 * graceMs}`])
  })

  it('is down before its subscriptions are let go of', async () => {
    const rig = await flowing()
    rig.tell({ type: 'connection.dead', quietMs: 1 })
    const last = rig.events.slice(-3).map(event => ('status' in event ? event.status : event.type))
    expect(last).toEqual(['disconnect', 'releasing', 'releasing'])
  })

  it('that answers nothing at all is said to be down once, when that is found', async () => {
    const rig = watched()
    rig.server.opens()
    await rig.advance(2 * ackTimeoutMs + graceMs)
    expect(rig.lines()).toEqual([`${2 * ackTimeoutMs + graceMs} down silence`])
    await comesBack(rig)
    expect(rig.lines()).toHaveLength(2)
  })

  it('is said to be back before data that comes after all, and down again at the end of its grace', async () => {
    const rig = await flowing()
    rig.tell({ type: 'connection.dead', quietMs: 1 })
    await rig.advance(1_000)
    rig.data()
    rig.server.releases(samsung)
    rig.data()
    await rig.advance(graceMs - 1_000)
    expect(rig.lines()).toEqual(['1000 down dead-line', '2000 back after 1000', `${1_000 + graceMs} down dead-line`])
  })
})

describe('a line that is left on purpose', () => {
  it('is up as long as its last data may come, and down when its grace is over', async () => {
    const rig = await flowing()
    rig.command({ type: 'endpoint.switch', endpoint: { url: 'ws://two' } })
    await rig.advance(graceMs - 1)
    rig.data()
    expect(rig.lines()).toEqual([])
    await rig.advance(1)
    expect(rig.lines()).toEqual([`${1_000 + graceMs} down endpoint-switch`])
    rig.server.opens()
    rig.server.acknowledges(samsung)
    expect(rig.lines().slice(1)).toEqual([`${1_000 + graceMs} back after 1`])
  })

  it('is down at once when the server closes it in its grace', async () => {
    const rig = await flowing()
    rig.command({ type: 'market.close' })
    await rig.advance(1_000)
    rig.server.closes()
    expect(rig.lines()).toEqual(['2000 down market-close'])
    await rig.advance(10 * graceMs)
    expect(rig.lines()).toHaveLength(1)
  })
})

describe('a line that is cut', () => {
  it('was dark since its last data, in whichever session that came', async () => {
    const rig = await flowing()
    await rig.advance(4_000)
    rig.server.closes()
    await comesBack(rig)
    await rig.advance(1_000)
    rig.server.closes()
    await comesBack(rig)
    const [, first, , second] = rig.lines()
    expect(first).toBe(`${5_000 + 2 * graceMs} back after ${4_000 + 2 * graceMs}`)
    const [at, , , outageMs] = String(second).split(' ').map(Number)
    expect(outageMs).toBe(Number(at) - 1_000)
  })

  it('that never brought data was dark since it was said to be down', async () => {
    const rig = watched()
    await rig.advance(2_000)
    rig.server.closes()
    await comesBack(rig)
    expect(rig.lines()).toEqual(['2000 down close code 1006', `${2_000 + 2 * graceMs} back after ${2 * graceMs}`])
  })
})

describe('why a line is where it is', () => {
  it('is not that all was answered when an answer is missing', async () => {
    const rig = watched()
    rig.server.opens()
    rig.server.acknowledges(samsung)
    await rig.advance(ackTimeoutMs)
    expect(rig.causes().at(-1)).toBe('subscribed.settled answer-missing')
    // The next round has an answer to each of its own.
    await rig.advance(graceMs)
    rig.server.acknowledges(hynix)
    expect(rig.causes().at(-1)).toBe('subscribed.settled all-answered')
  })

  it('is not that all was answered when a release was not', async () => {
    const rig = await flowing()
    rig.command({ type: 'unsubscribe', keys: [hynix] })
    await rig.advance(ackTimeoutMs)
    expect(rig.causes().at(-1)).toBe('subscribed.settled answer-missing')
  })

  it('is the other address after a switch, and not that its turn came', async () => {
    const rig = await flowing()
    rig.command({ type: 'endpoint.switch', endpoint: { url: 'ws://two' } })
    rig.server.releases(samsung, hynix)
    await rig.advance(graceMs)
    expect(rig.causes().at(-1)).toBe('connecting.opening endpoint-switch')
  })

  it('is that all was answered when KIS refused, now or for good', async () => {
    const rig = watched()
    rig.server.opens()
    rig.server.refuses(samsung, 'OPSP8992')
    rig.server.refuses(hynix, 'OPSP0007')
    expect(rig.causes().at(-1)).toBe('subscribed.settled all-answered')
    await rig.advance(refusedMs)
    expect(rig.causes().at(-1)).toBe('subscribed.asking something-to-ask')
  })

  it('is not that everything was released when a release was not confirmed', async () => {
    const left = await flowing()
    left.command({ type: 'market.close' })
    left.server.releases(samsung)
    await left.advance(graceMs)
    expect(left.causes().at(-1)).toBe('market-switch grace-over')

    const released = await flowing()
    released.command({ type: 'market.close' })
    released.server.releases(samsung, hynix)
    await released.advance(graceMs)
    expect(released.causes().at(-1)).toBe('market-switch released')
  })
})
