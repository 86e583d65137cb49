// The REST client over real HTTP, against answers of every kind.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hourMs } from '../../../market/basics/durations.ts'
import { KisError } from '../../../kis/errors.ts'
import { createRestClient, type RestClient, type RestOptions } from '../../../kis/rest/client.ts'
import { deadAddress, type OddServer, startOddServer } from '../../support/servers/odd-server.ts'

const appSecret = 'very-secret-app-secret-value'
const request = { appkey: 'app-key-value', appsecret: appSecret }

let server: OddServer
const clients: RestClient[] = []

beforeEach(async () => {
  server = await startOddServer({ body: '{"rt_cd":"0","msg_cd":"MCA00000","msg1":"정상처리 되었습니다."}' })
})
afterEach(async () => {
  await server.stop()
  await Promise.all(clients.splice(0).map(client => client.close()))
})

function client(options: Partial<RestOptions> = {}): RestClient {
  const made = createRestClient({
    baseUrl: server.url,
    clock: { now: () => 0 },
    spacingMs: 0,
    timeoutMs: 30_000,
    checkCertificate: true,
    ...options,
  })
  clients.push(made)
  return made
}

/** The error of a call that must fail. */
async function errorOf(call: Promise<unknown>): Promise<KisError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof KisError)) throw new Error(`expected a KisError, found ${inspect(error)}`)
  return error
}

function errorTextOf(call: Promise<unknown>): Promise<string> {
  return errorOf(call).then(({ message }) => message)
}

describe('a clock that was set back', () => {
  it('does not hold up the next call until it has caught up', async () => {
    let now = hourMs
    const rest = client({ spacingMs: 10, clock: { now: () => now } })
    await rest.post('/first', request)
    now = 0
    await rest.post('/second', request)
    expect(server.calls.map(({ path }) => path)).toEqual(['/first', '/second'])
  })
})

describe('a call', () => {
  it('posts its body as JSON to the path, and gives the body of the answer', async () => {
    server.replies({ body: '{"rt_cd":"0","output":{"price":"70000"}}' })
    expect(await client().post('/some/path', { appkey: 'key', text: '한글' })).toEqual({
      rt_cd: '0',
      output: { price: '70000' },
    })
    expect(server.calls).toMatchObject([
      {
        method: 'POST',
        path: '/some/path',
        body: '{"appkey":"key","text":"한글"}',
        headers: { 'content-type': 'application/json; charset=utf-8' },
      },
    ])
  })

  it.each(['{}', '[]', '{"approval_key":"x"}', '{"rt_cd":"0"}', '0'])('takes %s as an answer', async body => {
    server.replies({ body })
    expect(await client().post('/', {})).toEqual(JSON.parse(body))
  })

  it('takes an answer of any status between 200 and 299', async () => {
    server.replies({ status: 201, body: '{"ok":1}' })
    expect(await client().post('/', {})).toEqual({ ok: 1 })
  })
})

describe('a refusal', () => {
  it.each([
    [
      'an ordinary one, with HTTP 500',
      500,
      '{"rt_cd":"1","msg_cd":"EGW00201","msg1":"초당 거래건수를 초과하였습니다."}',
      'rate-limit',
      'EGW00201',
      true,
    ],
    [
      'an ordinary one, with HTTP 500',
      500,
      '{"rt_cd":"1","msg_cd":"EGW00123","msg1":"기간이 만료된 token 입니다."}',
      'authentication',
      'EGW00123',
      true,
    ],
    [
      'an ordinary one, with HTTP 200',
      200,
      '{"rt_cd":"1","msg_cd":"OPSQ0002","msg1":"없는 서비스 코드 입니다"}',
      'invalid-request',
      'OPSQ0002',
      false,
    ],
    [
      'one of /oauth2',
      403,
      '{"error_code":"EGW00133","error_description":"접근토큰 발급 잠시 후 다시 시도하세요(1분당 1회)"}',
      'rate-limit',
      'EGW00133',
      true,
    ],
    [
      'one of /oauth2',
      403,
      '{"error_code":"EGW00103","error_description":"유효하지 않은 AppKey입니다."}',
      'invalid-request',
      'EGW00103',
      false,
    ],
    ['one without a text', 403, '{"error_code":"EGW00302"}', 'server', 'EGW00302', true],
    ['an unknown one', 500, '{"rt_cd":"1","msg_cd":"EGW09999","msg1":"잠시 후 다시 시도"}', 'server', 'EGW09999', true],
  ] as const)('%s (%d) says so: %s', async (_, status, body, kind, code, retryable) => {
    server.replies({ status, body })
    const error = await errorOf(client().post('/oauth2/tokenP', request))
    expect(error).toMatchObject({ name: 'KisError', kind, code, retryable })
    expect(error.message).toMatch(/^\/oauth2\/tokenP refused, /)
  })

  it('quotes KIS’s own words, what they mean and what can be done', async () => {
    server.replies({ status: 500, body: '{"rt_cd":"1","msg_cd":"EGW00201","msg1":"초당 거래건수를 초과하였습니다."}' })
    const { message } = await errorOf(client().post('/', {}))
    expect(message).toContain(
      'EGW00201 초당 거래건수를 초과하였습니다.: Too many calls in one second for this app key.',
    )
  })
})

