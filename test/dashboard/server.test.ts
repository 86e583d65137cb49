// The server behind the page, over real sockets: whom it answers, what it mounts, and what it does
// without a page.
import { createServer, request } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { once } from 'node:events'
import { Queue } from 'bullmq'
import { createIoredisMock } from 'js-redis-server'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { startDashboard } from '../../dashboard/server.ts'
import { generatedTape } from '../../simulator/tape/generated-tape.ts'
import { dashboardRig } from '../support/rigs/dashboard.ts'
import { payloadSchemas } from '../../workers/payloads.ts'
import { eventually, planted, whenCaptured } from '../support/rigs/feed.ts'
import { lineOf } from '../support/wire/frames.ts'

type Answer = { readonly status: number; readonly headers: NodeJS.Dict<string | string[]>; readonly text: string }

/** With any header, the Host included, which fetch would not let a test choose. */
async function get(port: number, path: string, headers: Record<string, string> = {}): Promise<Answer> {
  const asking = request({ host: '127.0.0.1', port, path, headers, setHost: headers['host'] === undefined })
  asking.end()
  const [answer] = await once(asking, 'response')
  let text = ''
  for await (const chunk of answer) text += String(chunk)
  return { status: answer.statusCode, headers: answer.headers, text }
}

type Listener = {
  readonly socket: WebSocket
  readonly messages: Record<string, unknown>[]
  until(type: string): Promise<Record<string, unknown>>
}

function listen(port: number, path = '/live', headers: Record<string, string> = {}): Listener {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers })
  onTestFinished(() => socket.terminate())
  const messages: Record<string, unknown>[] = []
  socket.on('message', data => messages.push(JSON.parse((data as Buffer).toString())))
  return {
    socket,
    messages,
    async until(type) {
      await eventually(() => messages.some(message => message['type'] === type))
      return messages.find(message => message['type'] === type) ?? {}
    },
  }
}

/** The status with which an upgrade was refused, or 101. */
function upgradeStatus(port: number, path: string, headers: Record<string, string>): Promise<number> {
  return new Promise(resolve => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers })
    socket.on('open', () => (socket.terminate(), resolve(101)))
    socket.on('unexpected-response', (_, { statusCode = 0 }) => (socket.terminate(), resolve(statusCode)))
    socket.on('error', () => {})
  })
}

describe('the dashboard on loopback', () => {
  it('serves the page and the library of its charts from the machine itself, under a policy that lets nothing else in', async () => {
    const { dashboard } = await dashboardRig()
    const page = await get(dashboard.port, '/')
    expect(page.text).toContain('<title>kis-stream</title>')
    expect(page.headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'")
    const files = [...page.text.matchAll(/(?:href|src)="([\w./-]+\.(?:css|js|svg))"/g)].map(([, file]) => file)
    expect(files.length).toBeGreaterThan(5)
    for (const file of [...files, 'library/lightweight-charts.mjs']) {
      expect(await get(dashboard.port, `/${file}`), file).toMatchObject({ status: 200 })
    }
  })

  it('ends a page that asks without end and reads nothing', async () => {
    const { dashboard } = await dashboardRig()
    const { socket, until } = listen(dashboard.port)
    await until('status')
    const closed = once(socket, 'close')
    socket.pause()
    const ask = JSON.stringify({ type: 'choose', instrument: `KRX:${'0'.repeat(60_000)}` })
    // What the server has to say is as long as what is asked; the kernel takes some of it.
    for (let i = 0; i < 1_000 && socket.readyState === WebSocket.OPEN; i++) {
      socket.send(ask)
      await new Promise(resolve => setImmediate(resolve))
    }
    socket.resume()
    expect(await closed).toEqual([1006, expect.anything()])
  })

  it('gives out no other file', async () => {
    const { dashboard } = await dashboardRig()
    const paths = [
      '/../server.ts',
      '/%2e%2e/server.ts',
      '/tsconfig.json',
      '/library/../../package.json',
      '/library/lightweight-charts.mjs/',
      '/library',
      '/__proto__',
      '/constructor',
    ]
    for (const path of paths) expect((await get(dashboard.port, path)).status, path).toBe(404)
  })

  it('answers no other name and no other page, on HTTP and on its live connection', async () => {
    const { dashboard } = await dashboardRig()
    const { port } = dashboard
    for (const path of ['/', '/status', '/main.js']) {
      expect((await get(port, path, { host: `evil.example:${port}` })).status).toBe(403)
      expect((await get(port, path, { origin: 'http://evil.example' })).status).toBe(403)
    }
    expect(await upgradeStatus(port, '/live', { origin: 'http://evil.example' })).toBe(403)
    expect(await upgradeStatus(port, '/live', { host: 'evil.example' })).toBe(403)
    expect(await upgradeStatus(port, '/elsewhere', {})).toBe(404)
    expect(await upgradeStatus(port, '/live', { origin: `http://127.0.0.1:${port}` })).toBe(101)
  })

  it('takes the next free port when its own is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    onTestFinished(() => void other.close())
    const { port } = other.address() as AddressInfo
    const { dashboard } = await dashboardRig({ dashboard: { port } })
    expect(dashboard.port).toBeGreaterThan(port)
    expect((await get(dashboard.port, '/')).status).toBe(200)
  })

  it('is not put where others can reach it without a token', async () => {
    const { feed, internals } = await dashboardRig()
    await expect(startDashboard({ feed, internals, host: '0.0.0.0', port: 0 })).rejects.toThrow(/needs a token/)
  })

  it('survives malformed messages on its live connection, and half a request', async () => {
    const { dashboard } = await dashboardRig()
    const page = listen(dashboard.port)
    await page.until('status')
    for (const text of [
      '',
      'null',
      '[]',
      '{"type":"choose"}',
      '{"type":"choose","instrument":7}',
      '\u0000',
      '{"type":"__proto__"}',
    ])
      page.socket.send(text)
    page.socket.send(Buffer.from([0xff, 0xfe]))
    page.socket.send(JSON.stringify({ type: 'choose', instrument: 'KRX:000000' }))
    expect(await page.until('chosen')).toMatchObject({ instrument: 'KRX:000000', seconds: [], minutes: [] })
    const half = connect(dashboard.port, '127.0.0.1')
    half.write('GET / HTTP/1.1\r\nHost: ')
    half.destroy()
    expect((await get(dashboard.port, '/')).status).toBe(200)
  })
})

