import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { defaultTiming } from '../../machines/timing.ts'
import { hynix, samsung, type SocketRig, socketRig, subscribedRig } from '../support/rigs/socket.ts'

const { graceMs, openTimeoutMs, ackTimeoutMs, occupiedMs, longestOccupiedMs, longestBackoffMs } = defaultTiming
const { refusedMs, longestRefusedMs } = defaultTiming
const other = { url: 'ws://two' }

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('socket machine, between markets', () => {
  it('opens no connection before it is its turn', async () => {
    const rig = socketRig({ hasTurn: false })
    await rig.advance(60_000)
    expect(rig.phase).toBe('market-switch')
    expect(rig.connections.opened).toBe(0)
  })

  it('opens no connection while nothing is wanted', () => {
    const rig = socketRig({ wanted: [] })
    expect(rig.phase).toBe('market-switch')
    rig.command({ type: 'subscribe', keys: [samsung] })
    expect(rig.phase).toBe('connecting')
    expect(rig.connections.opened).toBe(1)
  })

  it('opens at the address that came with its turn', () => {
    const rig = socketRig({ hasTurn: false })
    rig.command({ type: 'market.open', endpoint: other })
    expect(rig.addresses).toEqual(['ws://two'])
  })

  it('stops at once', () => {
    const rig = socketRig({ hasTurn: false })
    rig.command({ type: 'stop' })
    expect(rig.phase).toBe('stopped')
  })
})

describe('socket machine, connecting', () => {
  it('asks for everything wanted once the socket is open, and for nothing before', () => {
    const rig = socketRig()
    expect(rig.requested('subscribe')).toEqual([])
    rig.server.opens()
    expect(rig.requested('subscribe')).toEqual([samsung, hynix])
    expect(rig.statusOf(samsung)).toBe('requested')
  })

  it('is subscribed when everything was answered, accepted or refused', () => {
    const rig = socketRig()
    rig.server.opens()
    rig.server.acknowledges(samsung)
    expect(rig.phase).toBe('connecting')
    rig.server.refuses(hynix, 'OPSP8992')
    expect(rig.phase).toBe('subscribed')
    expect(rig.ledger[hynix]).toEqual({ status: 'refused', isWanted: true, code: 'OPSP8992' })
  })

  it('refuses a key without an answer in time, and accepts a late answer', async () => {
    const rig = socketRig()
    rig.server.opens()
    rig.server.acknowledges(samsung)
    await rig.advance(ackTimeoutMs - 1)
    expect(rig.phase).toBe('connecting')
    await rig.advance(1)
    expect(rig.phase).toBe('subscribed')
    expect(rig.ledger[hynix]).toMatchObject({ status: 'refused', code: 'UNANSWERED' })
    rig.server.acknowledges(hynix)
    expect(rig.statusOf(hynix)).toBe('active')
  })

  it('requests again what was not answered, three times soon, and then as after a passing refusal', async () => {
    const rig = socketRig()
    rig.server.opens()
    rig.server.acknowledges(samsung)
    for (let round = 1; round <= 3; round++) {
      await rig.advance(ackTimeoutMs)
      expect(rig.ledger[hynix]).toMatchObject({ status: 'refused', code: 'UNANSWERED' })
      await rig.advance(graceMs - 1)
      expect(rig.requested('subscribe')).toEqual([samsung, ...Array(round).fill(hynix)])
      await rig.advance(1)
      expect(rig.statusOf(hynix)).toBe('requested')
    }
    await rig.advance(ackTimeoutMs)
    expect(rig.ledger[hynix]).toMatchObject({ status: 'refused', isWanted: true, code: 'UNANSWERED' })
    await rig.advance(refusedMs - 1)
    expect(rig.requested('subscribe')).toEqual([samsung, ...Array(4).fill(hynix)])
    await rig.advance(1)
    expect(rig.requested('subscribe')).toEqual([samsung, ...Array(5).fill(hynix)])
    await rig.advance(ackTimeoutMs + 2 * refusedMs - 1)
    expect(rig.requested('subscribe')).toEqual([samsung, ...Array(5).fill(hynix)])
    await rig.advance(1)
    expect(rig.requested('subscribe')).toEqual([samsung, ...Array(6).fill(hynix)])
    expect(rig.statusOf(samsung)).toBe('active')
    expect(rig.connections).toEqual({ opened: 1, closed: 0 })
  })

  it('requests again a key whose answer was lost: KIS answers that it has it', async () => {
    const rig = socketRig()
    rig.server.opens()
    rig.server.acknowledges(samsung)
    await rig.advance(ackTimeoutMs + graceMs)
    rig.server.saysDuplicate(hynix)
    rig.server.sendsDataOf(hynix)
    expect(rig.statusOf(hynix)).toBe('active')
    expect(rig.phase).toBe('subscribed')
  })

  it('leaves a server that answers nothing, through the grace', async () => {
    const rig = socketRig()
    rig.server.opens()
    await rig.advance(ackTimeoutMs + graceMs + ackTimeoutMs)
    expect(rig.phase).toBe('unsubscribing-grace')
    expect(rig.context.loss).toBe('silence')
    await rig.advance(graceMs)
    expect(rig.connections).toEqual({ opened: 1, closed: 1 })
    await rig.advance(graceMs)
    expect(rig.connections.opened).toBe(2)
  })

  it('waits for answers as long as the paced requests take to be sent', async () => {
    const rig = socketRig({ timing: { pacingMs: 100 } })
    rig.server.opens()
    await rig.advance(ackTimeoutMs + 199)
    expect(rig.statusOf(samsung)).toBe('requested')
    await rig.advance(1)
    expect(rig.statusOf(samsung)).toBe('refused')
  })

  it('requests newly wanted keys at once', () => {
    const rig = socketRig({ wanted: [samsung] })
    rig.server.opens()
    rig.command({ type: 'subscribe', keys: [hynix] })
    expect(rig.requested('subscribe')).toEqual([samsung, hynix])
  })

  it('gives up a handshake that takes too long', async () => {
    const rig = socketRig()
    await rig.advance(openTimeoutMs)
    expect(rig.phase).toBe('reconnecting')
    expect(rig.connections).toEqual({ opened: 1, closed: 1 })
  })

  it('waits and comes back when the credentials are refused before the socket is open', async () => {
    const rig = socketRig()
    rig.server.refusesCredentials('EGW00103')
    expect(rig.phase).toBe('reconnecting')
    expect(rig.context.loss).toContain('EGW00103')
    await rig.advance(graceMs)
    expect(rig.connections.opened).toBe(2)
  })

  it('asks again for a request that could not be sent', async () => {
    const rig = socketRig({ wanted: [samsung] })
    rig.server.opens()
    rig.tell({ type: 'subscription.unsent', key: samsung })
    expect(rig.statusOf(samsung)).toBe('wanted')
    await rig.advance(ackTimeoutMs)
    expect(rig.requested('subscribe')).toEqual([samsung, samsung])
  })
})

