import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { SubscriptionError } from '../../../app/feed/confirmations.ts'
import { eventually, feedRig, planted } from '../../support/rigs/feed.ts'

describe('what KIS refuses', () => {
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
    await eventually(() => rig.feed.status().counts.events.disconnect === 1)
    await rig.feed.stop()
    expect(rig.of('disconnect')).toHaveLength(1)
  })

  it('for a code with two meanings has the one of its text in the log', async () => {
    const gateway = createServer((_, response) => {
      response.writeHead(403, { 'content-type': 'application/json' })
      response.end('{"error_code":"EGW00213","error_description":"제휴사명(corpname)은 필수 입니다."}')
    })
    await once(gateway.listen(0, '127.0.0.1'), 'listening')
    onTestFinished(() => void gateway.close())
    const lines: string[] = []
    const keep = (_: object, text: string) => void lines.push(text)
    const rig = await feedRig({
      restUrl: `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`,
      log: { debug: keep, info: keep, warn: keep, error: keep },
    })
    await rig.until('subscription', ({ status }) => status === 'refused')
    expect(lines).toContainEqual(expect.stringMatching(/^KIS: .*corpname/))
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