describe('the dashboard with a token', () => {
  const token = 'a-token-that-is-hard-to-guess'

  it('refuses a call without it, and takes it once, out of the address', async () => {
    const { dashboard } = await dashboardRig({ dashboard: { token, host: '0.0.0.0' } })
    const { port } = dashboard
    for (const path of ['/', '/status', '/main.js', '/?token=guess']) expect((await get(port, path)).status).toBe(401)
    expect(await upgradeStatus(port, '/live', {})).toBe(401)
    const entered = await get(port, `/?token=${token}`)
    expect(entered).toMatchObject({ status: 302, headers: { location: '/' } })
    const cookie = String(entered.headers['set-cookie']).split(';')[0] ?? ''
    expect((await get(port, '/', { cookie, host: 'kis.example' })).status).toBe(200)
    expect(await upgradeStatus(port, '/live', { cookie, host: 'kis.example', origin: 'http://kis.example' })).toBe(101)
    expect(await upgradeStatus(port, '/live', { cookie, host: 'kis.example', origin: 'http://evil.example' })).toBe(403)
    expect((await get(port, '/status', { authorization: `Bearer ${token}` })).status).toBe(200)
    expect((await get(port, '/status', { authorization: `Bearer ${token}` })).text).not.toContain(token)
  })
})