describe('a refusal in unknown words', () => {
  const unknown = { status: 500, body: '{"rt_cd":"1","msg1":"모르는 말"}' } as const

  it('is worth another try three times in a row, and final after that', async () => {
    server.replies(unknown)
    const rest = client()
    const found = []
    for (let i = 0; i < 5; i++) found.push(await errorOf(rest.post('/oauth2/Approval', request)))
    expect(found.map(({ kind, retryable }) => [kind, retryable])).toEqual([
      ...Array<unknown>(3).fill(['unknown', true]),
      ...Array<unknown>(2).fill(['invalid-request', false]),
    ])
    expect(found[4]?.message).toMatch(/KIS said: 모르는 말\. It said so 4 times in a row\.$/)
  })

  it.each([
    ['a success', { body: '{"ok":1}' }],
    ['another refusal', { status: 500, body: '{"rt_cd":"1","msg_cd":"EGW00002"}' }],
  ])('begins anew after %s, and is counted for each path by itself', async (_, other) => {
    const rest = client()
    const ask = async (path: string, reply: Parameters<OddServer['replies']>[0]) => {
      server.replies(reply)
      return await rest.post(path, request).catch((error: unknown) => (error as KisError).kind)
    }
    for (let i = 0; i < 3; i++) await ask('/oauth2/Approval', unknown)
    expect(await ask('/oauth2/tokenP', unknown)).toBe('unknown')
    await ask('/oauth2/Approval', other)
    expect(await ask('/oauth2/Approval', unknown)).toBe('unknown')
  })
})

describe('a call that came too soon', () => {
  it.each([
    ['EGW00201', 500, '{"rt_cd":"1","msg1":"초당 거래건수를 초과하였습니다.","message":"EGW00201"}'],
    ['HTTP 429', 429, '{}'],
  ])('holds up the next one for ten times the spacing: %s', async (_, status, body) => {
    const rest = client({ spacingMs: 20 })
    server.replies({ status, body })
    const start = performance.now()
    await errorOf(rest.post('/1', {}))
    await errorOf(rest.post('/2', {}))
    expect((server.calls[1]?.at ?? 0) - start).toBeGreaterThan(200 - earlyMs)
  })

  it('does not when it is EGW00133, a limit of tokens alone', async () => {
    let now = 0
    const rest = client({ spacingMs: hourMs, clock: { now: () => now } })
    server.replies({ status: 403, body: '{"error_code":"EGW00133"}' })
    await errorOf(rest.post('/1', {}))
    now += hourMs
    await errorOf(rest.post('/2', {}))
    expect(server.calls).toHaveLength(2)
  })
})

describe('an answer that is none', () => {
  it.each([
    ['HTML with HTTP 200', 200, '<html><body>Service Unavailable</body></html>', 'server', true],
    ['HTML with HTTP 404', 404, '<html></html>', 'server', true],
    ['nothing with HTTP 502', 502, '', 'server', true],
    ['nothing with HTTP 200', 200, '', 'server', true],
    ['JSON cut off', 200, '{"access_token":"very-sec', 'server', true],
    ['JSON without a code, HTTP 500', 500, '{"message":"oops"}', 'server', true],
    ['JSON without a code, HTTP 404', 404, '{"error":"no such path"}', 'invalid-request', false],
    ['a redirection', 302, '', 'server', true],
  ] as const)('%s says so', async (_, status, body, kind, retryable) => {
    server.replies({ status, body })
    const error = await errorOf(client().post('/oauth2/tokenP', request))
    expect(error).toMatchObject({ kind, retryable, code: undefined })
    expect(error.message).toBe(
      `/oauth2/tokenP answered HTTP ${status} without a code; expected a JSON body with rt_cd or error_code`,
    )
  })
})