describe('socket machine, subscribed', () => {
  it('takes ALREADY IN SUBSCRIBE for a key it just asked for as adopted, until data proves it', () => {
    const rig = socketRig()
    rig.server.opens()
    rig.server.acknowledges(samsung)
    rig.server.saysDuplicate(hynix)
    expect(rig.phase).toBe('subscribed')
    expect(rig.statusOf(hynix)).toBe('adopted')
    rig.server.sendsDataOf(hynix)
    expect(rig.statusOf(hynix)).toBe('active')
  })

  it('ignores ALREADY IN SUBSCRIBE for a key it holds', () => {
    const rig = subscribedRig()
    rig.server.saysDuplicate(samsung)
    expect(rig.phase).toBe('subscribed')
    expect(rig.statusOf(samsung)).toBe('active')
  })

  it('stays subscribed while it requests one more', () => {
    const rig = subscribedRig({ wanted: [samsung] })
    rig.command({ type: 'subscribe', keys: [hynix] })
    expect(rig.phase).toBe('subscribed')
    expect(rig.statusOf(hynix)).toBe('requested')
    rig.server.acknowledges(hynix)
    expect(rig.statusOf(hynix)).toBe('active')
  })

  it('releases what is no longer wanted, and forgets it after the answer', () => {
    const rig = subscribedRig()
    rig.command({ type: 'unsubscribe', keys: [samsung] })
    expect(rig.requested('unsubscribe')).toEqual([samsung])
    expect(rig.statusOf(samsung)).toBe('releasing')
    rig.server.releases(samsung)
    expect(rig.ledger[samsung]).toBeUndefined()
  })

  it('requests again a key that is wanted again while it is being released', () => {
    const rig = subscribedRig({ wanted: [samsung] })
    rig.command({ type: 'unsubscribe', keys: [samsung] })
    rig.command({ type: 'subscribe', keys: [samsung] })
    rig.forgetRequests()
    rig.server.releases(samsung)
    expect(rig.requested('subscribe')).toEqual([samsung])
  })

  it('sends a heartbeat every 30 seconds, until KIS refuses one', async () => {
    const rig = subscribedRig({ timing: { heartbeatMs: 30_000 } })
    await rig.advance(90_000)
    expect(rig.pings()).toBe(3)
    rig.server.refusesHeartbeat()
    await rig.advance(300_000)
    expect(rig.pings()).toBe(3)
  })

  it('tries its heartbeat again in the next session', async () => {
    const rig = subscribedRig({ timing: { heartbeatMs: 30_000 } })
    rig.server.refusesHeartbeat()
    rig.server.closes()
    await rig.advance(graceMs)
    rig.server.opens()
    rig.server.acknowledges(samsung, hynix)
    await rig.advance(30_000)
    expect(rig.pings()).toBe(1)
  })

  it('sends no heartbeat when it is turned off', async () => {
    const rig = subscribedRig({ timing: { heartbeatMs: 0 } })
    await rig.advance(600_000)
    expect(rig.pings()).toBe(0)
  })
})

