import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { connect as connectTcp } from 'node:net'
import { readRequest } from '../../simulator/request.ts'
import { approvalKey, connect, post, simulator, until } from './support.ts'

const anyText = fc.string({ unit: 'binary', maxLength: 60 })
const anyField = fc.oneof(
  anyText,
  fc.constantFrom('1', '2', 'P', 'B', 'H0STCNT0', '005930', 'PINGPONG', '__proto__'),
  fc.jsonValue(),
)

/** Requests that are right in places. */
const nearRequest = fc
  .record(
    {
      header: fc.oneof(
        fc.record(
          { approval_key: anyField, custtype: anyField, tr_type: anyField, tr_id: anyField, datetime: anyField },
          { requiredKeys: [] },
        ),
        fc.jsonValue(),
      ),
      body: fc.oneof(
        fc.record(
          { input: fc.record({ tr_id: anyField, tr_key: anyField }, { requiredKeys: [] }) },
          { requiredKeys: [] },
        ),
        fc.jsonValue(),
      ),
    },
    { requiredKeys: [] },
  )
  .map(request => JSON.stringify(request))

describe('reading a request', () => {
  it('never throws, whatever comes', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, nearRequest, fc.json()), text => {
        expect(['heartbeat', 'subscription', 'refused']).toContain(readRequest(text).kind)
      }),
      { numRuns: 2_000 },
    )
  })

  it('survives nesting that is very deep', () => {
    expect(readRequest('['.repeat(200_000)).kind).toBe('refused')
    expect(readRequest(`${'{"header":'.repeat(50_000)}1${'}'.repeat(50_000)}`).kind).toBe('refused')
  })
})

describe('a simulator that is sent malformed input', () => {
  it('answers on and serves the next client', async () => {
    const kis = await simulator()
    const client = await connect(kis)
    const texts = fc.sample(fc.oneof(anyText, nearRequest, fc.json()), { numRuns: 300, seed: 7 })
    for (const text of texts) client.send(text)
    client.socket.send(Buffer.from([0xff, 0xfe, 0x00, 0x7b]))
    await until(() => kis.stats().requests.length + kis.stats().heartbeats === texts.length + 1)
    await until(() => client.texts.length === kis.stats().requests.length)
    expect(await client.subscribe('H0STMBC0', '005930')).toContain('SUBSCRIBE SUCCESS')
  })

  it('drops a client that sends what no text frame may hold, and only that one', async () => {
    const kis = await simulator()
    const bad = await connect(kis, { appKey: 'bad' })
    const good = await connect(kis, { appKey: 'good' })
    bad.socket.send(Buffer.from([0xc3, 0x28]), { binary: false })
    await bad.closed
    expect(await good.subscribe('H0STMBC0', '005930')).toContain('SUBSCRIBE SUCCESS')
  })

  it('drops a client whose message is beyond all measure', async () => {
    const kis = await simulator()
    const client = await connect(kis)
    client.send('x'.repeat(2 * 1024 * 1024))
    expect(await client.closed).toBe(1009)
  })

  it('answers any body of any REST call with JSON', async () => {
    const kis = await simulator()
    const body = fc.record(
      { grant_type: anyField, appkey: anyField, appsecret: anyField, token: anyField },
      { requiredKeys: [] },
    )
    const bodies = fc.sample(
      fc.oneof(
        fc.json(),
        body.map(value => JSON.stringify(value)),
      ),
      { numRuns: 60, seed: 7 },
    )
    for (const path of ['/oauth2/tokenP', '/oauth2/Approval', '/oauth2/revokeP']) {
      for (const text of bodies) expect([200, 403]).toContain((await post(kis, path, text)).status)
    }
    expect(await approvalKey(kis)).toMatch(/-/)
  })

  it('shrugs off connections that speak no HTTP, or break off in the middle', async () => {
    const kis = await simulator()
    for (const words of [
      'hello\r\n\r\n',
      'POST /oauth2/tokenP HTTP/1.1\r\ncontent-length: 100\r\n\r\n{"grant',
      'GET / HTTP/1.1\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n',
    ]) {
      const socket = connectTcp(kis.port, '127.0.0.1')
      socket.on('error', () => {})
      await new Promise<void>(resolve => socket.write(words, () => resolve()))
      socket.destroy()
    }
    expect(await approvalKey(kis)).toMatch(/-/)
  })
})
