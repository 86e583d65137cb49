import type { Simulator } from '../../simulator/server.ts'
import { describe, expect, it } from 'vitest'
import { connect, handClock, simulator, until } from './support.ts'

const isPing = (text: string) => text.includes('PINGPONG')
/** As the operating guide has it (4.2). */
const ownHeartbeat = '{"header":{"tr_id":"PINGPONG"}}'

describe('the heartbeat', () => {
  it('is the captured text, in Korean time', async () => {
    const client = await connect(await simulator({ clock: handClock(), pingIntervalMs: 5 }))
    const [ping] = await client.received(isPing)
    expect(ping).toBe('{"header":{"tr_id":"PINGPONG","datetime":"20260914100000"}}')
  })

  it('keeps a client that echoes it, byte for byte', async () => {
    const kis = await simulator({ pingIntervalMs: 5, pingTimeoutMs: 1_000 })
    const client = await connect(kis)
    client.hear(client.send)
    await until(() => kis.stats().echoes.total >= 3)
    const { echoes, socketsClosed } = kis.stats()
    expect(echoes.identical).toBe(echoes.total)
    expect(socketsClosed).toBe(0)
  })

  it('keeps a client that writes it anew, and shows the difference', async () => {
    const kis = await simulator({ pingIntervalMs: 5, pingTimeoutMs: 1_000 })
    const client = await connect(kis)
    client.hear(text => client.send(JSON.stringify(JSON.parse(text), null, 1)))
    await until(() => kis.stats().echoes.total >= 2)
    expect(kis.stats()).toMatchObject({ echoes: { identical: 0 }, socketsClosed: 0 })
  })

  it('keeps a client that answers with a pong frame, as the official sample does', async () => {
    const kis = await simulator({ pingIntervalMs: 5, pingTimeoutMs: 1_000 })
    const client = await connect(kis)
    client.hear(text => client.socket.pong(text))
    await until(() => kis.stats().echoes.identical >= 2)
    expect(kis.stats().socketsClosed).toBe(0)
  })

  it('cuts a client that stays silent, without a close handshake', async () => {
    const kis = await simulator({ pingIntervalMs: 5, pingTimeoutMs: 10 })
    const client = await connect(kis)
    await client.subscribe('H0STMBC0', '005930')
    expect(await client.closed).toBe(1006)
    expect(client.texts.filter(isPing)).toHaveLength(1)
    await until(() => kis.sessions().length === 0)
  })

  it('cuts a client that sends only heartbeats of its own', async () => {
    const kis = await simulator({ pingIntervalMs: 5, pingTimeoutMs: 10 })
    const client = await connect(kis)
    client.hear(() => client.send(ownHeartbeat))
    expect(await client.closed).toBe(1006)
    expect(kis.stats().echoes.total).toBe(0)
  })
})

describe('a heartbeat of the client’s own', () => {
  it('is accepted in silence', async () => {
    const kis = await simulator()
    const client = await connect(kis)
    client.send(ownHeartbeat)
    await client.subscribe('H0STMBC0', '005930')
    expect(client.texts).toHaveLength(1)
    expect(kis.stats()).toMatchObject({ heartbeats: 1, echoes: { total: 0 }, socketsClosed: 0 })
  })
})

describe('a protocol ping of the client', () => {
  const pinged = async (kis: Simulator) => {
    const client = await connect(kis)
    const pongs: string[] = []
    client.socket.on('pong', data => pongs.push(data.toString()))
    client.socket.ping('hello')
    await client.subscribe('H0STMBC0', '005930')
    expect(kis.stats().protocolPings).toBe(1)
    return pongs
  }

  it("is counted and answered: the broker's own sample hangs up without a pong", async () => {
    expect(await pinged(await simulator())).toEqual(['hello'])
  })

  it('is not answered where a fault is against it', async () => {
    const kis = await simulator()
    const fault = kis.inject({ kind: 'no-pongs' })
    expect(await pinged(kis)).toEqual([])
    expect(fault.report().acted).toBe(1)
  })
})