describe('socket machine, refused a subscription', () => {
  /** The time between each refusal and the next request. */
  async function waitsOf(rig: SocketRig, rounds: number): Promise<number[]> {
    const waits: number[] = []
    for (let round = 0; round < rounds; round++) {
      rig.server.refuses(hynix, 'OPSP0007')
      expect(rig.ledger[hynix]).toMatchObject({ status: 'refused', code: 'OPSP0007' })
      const before = rig.requested('subscribe').length
      let waited = 0
      while (rig.requested('subscribe').length === before) {
        await rig.advance(1_000)
        waited += 1_000
      }
      waits.push(waited)
    }
    return waits
  }

  function refusedRig(): SocketRig {
    const rig = socketRig()
    rig.server.opens()
    rig.server.acknowledges(samsung)
    return rig
  }

  it('for a passing reason, requests again after 30 seconds, doubling up to five minutes, until it is accepted', async () => {
    const rig = refusedRig()
    expect(await waitsOf(rig, 6)).toEqual([refusedMs, 60_000, 120_000, 240_000, longestRefusedMs, longestRefusedMs])
    expect(new Set(rig.requested('subscribe').slice(1))).toEqual(new Set([hynix]))
    rig.server.acknowledges(hynix)
    expect(rig.ledger[hynix]).toEqual({ status: 'active', isWanted: true })
    expect(rig.connections).toEqual({ opened: 1, closed: 0 })
  })

  it('begins with 30 seconds again once it was accepted, and in every session', async () => {
    const rig = refusedRig()
    await waitsOf(rig, 3)
    rig.server.acknowledges(hynix)
    expect(await waitsOf(rig, 2)).toEqual([refusedMs, 60_000])
    rig.server.closes()
    await rig.advance(graceMs)
    rig.server.opens()
    rig.server.acknowledges(samsung)
    expect(await waitsOf(rig, 2)).toEqual([refusedMs, 60_000])
  })

  it('is not shortened by a rest of an earlier session', async () => {
    const rig = refusedRig()
    rig.server.refuses(hynix, 'OPSP0007')
    await rig.advance(refusedMs - 10_000)
    rig.server.closes()
    await rig.advance(graceMs)
    rig.server.opens()
    rig.server.acknowledges(samsung)
    expect(await waitsOf(rig, 1)).toEqual([refusedMs])
  })

  it.each(['OPSP8992', 'OPSP8991', 'OPSP0008'])('for good with %s, requests no more', async code => {
    const rig = refusedRig()
    rig.server.refuses(hynix, code)
    await rig.advance(10 * longestRefusedMs)
    expect(rig.requested('subscribe')).toEqual([samsung, hynix])
    expect(rig.ledger[hynix]).toEqual({ status: 'refused', isWanted: true, code })
  })

  it('requests at once what is wanted again, and never what no longer is', async () => {
    const rig = refusedRig()
    rig.server.refuses(hynix, 'OPSP0007')
    rig.command({ type: 'subscribe', keys: [hynix] })
    expect(rig.requested('subscribe')).toEqual([samsung, hynix, hynix])
    rig.server.refuses(hynix, 'OPSP0007')
    rig.command({ type: 'unsubscribe', keys: [hynix] })
    await rig.advance(longestRefusedMs)
    expect(rig.requested('subscribe')).toEqual([samsung, hynix, hynix])
    expect(rig.ledger[hynix]).toBeUndefined()
  })
})

