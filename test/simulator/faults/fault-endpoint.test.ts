import { request } from 'node:http'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { faultKinds, fieldsOf } from '../../../simulator/faults/form.ts'
import type { Simulator } from '../../../simulator/server.ts'
import { frame, story, trades } from './support.ts'
import { code, connect, post, simulator, until } from '../support.ts'

const [a = '', b = ''] = trades

type Reply = { status: number; body: Record<string, unknown> }

async function call(kis: Simulator, method: string, path: string, body?: string): Promise<Reply> {
  const response = await fetch(kis.restUrl + path, { method, ...(body === undefined ? {} : { body }) })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

const inject = (kis: Simulator, fault: unknown) => call(kis, 'POST', '/simulator/faults', JSON.stringify(fault))

describe('the control endpoint', () => {
  it('injects a fault, lists it with what it did, and clears it', async () => {
    const { clock, frames, kis, play } = await story({ control: true })
    const began = clock.now()
    const fault = { kind: 'mute-symbol', key: '005930' }
    expect(await inject(kis, fault)).toEqual({
      status: 201,
      body: { id: 1, fault, state: 'in-force', began, acted: 0, withheld: [] },
    })
    play(frame([a]))
    const withheld = [{ tr: 'H0STCNT0', key: '005930', records: 1, volume: Number(a.split('^')[12]) }]
    const inForce = { id: 1, fault, state: 'in-force', began, acted: 1, withheld }
    expect(await call(kis, 'GET', '/simulator/faults')).toEqual({ status: 200, body: { faults: [inForce] } })
    for (let i = 0; i < 2; i++) {
      expect(await call(kis, 'DELETE', '/simulator/faults/1')).toEqual({
        status: 200,
        body: { ...inForce, state: 'over', ended: began },
      })
    }
    play(frame([b]))
    expect(await frames()).toEqual([frame([b])])
    expect((await call(kis, 'GET', '/simulator/withheld')).body).toEqual({
      forgotten: 0,
      withheld: JSON.parse(JSON.stringify(kis.withheld())),
    })
    expect((await call(kis, 'GET', '/simulator/stats')).body).toMatchObject({
      socketsOpened: 1,
      truth: { withheld: 1 },
    })
  })

  it('says what it did at once', async () => {
    const { client, kis } = await story({ control: true })
    expect(await inject(kis, { kind: 'cut' })).toMatchObject({ status: 201, body: { state: 'over', acted: 1 } })
    expect(await client.closed).toBe(1006)
  })

  it('says everything that is wrong with a fault, and what was expected', async () => {
    const { kis } = await story({ control: true })
    expect(await inject(kis, { kind: 'lose', key: 5, forms: 1 })).toEqual({
      status: 400,
      body: {
        error: 'no fault',
        mistakes: [
          'lose: key 5: expected a key of 1 to 40 letters and digits, as 005930 or DNASAAPL',
          '"forms": lose takes key, tr, records, probability, forMs, appKey',
          'lose needs probability or records',
        ],
      },
    })
    expect(await call(kis, 'POST', '/simulator/faults', 'kind=cut')).toMatchObject({ status: 400 })
    expect(kis.faults()).toEqual([])
  })

  it('says which numbers faults in force have when one is wrong', async () => {
    const { kis } = await story({ control: true })
    kis.inject({ kind: 'cut' })
    kis.inject({ kind: 'occupied' })
    for (const id of ['7', 'x', '-1', '1e0', '%31', '99999999999999999999']) {
      expect(await call(kis, 'DELETE', `/simulator/faults/${id}`)).toEqual({
        status: 404,
        body: { error: 'no fault has this number', faults: [2] },
      })
    }
  })

  it('says when there are too many', async () => {
    const { kis } = await story({ control: true })
    for (let i = 0; i < 100; i++) kis.inject({ kind: 'occupied' })
    expect(await inject(kis, { kind: 'occupied' })).toEqual({
      status: 409,
      body: { error: '100 faults are in force: clear some first' },
    })
  })

  it.each([
    ['GET', '/simulator'],
    ['PUT', '/simulator/faults'],
    ['DELETE', '/simulator/faults'],
    ['GET', '/simulator/faults/1'],
    ['POST', '/simulator/stats'],
  ])('answers %s %s with what there is', async (method, path) => {
    const { kis } = await story({ control: true })
    const { body, status } = await call(kis, method, path)
    expect(status).toBe(404)
    expect(body).toMatchObject({ exists: expect.arrayContaining(['POST /simulator/faults']) as unknown })
  })

  it('is there only when it was asked for', async () => {
    const { kis } = await story()
    expect((await inject(kis, { kind: 'cut' })).status).toBe(404)
    expect((await call(kis, 'GET', '/simulator/faults')).status).toBe(404)
    expect(kis.faults()).toEqual([])
  })

  it('is no victim of its own faults', async () => {
    const { kis } = await story({ control: true })
    await inject(kis, { kind: 'rest-500' })
    await inject(kis, { kind: 'rest-slow', byMs: 60_000 })
    expect((await call(kis, 'DELETE', '/simulator/faults/2')).status).toBe(200)
    expect((await post(kis, '/oauth2/Approval', {})).status).toBe(500)
  })

  it.each([
    [{ host: 'evil.example' }, 403],
    [{ host: '127.0.0.1.evil.example' }, 403],
    [{ origin: 'https://evil.example' }, 403],
    [{ origin: 'null' }, 403],
    [{ host: 'localhost' }, 200],
    [{ host: 'localhost:18800', origin: 'http://localhost:5173' }, 200],
    [{ origin: 'http://127.0.0.1:9000' }, 200],
  ])('called with %j answers %i, because pages in a browser reach loopback too', async (headers, status) => {
    const { kis } = await story({ control: true })
    const answered = new Promise<number | undefined>((resolve, reject) => {
      const options = { host: '127.0.0.1', port: kis.port, path: '/simulator/faults', headers }
      request(options, response => resolve(response.resume().statusCode))
        .on('error', reject)
        .end()
    })
    expect(await answered).toBe(status)
  })
})

describe('a control endpoint that is sent anything', () => {
  it('answers with JSON, takes nothing that is no fault, and the simulator serves on', async () => {
    const kis = await simulator({ control: true })
    const value = fc.oneof(
      fc.jsonValue(),
      fc.integer({ min: 1, max: 50 }),
      fc.constantFrom('005930', 'OPSP0008', '/a', 0.5),
    )
    const name = fc.constantFrom(
      'key',
      'tr',
      'code',
      'count',
      'records',
      'probability',
      'session',
      'path',
      'texts',
      'x',
    )
    const near = fc
      .tuple(fc.constantFrom(...faultKinds), fc.dictionary(name, value, { maxKeys: 3 }))
      .map(([kind, values]) => JSON.stringify({ ...values, kind }))
    const bodies = fc.sample(fc.oneof(near, fc.json(), fc.string({ unit: 'binary' })), { numRuns: 250, seed: 11 })
    const statuses = new Set<number>()
    for (const body of bodies) {
      const { status } = await call(kis, 'POST', '/simulator/faults', body)
      statuses.add(status)
      for (const { id, state } of kis.faults()) {
        if (state === 'in-force') expect((await call(kis, 'DELETE', `/simulator/faults/${id}`)).status).toBe(200)
      }
    }
    expect(statuses).toEqual(new Set([201, 400]))
    const paths = fc.sample(fc.webPath(), { numRuns: 50, seed: 11 })
    for (const path of paths) {
      for (const method of ['GET', 'DELETE'])
        expect((await call(kis, method, `/simulator/faults${path}`)).status).toBeLessThan(500)
    }
    const client = await connect(kis)
    expect(code(await client.subscribe('H0STCNT0', '005930'))).toBe('OPSP0000')
    await until(() => kis.faults().every(({ state }) => state === 'over'))
  })

  it('survives faults of every kind on a busy market', async () => {
    const { client, clock, kis, play } = await story({ control: true })
    const values: Readonly<Record<string, unknown>> = {
      session: 1,
      forMs: 100,
      key: '005930',
      tr: 'H0STCNT0',
      code: 'OPSP0008',
      count: 2,
      rememberMs: 50,
      occupiedMs: 20,
      delivering: false,
      byMs: 10,
      records: 5,
      probability: 0.5,
      where: 'between',
      extra: 3,
      texts: ['0|malformed'],
      path: '/oauth2/tokenP',
      status: 502,
      codeIn: 'message',
      without: 'header',
      field: 'expires_in',
    }
    // Its codes are those of REST, and may be left out.
    const isRefusedByCode = (kind: string) => kind !== 'rest-500' && kind !== 'rest-refuse'
    const kinds = [...faultKinds, ...fc.sample(fc.constantFrom(...faultKinds), { numRuns: 60, seed: 5 })]
    for (const kind of kinds) {
      const names = Object.keys(fieldsOf(kind)).filter(name => isRefusedByCode(kind) || name !== 'code')
      const { status } = await inject(kis, { kind, ...Object.fromEntries(names.map(name => [name, values[name]])) })
      expect(status).toBe(201)
      play(frame([a, b]), frame([a]))
      clock.advance(30)
    }
    expect(new Set(kis.faults().map(({ fault }) => fault.kind)).size).toBe(faultKinds.length)
    for (const { id } of kis.faults()) await call(kis, 'DELETE', `/simulator/faults/${id}`)
    client.socket.terminate()
    await until(() => kis.sessions().length === 0)
    const next = await connect(kis)
    expect(code(await next.subscribe('H0STCNT0', '005930'))).toBe('OPSP0000')
    play(frame([a]))
    await next.received(text => text === frame([a]))
  })
})
