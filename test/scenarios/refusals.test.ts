import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { SubscriptionError } from '../../app/confirmations.ts'
import { startSimulator } from '../../simulator/server.ts'
import { eventually, feedRig, planted, silentMarket } from '../support/feed-rig.ts'

const symbols = (count: number) => Array.from({ length: count }, (_, index) => `KRX:${String(100_000 + index)}`)

describe('what KIS refuses', () => {
  it('the 42nd subscription is refused without asking KIS, and the other 41 flow', async () => {
    const rig = await feedRig({ instruments: symbols(42) })
    await eventually(() => rig.feed.subscriptions().filter(({ status }) => status === 'active').length === 41)
    const refused = rig.of('subscription').filter(({ status }) => status === 'refused')
    expect(refused).toMatchObject([{ instrument: 'KRX:100041', channel: 'trade', code: 'OPSP0008' }])
    expect(rig.simulator.stats().requests).toHaveLength(41)
    await expect(rig.feed.confirmed('KRX:100041')).rejects.toThrow(/41 subscriptions/)
  })

  it('room that is given up is room for another', async () => {
    const rig = await feedRig({ instruments: symbols(41) })
    await eventually(() => rig.feed.subscriptions().every(({ status }) => status === 'active'))
    rig.feed.unsubscribe('KRX:100000')
    await rig.until('subscription', ({ status }) => status === 'released')
    rig.feed.subscribe('KRX:200000')
    await rig.feed.confirmed('KRX:200000')
    expect(rig.simulator.sessions()[0]?.registrations).toHaveLength(41)
  })

  it('a session of somebody else on the same app key is waited out, not fought', async () => {
    const simulator = await startSimulator({ tape: silentMarket() })
    onTestFinished(() => simulator.stop())
    const first = await feedRig({ running: simulator })
    await first.feed.confirmed('KRX:005930')

    const second = await feedRig({ running: simulator })
    const refusal = await second.until('subscription', ({ code }) => code === 'OPSP8996')
    expect(refusal).toMatchObject({ instrument: null, status: 'refused' })
    expect(first.feed.subscriptions()).toMatchObject([{ status: 'active' }])

    await first.feed.stop()
    await second.feed.confirmed('KRX:005930')
    expect(simulator.sessions()).toHaveLength(1)
  })

  it('an approval key that KIS no longer knows is replaced, once, and the line comes back', async () => {
    const stranger = await startSimulator({ tape: silentMarket() })
    onTestFinished(() => stranger.stop())
    const rig = await feedRig()
    await rig.feed.confirmed('KRX:005930')
    expect(rig.simulator.stats().approvalsIssued).toBe(1)

    rig.feed.switchUrl('KR', stranger.wsUrl) // does not know the key, and answers OPSP0011
    await rig.until('subscription', ({ code }) => code === 'OPSP0011')
    rig.feed.switchUrl('KR', rig.simulator.wsUrl)
    await eventually(() => rig.simulator.sessions().some(({ registrations }) => registrations.length === 1))

    expect(rig.simulator.stats().approvalsIssued).toBeGreaterThanOrEqual(2)
  })

  it('a promise about a subscription says why it was broken', async () => {
    const rig = await feedRig()
    await expect(rig.feed.confirmed('KRX:000660')).rejects.toMatchObject({ code: 'NOT_ASKED' })
    await expect(rig.feed.confirmed('005930')).rejects.toThrow(/has no venue/)
    await rig.feed.stop()
    await expect(rig.feed.confirmed('KRX:005930')).rejects.toBeInstanceOf(SubscriptionError)
  })

  it('keys that KIS does not accept are an event and a wait, not a crash', async () => {
    const rig = await feedRig({ ...planted, restUrl: 'http://127.0.0.1:9' })
    await eventually(() => rig.feed.subscriptions().length === 1)
    expect(rig.feed.subscriptions()).toMatchObject([{ status: 'wanted' }])
    await rig.feed.stop()
  })
})

describe('a line that cannot be opened', () => {
  it('is said to be down once, with the reason, and resumes when it can', async () => {
    const rig = await feedRig({ restUrl: 'http://127.0.0.1:9' })
    const disconnect = await rig.until('disconnect')
    expect(disconnect.reason).toMatch(/no answer from http:\/\/127\.0\.0\.1:9/)
    await eventually(() => rig.feed.counters().disconnect === 1)
    await rig.feed.stop()
    expect(rig.of('disconnect')).toHaveLength(1)
  })

  it('for keys that KIS refuses is an event with the code', async () => {
    const gateway = createServer((_, response) => {
      response.writeHead(403, { 'content-type': 'application/json' })
      response.end('{"error_code":"EGW00103","error_description":"유효하지 않은 AppKey입니다."}')
    })
    await once(gateway.listen(0, '127.0.0.1'), 'listening')
    onTestFinished(() => void gateway.close())
    const rig = await feedRig({ restUrl: `http://127.0.0.1:${(gateway.address() as AddressInfo).port}` })
    const refusal = await rig.until('subscription', ({ status }) => status === 'refused')
    expect(refusal).toMatchObject({ instrument: null, code: 'EGW00103' })
    expect((await rig.until('disconnect')).reason).toContain('EGW00103')
  })
})