describe('socket machine, leaving while the connection can still carry a message', () => {
  it.each([
    ['market close', { type: 'market.close' }, 'market-switch'],
    ['stop', { type: 'stop' }, 'stopped'],
  ] as const)('on %s lets go of everything, waits out the grace, then closes', async (_, command, destination) => {
    const rig = subscribedRig()
    rig.command(command)
    expect(rig.phase).toBe('unsubscribing-grace')
    expect(rig.requested('unsubscribe')).toEqual([samsung, hynix])
    await rig.advance(graceMs - 1)
    expect(rig.connections).toEqual({ opened: 1, closed: 0 })
    await rig.advance(1)
    expect(rig.phase).toBe(destination)
    expect(rig.connections).toEqual({ opened: 1, closed: 1 })
  })

  it('counts the grace from the last release that is sent', async () => {
    const rig = subscribedRig({ timing: { pacingMs: 500 } })
    rig.command({ type: 'market.close' })
    await rig.advance(graceMs + 999)
    expect(rig.phase).toBe('unsubscribing-grace')
    await rig.advance(1)
    expect(rig.phase).toBe('market-switch')
  })

  it('moves to another address in the same way, and requests everything again there', async () => {
    const rig = subscribedRig()
    rig.command({ type: 'endpoint.switch', endpoint: other })
    await rig.advance(graceMs)
    expect(rig.addresses).toEqual(['ws://one', 'ws://two'])
    rig.forgetRequests()
    rig.server.opens()
    expect(rig.requested('subscribe')).toEqual([samsung, hynix])
  })

  it('waits out the grace even when the server closes meanwhile', async () => {
    const rig = subscribedRig()
    rig.command({ type: 'market.close' })
    rig.server.closes()
    rig.server.isOccupied()
    await rig.advance(graceMs - 1)
    expect(rig.phase).toBe('unsubscribing-grace')
  })

  it('replaces an older reason by a newer one without waiting longer', async () => {
    const rig = subscribedRig()
    rig.command({ type: 'market.close' })
    await rig.advance(graceMs - 1)
    rig.command({ type: 'stop' })
    await rig.advance(1)
    expect(rig.phase).toBe('stopped')
  })

  it('has no grace to wait for when the server holds nothing', async () => {
    const rig = socketRig()
    rig.command({ type: 'stop' })
    await rig.advance(0)
    expect(rig.phase).toBe('stopped')
  })

  it('comes back on a new session when its credentials are refused', async () => {
    const rig = subscribedRig()
    rig.server.refusesCredentials()
    expect(rig.phase).toBe('unsubscribing-grace')
    await rig.advance(graceMs)
    expect(rig.phase).toBe('reconnecting')
    await rig.advance(graceMs)
    expect(rig.connections.opened).toBe(2)
  })
})

