import { createDecipheriv } from 'node:crypto'
import { connect as connectTcp } from 'node:net'
import { describe, expect, it } from 'vitest'
import { startSimulator } from '../../simulator/server.ts'
import { capturedTape } from '../../simulator/tape/tape.ts'
import { approvalKey, captured, connect, requestText, simulator, until } from './support.ts'

describe('starting a simulator', () => {
  it('takes a free port of loopback and says which', async () => {
    const kis = await simulator()
    expect(kis.restUrl).toBe(`http://127.0.0.1:${kis.port}`)
    expect(kis.wsUrl).toBe(`ws://127.0.0.1:${kis.port}`)
    expect(kis.port).toBeGreaterThan(0)
  })

  it('on a port that is taken fails with a sentence that names it', async () => {
    const kis = await simulator()
    await expect(startSimulator({ port: kis.port })).rejects.toThrow(
      `the simulator cannot listen on port ${kis.port} of 127.0.0.1: another program listens there`,
    )
  })

  it('on a port that does not exist fails as well', async () => {
    await expect(startSimulator({ port: 70_000 })).rejects.toThrow('70000')
    await expect(startSimulator({ tap: {} } as never)).rejects.toThrow('tap is no option here; did you mean tape?')
    await expect(startSimulator({ quotations: { skipOneOf: 0 } } as never)).rejects.toThrow(
      'quotations.skipOneOf is no option here; did you mean skippedOneOf?',
    )
    await expect(startSimulator({ memory: { truths: 1 } } as never)).rejects.toThrow('did you mean truth?')
  })
})

describe('stopping a simulator', () => {
  it('cuts everybody off, frees the port, and may be done twice', async () => {
    const kis = await simulator()
    const client = await connect(kis)
    await client.subscribe('H0STCNT0', '005930')
    const idle = connectTcp(kis.port, '127.0.0.1')
    await new Promise(resolve => idle.once('connect', resolve))
    idle.on('error', () => {})
    await kis.stop()
    await kis.stop()
    expect(await client.closed).toBe(1006)
    expect(kis.stats()).toMatchObject({ socketsOpened: 1, socketsClosed: 1 })
    expect(kis.sessions()).toEqual([])
    await simulator({ port: kis.port })
  })

  it('leaves no timers behind', async () => {
    const timers = () => process.getActiveResourcesInfo().filter(name => name === 'Timeout').length
    const before = timers()
    const kis = await simulator({ pingIntervalMs: 5 })
    const client = await connect(kis)
    await client.subscribe('H0STCNT0', '005930')
    await client.received(text => text.includes('PINGPONG'))
    expect(timers()).toBeGreaterThan(before)
    await kis.stop()
    expect(timers()).toBeLessThanOrEqual(before)
  })
})

describe('counting sockets', () => {
  it('takes a client at its word that it has hung up, whatever is left to tidy up here', async () => {
    const kis = await simulator({ tape: capturedTape([]) })
    const first = connectTcp({ port: kis.port, host: '127.0.0.1', allowHalfOpen: true })
    first.write(
      'GET / HTTP/1.1\r\nHost: kis\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
    )
    await until(() => kis.sessions().length === 1)
    // It does not read, so that the last words for it keep its connection here.
    kis.send('x'.repeat(50_000_000))
    first.end()
    await new Promise(resolve => first.once('finish', resolve))

    await connect(kis)
    expect(kis.sessions()).toHaveLength(2)
    expect(kis.stats()).toMatchObject({ socketsOpened: 2, mostSocketsOpen: 1 })
    first.destroy()
    await until(() => kis.sessions().length === 1)
    await connect(kis, { appKey: 'another' })
    expect(kis.stats()).toMatchObject({ socketsOpened: 3, mostSocketsOpen: 2 })
  })
})

describe('sending by hand', () => {
  it('reaches every open session, as it is', async () => {
    const kis = await simulator({ tape: capturedTape([]) })
    const clients = [await connect(kis), await connect(kis)]
    kis.send('0|H0STCNT0|002|malformed^')
    for (const client of clients) await client.received(text => text === '0|H0STCNT0|002|malformed^')
  })

  it('encrypts a notice with the key of each session that registered it', async () => {
    const kis = await simulator()
    const [content = ''] = captured('H0STCNI0.decrypted.txt')
    const [concerned, other, bystander] = [
      await connect(kis, { appKey: 'a' }),
      await connect(kis, { appKey: 'b' }),
      await connect(kis, { appKey: 'c' }),
    ]
    const answers = [await concerned.subscribe('H0STCNI0', 'login-id'), await other.subscribe('H0STCNI0', 'other-id')]
    await bystander.subscribe('H0STMBC0', '005930')

    expect(kis.sendNotice('H0STCNI0', content)).toBe(2)

    const clients = [concerned, other]
    for (const [i, client] of clients.entries()) {
      const [frame = ''] = await client.received(text => text.startsWith('1|'))
      const { output } = (JSON.parse(answers[i] ?? '') as { body: { output: { iv: string; key: string } } }).body
      const decipher = createDecipheriv('aes-256-cbc', Buffer.from(output.key, 'utf8'), Buffer.from(output.iv, 'utf8'))
      const [flag, tr, count, payload = ''] = frame.split('|')
      expect([flag, tr, count]).toEqual(['1', 'H0STCNI0', '001'])
      expect(decipher.update(payload, 'base64', 'utf8') + decipher.final('utf8')).toBe(content)
    }
    expect(bystander.texts.some(text => text.startsWith('1|'))).toBe(false)
  })

  it('refuses to send as a notice what cannot be decrypted', async () => {
    const kis = await simulator()
    expect(() => kis.sendNotice('H0STCNT0', 'text')).toThrow('H0STCNT0')
  })
})

describe('cutting', () => {
  it('ends every connection without a handshake, and the same app key may come back', async () => {
    const kis = await simulator()
    const clients = [await connect(kis, { appKey: 'a' }), await connect(kis, { appKey: 'b' })]
    await clients[0]?.subscribe('H0STCNT0', '005930')
    kis.cut()
    for (const client of clients) expect(await client.closed).toBe(1006)
    await until(() => kis.sessions().length === 0)
    const back = await connect(kis, { appKey: 'a' })
    expect(await back.subscribe('H0STCNT0', '005930')).toContain('SUBSCRIBE SUCCESS')
    expect(kis.stats()).toMatchObject({ socketsOpened: 3, socketsClosed: 2, mostSocketsOpen: 2 })
  })
})

describe('a client that does not read', () => {
  it('is cut before its queue fills the memory', async () => {
    const long = `0|H0STMBC0|001|005930^${'x'.repeat(1_000_000)}`
    const kis = await simulator({ tape: capturedTape([long], { loop: true, rate: 100_000 }) })
    const approval = await approvalKey(kis)
    const client = await connect(kis, { approval })
    client.socket.on('message', () => client.socket.pause())
    client.send(requestText(approval, 'subscribe', 'H0STMBC0', '005930'))
    await until(() => kis.sessions().length === 0)
    expect(kis.stats().socketsClosed).toBe(1)
  })
})