describe('what is mounted beside the page', () => {
  it('serves metrics as text, and health with the status that a probe understands', async () => {
    const clock = whenCaptured()
    const rig = await dashboardRig({
      clock,
      dashboard: {
        metrics: async () => ({ text: 'kis_up 1\n# EOF\n', contentType: 'application/openmetrics-text' }),
      },
    })
    const { dashboard, feed } = rig
    await feed.confirmed('KRX:005930')
    const metrics = await get(dashboard.port, '/metrics')
    expect(metrics.text).toBe('kis_up 1\n# EOF\n')
    expect(metrics.headers['content-type']).toContain('openmetrics-text')
    // What the page says on top is what the probe is answered.
    const health = async () => {
      const health = await get(dashboard.port, '/health')
      const { verdicts } = JSON.parse((await get(dashboard.port, '/status')).text)
      expect(JSON.parse(health.text).verdicts).toEqual(verdicts)
      return [health.status, verdicts[0].level, verdicts[0].reason]
    }
    expect(await health()).toEqual([503, 'waiting', 'no-data-yet'])
    rig.simulator.send(lineOf('H0STCNT0.txt', 1))
    await rig.until('trade')
    expect(await health()).toEqual([200, 'good', 'flowing'])
  })

  it('counts jobs, and lets Bull Board look into them', async () => {
    const connection = await createIoredisMock()
    Reflect.set(connection.options, 'maxRetriesPerRequest', null)
    const queue = new Queue('gap-validation', { connection, prefix: '{kis}' })
    onTestFinished(async () => {
      await queue.close()
      connection.disconnect()
    })
    await queue.add('KRX:005930', { from: 1 })
    const { dashboard } = await dashboardRig({
      dashboard: {
        jobs: { queues: [queue] },
        certificate: async () => ({ date: 20261123, instruments: [] }),
        tokenIssuedAt: async () => 1,
        sharedLimits: async () => ({
          lines: [{ line: '1', connectsLeft: 2 }],
          restCallsPerSecond: 16,
          restSlowedBy: 1,
        }),
      },
    })
    const board = await get(dashboard.port, '/jobs')
    expect(board).toMatchObject({ status: 200 })
    expect(board.headers['content-security-policy']).toContain("default-src 'self'")
    const style = /href="(static\/css\/[^"]+)"/.exec(board.text)?.[1] ?? ''
    expect((await get(dashboard.port, `/jobs/${style}`)).status).toBe(200)
    expect((await get(dashboard.port, '/jobs/api/queues')).text).toContain('gap-validation')
    expect((await get(dashboard.port, '/jobs/api/queues', { origin: 'http://evil.example' })).status).toBe(403)
    expect((await get(dashboard.port, '/jobs/')).headers['location']).toBe('/jobs')
    expect(JSON.parse((await get(dashboard.port, '/jobs/api/queues')).text)).toMatchObject({
      queues: [{ readOnlyMode: true }],
    })
    for (const [method, path] of [
      ['PUT', 'gap-validation/obliterate'],
      ['PUT', 'gap-validation/empty'],
      ['POST', 'gap-validation/add'],
      ['PUT', 'pause'],
    ] as const) {
      const { status } = await fetch(`${dashboard.url}jobs/api/queues/${path}`, { method })
      expect(status, path).toBe(405)
    }
    expect(await queue.getJobCounts('waiting')).toEqual({ waiting: 1 })
    const page = listen(dashboard.port)
    expect(await page.until('hello')).toMatchObject({ hasJobs: true, hasStately: false })
    await eventually(() => page.messages.some(({ type, queues }) => type === 'status' && queues !== null))
    expect(page.messages.findLast(({ type }) => type === 'status')).toMatchObject({
      queues: [{ name: 'gap-validation', counts: { waiting: 1 } }],
      certificate: { date: 20261123, rows: [], total: { trades: 0 } },
      hasCertificates: true,
      tokenIssuedAt: 1,
      limits: [{ connects: { left: 2, scope: 'all-processes' } }],
    })
  })

  it('with its token takes a job, a retry and a promotion, and nothing else; without it shows alone', async () => {
    const connection = await createIoredisMock()
    Reflect.set(connection.options, 'maxRetriesPerRequest', null)
    const queue = new Queue('certificate', { connection, prefix: '{kis}' })
    onTestFinished(async () => {
      await queue.close()
      connection.disconnect()
    })
    const later = await queue.add('later', { date: 'today' }, { delay: 3_600_000 })
    const token = 'a token of the test'
    const { dashboard } = await dashboardRig({
      dashboard: { token, jobs: { queues: [queue], payloadSchemas: payloadSchemas() } },
    })
    const call = async (method: string, path: string, headers: Record<string, string>, body?: unknown) => {
      const response = await fetch(`${dashboard.url}jobs/api/queues/${path}`, {
        method,
        headers: { 'Content-Type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      return { status: response.status, text: await response.text() }
    }
    const authorization = { Authorization: `Bearer ${token}` }
    const job = { name: 'by hand', data: { date: 20261120 }, options: {} }

    expect((await call('POST', 'certificate/add', {}, job)).status).toBe(401)
    const foreign = { ...authorization, Origin: 'http://evil.example' }
    expect((await call('POST', 'certificate/add', foreign, job)).status).toBe(403)
    expect(await queue.getJobCounts('waiting', 'delayed')).toEqual({ waiting: 0, delayed: 1 })

    expect((await call('POST', 'certificate/add', authorization, job)).status).toBe(200)
    expect((await call('PUT', `certificate/${later.id}/promote`, authorization)).status).toBe(204)
    expect(await queue.getJobCounts('waiting', 'delayed')).toEqual({ waiting: 2, delayed: 0 })
    expect((await queue.getJobs(['waiting'])).map(({ data }) => data as unknown)).toContainEqual({ date: 20261120 })
    const schema = await call('GET', 'certificate/job-data-schema', authorization)
    expect(schema.text).toContain('"enum":["today","yesterday"]')
    for (const [method, path] of [
      ['PUT', 'certificate/obliterate'],
      ['PUT', 'certificate/empty'],
      ['PUT', 'certificate/clean/failed'],
      ['PUT', `certificate/${later.id}/clean`],
      ['PATCH', `certificate/${later.id}/update-data`],
      ['PUT', 'certificate/pause'],
      ['PUT', 'pause'],
      ['PUT', 'certificate/concurrency'],
      ['PUT', 'certificate/job-schedulers/x/remove'],
    ] as const) {
      expect((await call(method, path, authorization, {})).status, path).toBe(405)
    }
  })

  it("speaks the hosted inspector's protocol on loopback, with machines but without what they hold", async () => {
    const rig = await dashboardRig({ dashboard: { inspect: true }, htsId: 'planted-hts-id' })
    await rig.feed.confirmed('KRX:005930')
    const stately = listen(rig.dashboard.port, '/stately/live')
    const { port } = rig.dashboard
    expect((await get(port, '/stately')).headers['content-security-policy']).toContain('frame-src https://stately.ai')
    expect(await upgradeStatus(port, '/stately/live', { origin: 'https://stately.ai' })).toBe(403)
    rig.simulator.cut()
    await rig.until('resume')
    await eventually(() =>
      stately.messages.some(
        ({ type, snapshot }) =>
          type === '@xstate.snapshot' && (snapshot as { value: unknown }).value === 'reconnecting',
      ),
    )
    const actors = stately.messages.filter(({ type }) => type === '@xstate.actor')
    expect(actors[0]).toMatchObject({ name: 'feed', rootId: actors[0]?.['sessionId'], _version: expect.any(String) })
    expect(actors.map(({ name }) => name)).toEqual(expect.arrayContaining(['feed', 'line', 'socket', 'connection']))
    expect(actors.filter(({ name }) => name === 'socket')).toHaveLength(2)
    const definition = JSON.parse(String(actors[2]?.['definition']))
    expect(Object.keys(definition.states).sort()).toEqual(['market-switch', 'reconnecting', 'session', 'stopped'])
    expect(actors[2]?.['parentId']).toBe(actors[1]?.['sessionId'])
    expect(actors[1]?.['parentId']).toBe(actors[0]?.['sessionId'])
    const text = JSON.stringify(stately.messages)
    expect(text).not.toContain('"context"')
    expect(text).not.toContain('005930')
    expect(text).not.toContain('127.0.0.1')
    for (const secret of [planted.appKey, planted.appSecret, 'planted-hts-id']) expect(text).not.toContain(secret)
    expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-/)
  })

  it('has no hosted inspector unless asked, nor where others can reach it', async () => {
    const without = await dashboardRig()
    expect((await get(without.dashboard.port, '/stately')).status).toBe(404)
    const token = 'a-token-that-is-hard-to-guess'
    const elsewhere = await dashboardRig({ dashboard: { inspect: true, host: '0.0.0.0', token } })
    expect((await get(elsewhere.dashboard.port, '/stately', { authorization: `Bearer ${token}` })).status).toBe(404)
  })
})

describe('without a page', () => {
  it('nothing is read and nothing is said; the first page starts it and the last one ends it', async () => {
    let asked = 0
    const rig = await dashboardRig({ simulator: { tape: generatedTape({ rate: 500 }) } })
    const feed: typeof rig.feed = { ...rig.feed, status: () => (asked++, rig.feed.status()) }
    const dashboard = await startDashboard({ feed, internals: rig.internals, port: 0 })
    onTestFinished(() => dashboard.stop())
    await eventually(() => rig.of('trade').length > 200)
    expect(asked).toBe(0)
    const page = listen(dashboard.port)
    await page.until('prices')
    await eventually(() => asked > 2)
    page.socket.close()
    await once(page.socket, 'close')
    const [trades, soFar] = [rig.of('trade').length, asked]
    await eventually(() => rig.of('trade').length > trades + 500)
    expect(asked).toBeLessThanOrEqual(soFar + 1)
  })
})