describe('no answer', () => {
  it('within the time allowed is trouble of the network', async () => {
    server.replies('silence')
    const error = await errorOf(client({ timeoutMs: 50 }).post('/path', request))
    expect(error).toMatchObject({ kind: 'network', retryable: true, code: undefined })
    expect(error.message).toBe(
      `no answer from ${server.url}/path: it did not end within 0.05 s, headers and body together. Check the network and the address.`,
    )
  })

  it.each(['trickle', 'trickle-headers', 'early-hints'] as const)(
    'that ends: %s is given up at the deadline, whatever still comes',
    async reply => {
      server.replies(reply)
      const error = await errorOf(client({ timeoutMs: 60 }).post('/path', request))
      expect(error).toMatchObject({ kind: 'network', retryable: true })
      expect(error.message).toContain('it did not end within 0.06 s, headers and body together')
    },
  )

  it('that ends: a body is read to 4 MB and no further', async () => {
    server.replies('endless')
    const error = await errorOf(client().get({ path: '/path', parameters: {}, headers: {} }))
    expect(error).toMatchObject({ kind: 'network', retryable: true })
    expect(error.message).toContain('its body is longer than 4194304 bytes')
  })

  it('a body just short of the bound is read', async () => {
    const long = 'x'.repeat(4 * 1024 * 1024 - 100)
    server.replies({ body: JSON.stringify({ long }) })
    expect(await client().post('/', {})).toEqual({ long })
  })

  it('ends with the client: closing rejects what is under way and what waits for its turn', async () => {
    server.replies('trickle')
    const rest = client({ spacingMs: hourMs })
    const calls = [rest.post('/1', {}), rest.post('/2', {})].map(errorTextOf)
    while (server.calls.length === 0) await nextTurn()
    await rest.close()
    expect(await Promise.all(calls)).toEqual([
      expect.stringContaining('/1: the client was closed'),
      expect.stringContaining('/2: the client was closed'),
    ])
    expect(server.calls).toHaveLength(1)
  })

  it.each(['hang-up', 'hang-up-midway'] as const)(
    'but a %s is trouble of the network, and the call is not repeated',
    async reply => {
      server.replies(reply)
      const error = await errorOf(client().post('/path', request))
      expect(error).toMatchObject({ kind: 'network', retryable: true, code: undefined })
      expect(error.cause).toBeInstanceOf(Error)
      expect(server.calls).toHaveLength(1)
    },
  )

  it('from an address where nothing listens is trouble of the network', async () => {
    const baseUrl = await deadAddress()
    const error = await errorOf(client({ baseUrl }).post('/path', request))
    expect(error).toMatchObject({ kind: 'network', retryable: true })
    expect(error.message).toContain(`no answer from ${baseUrl}/path: connect ECONNREFUSED`)
  })

  it('does not keep the next call from being answered', async () => {
    const rest = client()
    server.replies('hang-up')
    await errorOf(rest.post('/', {}))
    server.replies({ body: '{"ok":1}' })
    expect(await rest.post('/', {})).toEqual({ ok: 1 })
  })
})

describe('every error', () => {
  it.each([
    { status: 500, body: '{"rt_cd":"1","msg_cd":"EGW00123","msg1":"기간이 만료된 token 입니다."}' },
    { status: 403, body: '{"error_code":"EGW00105","error_description":"유효하지 않은 AppSecret입니다."}' },
    { status: 200, body: '<html></html>' },
    { status: 200, body: `{"access_token":"${appSecret}` },
    'hang-up',
    'hang-up-midway',
    'silence',
  ] as const)('tells nothing of the request: %j', async reply => {
    server.replies(reply)
    const error = await errorOf(client({ timeoutMs: 50 }).post('/oauth2/tokenP', request))
    const shown = [
      error.message,
      error.stack,
      JSON.stringify(error),
      JSON.stringify(error.cause),
      inspect(error, { depth: 12, showHidden: true }),
    ].join('\n')
    expect(shown).not.toContain(appSecret)
    expect(shown).not.toContain(request.appkey)
  })
})

/** Timers may fire this much before their time. */
const earlyMs = 3

describe('the pace of calls', () => {
  it('is one after another in the order they were made, no closer than the spacing', async () => {
    const rest = client({ spacingMs: 40 })
    const start = performance.now()
    await Promise.all(['/1', '/2', '/3'].map(path => rest.post(path, {})))
    expect(server.calls.map(({ path }) => path)).toEqual(['/1', '/2', '/3'])
    expect(server.calls[1]!.at - start).toBeGreaterThan(40 - earlyMs)
    expect(server.calls[2]!.at - start).toBeGreaterThan(80 - earlyMs)
  })

  it('waits for what is left of the spacing, by the clock', async () => {
    let now = 0
    const rest = client({ spacingMs: hourMs, clock: { now: () => now } })
    await rest.post('/1', {})
    now += hourMs - 30
    const start = performance.now()
    await rest.post('/2', {})
    expect(server.calls[1]!.at - start).toBeGreaterThan(30 - earlyMs)
  })

  it('does not hold up a call that comes later than the spacing, by the clock', async () => {
    let now = 0
    const rest = client({ spacingMs: hourMs, clock: { now: () => now } })
    await rest.post('/1', {})
    now += hourMs
    await rest.post('/2', {})
    now += 2 * hourMs
    await rest.post('/3', {})
    expect(server.calls).toHaveLength(3)
  })

  it('counts calls that failed as well', async () => {
    const rest = client({ spacingMs: 40 })
    server.replies('hang-up')
    await errorOf(rest.post('/1', {}))
    server.replies({ body: '{}' })
    const start = performance.now()
    await rest.post('/2', {})
    expect(server.calls[1]!.at - start).toBeGreaterThan(40 - earlyMs)
  })

  it('is kept for each client by itself', async () => {
    await client({ spacingMs: hourMs }).post('/1', {})
    await client({ spacingMs: hourMs }).post('/2', {})
    expect(server.calls).toHaveLength(2)
  })
})