describe('socket machine, after a loss', () => {
  it.each([
    ['a cut', (rig: SocketRig) => rig.server.closes(), 0],
    ['an app key in use, whose own wait is longer', (rig: SocketRig) => rig.server.isOccupied(), 0],
    ['a cut some time ago', (rig: SocketRig) => rig.server.closes(), 1_000],
  ])('keeps the line until the grace is over when its market closes meanwhile: %s', async (_, lose, later) => {
    const rig = subscribedRig()
    lose(rig)
    await rig.advance(later)
    rig.command({ type: 'market.close' })
    rig.command({ type: 'market.open', endpoint: { url: 'ws://one' } })
    rig.command({ type: 'market.close' })
    await rig.advance(graceMs - 1)
    expect(rig.phase).toBe('reconnecting')
    await rig.advance(1)
    expect(rig.phase).toBe('market-switch')
    expect(rig.connections.opened).toBe(1)
  })

  it('waits the grace, returns, and requests everything again', async () => {
    const rig = subscribedRig()
    rig.forgetRequests()
    rig.server.closes()
    expect(rig.phase).toBe('reconnecting')
    expect(rig.requested('unsubscribe')).toEqual([])
    await rig.advance(graceMs - 1)
    expect(rig.connections.opened).toBe(1)
    await rig.advance(1)
    rig.server.opens()
    expect(rig.requested('subscribe')).toEqual([samsung, hynix])
  })

  it('forgets the answers of the old session', async () => {
    const rig = subscribedRig()
    rig.server.closes()
    await rig.advance(graceMs)
    expect(rig.statusOf(samsung)).toBe('wanted')
  })

  it('backs off further with each failure, up to a minute, and never below the grace', async () => {
    const rig = socketRig()
    const waits: number[] = []
    for (let failure = 0; failure < 12; failure++) {
      rig.server.closes('connect ECONNREFUSED')
      waits.push(rig.context.waitMs)
      await rig.advance(rig.context.waitMs)
    }
    expect(waits[0]).toBe(graceMs)
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(graceMs)
    expect(Math.max(...waits)).toBeLessThanOrEqual(longestBackoffMs)
    expect(Math.max(...waits)).toBeGreaterThan(longestBackoffMs / 3)
  })

  it('forgets past failures once data has flowed for a while, not for an open socket alone', async () => {
    const rig = socketRig()
    for (let failure = 0; failure < 5; failure++) {
      rig.server.closes()
      await rig.advance(rig.context.waitMs)
    }
    rig.server.opens()
    rig.server.acknowledges(samsung, hynix)
    await rig.advance(600_000)
    expect(rig.context.failures).toBe(5)
    rig.tell({ type: 'session.proven' })
    rig.server.closes()
    expect(rig.context.waitMs).toBe(graceMs)
  })

  it('waits as long as the connect budget says', async () => {
    const rig = socketRig()
    rig.tell({ type: 'connect.denied', waitMs: 400_000 })
    expect(rig.phase).toBe('reconnecting')
    await rig.advance(399_999)
    expect(rig.connections.opened).toBe(1)
    await rig.advance(1)
    expect(rig.connections.opened).toBe(2)
  })

  it('waits a minute for an occupied app key, then longer and longer', async () => {
    const rig = socketRig()
    const waits: number[] = []
    for (let refusal = 0; refusal < 6; refusal++) {
      rig.server.opens()
      rig.server.isOccupied()
      waits.push(rig.context.waitMs)
      await rig.advance(rig.context.waitMs)
    }
    expect(waits).toEqual([occupiedMs, 120_000, 240_000, 480_000, longestOccupiedMs, longestOccupiedMs])
  })

  it('waits out the session of an owner that is gone: 45 s, another 50 s, then 120 s, doubling', async () => {
    const rig = socketRig()
    const waits: number[] = []
    const refused = async (isOwnerGone: boolean) => {
      rig.server.opens()
      rig.tell({ type: 'session.occupied', isOwnerGone })
      waits.push(rig.context.waitMs)
      await rig.advance(rig.context.waitMs)
    }
    for (let refusal = 0; refusal < 7; refusal++) await refused(true)
    expect(waits).toEqual([45_000, 50_000, 120_000, 240_000, 480_000, longestOccupiedMs, longestOccupiedMs])

    // Another owner came and ended: the count begins anew each time.
    waits.length = 0
    for (const isOwnerGone of [false, false, true, true]) await refused(isOwnerGone)
    expect(waits).toEqual([occupiedMs, 2 * occupiedMs, 45_000, 50_000])
  })

  it('does not connect when its turn ends while it waits', async () => {
    const rig = subscribedRig()
    rig.server.closes()
    rig.command({ type: 'market.close' })
    await rig.advance(graceMs)
    expect(rig.phase).toBe('market-switch')
    await rig.advance(longestBackoffMs)
    expect(rig.connections.opened).toBe(1)
  })

  it('stops at once', () => {
    const rig = subscribedRig()
    rig.server.closes()
    rig.command({ type: 'stop' })
    expect(rig.phase).toBe('stopped')
  })
})

describe('socket machine, with a stale key', () => {
  it('releases that key alone, requests it again after a rest, and does not touch the others', async () => {
    const rig = subscribedRig()
    rig.forgetRequests()
    rig.tell({ type: 'subscription.stale', key: hynix })
    expect(rig.requested('unsubscribe')).toEqual([hynix])
    rig.server.releases(hynix)
    await rig.advance(graceMs - 1)
    expect(rig.requested('subscribe')).toEqual([])
    await rig.advance(1)
    expect(rig.requested('subscribe')).toEqual([hynix])
    expect(rig.statusOf(samsung)).toBe('active')
    expect(rig.phase).toBe('subscribed')
  })

  it('requests a rested key again while another one waits for its answer', async () => {
    const rig = subscribedRig()
    rig.tell({ type: 'subscription.stale', key: samsung })
    rig.tell({ type: 'subscription.stale', key: hynix })
    rig.server.releases(hynix)
    rig.forgetRequests()
    await rig.advance(graceMs)
    expect(rig.requested('subscribe')).toEqual([hynix])
    rig.server.releases(samsung)
    expect(rig.requested('subscribe')).toEqual([hynix, samsung])
  })

  it('requests an acknowledged key three times at most', async () => {
    const rig = subscribedRig()
    for (let time = 0; time < 6; time++) {
      rig.tell({ type: 'subscription.stale', key: hynix })
      rig.server.releases(hynix)
      await rig.advance(graceMs)
      rig.server.acknowledges(hynix)
    }
    expect(rig.requested('unsubscribe')).toEqual([hynix, hynix, hynix])
    expect(rig.connections).toEqual({ opened: 1, closed: 0 })
  })

  it('takes the recovery steps for an adopted key: the key alone, the whole session three times, then a refusal', async () => {
    const rig = socketRig()
    const meetGhost = () => {
      rig.server.opens()
      rig.server.acknowledges(samsung)
      rig.server.saysDuplicate(hynix)
    }
    meetGhost()
    rig.tell({ type: 'subscription.stale', key: hynix })
    expect(rig.phase).toBe('subscribed')
    rig.server.releases(hynix)
    await rig.advance(graceMs)
    rig.server.saysDuplicate(hynix)

    for (let round = 1; round <= 3; round++) {
      rig.tell({ type: 'subscription.stale', key: hynix })
      expect(rig.phase).toBe('unsubscribing-grace')
      expect(rig.context.loss).toBe('duplicate')
      await rig.advance(graceMs)
      await rig.advance(rig.context.waitMs)
      expect(rig.connections.opened).toBe(round + 1)
      meetGhost()
    }

    rig.tell({ type: 'subscription.stale', key: hynix })
    expect(rig.phase).toBe('subscribed')
    expect(rig.ledger[hynix]).toMatchObject({ status: 'refused', isWanted: true, code: 'MUTE' })
    expect(rig.statusOf(samsung)).toBe('active')
    // It may begin to trade an hour later.
    rig.forgetRequests()
    await rig.advance(refusedMs)
    expect(rig.requested('subscribe')).toEqual([hynix])
    rig.server.saysDuplicate(hynix)
    rig.server.sendsDataOf(hynix)
    expect(rig.ledger[hynix]).toEqual({ status: 'active', isWanted: true })
  })

  it('begins with the first recovery step again once data has flowed', async () => {
    const rig = subscribedRig()
    for (let time = 0; time < 3; time++) {
      rig.tell({ type: 'subscription.stale', key: hynix })
      rig.server.releases(hynix)
      await rig.advance(graceMs)
      rig.server.acknowledges(hynix)
    }
    rig.server.sendsDataOf(hynix)
    rig.forgetRequests()
    rig.tell({ type: 'subscription.stale', key: hynix })
    expect(rig.requested('unsubscribe')).toEqual([hynix])
  })

  it('leaves a silent session through the grace', async () => {
    const rig = subscribedRig()
    rig.tell({ type: 'silence.detected', quietMs: 120_000 })
    expect(rig.phase).toBe('unsubscribing-grace')
    await rig.advance(graceMs)
    expect(rig.phase).toBe('reconnecting')
    await rig.advance(graceMs)
    expect(rig.connections.opened).toBe(2)
  })

  it('leaves a dead connection through the grace, whether a subscription is active or not', async () => {
    const rig = socketRig({ wanted: [samsung] })
    rig.server.opens()
    rig.server.refuses(samsung, 'OPSP0007')
    rig.tell({ type: 'connection.dead', quietMs: 150_000 })
    await rig.advance(0)
    expect(rig.context.loss).toBe('dead-line')
    expect(rig.phase).toBe('reconnecting')

    const held = subscribedRig()
    held.tell({ type: 'connection.dead', quietMs: 150_000 })
    expect(held.phase).toBe('unsubscribing-grace')
    expect(held.requested('unsubscribe')).toEqual([samsung, hynix])
    await held.advance(graceMs + graceMs)
    expect(held.connections).toEqual({ opened: 2, closed: 1 })
  })
})
