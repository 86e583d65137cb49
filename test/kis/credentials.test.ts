// Tokens and approval keys: asked of the simulator over real HTTP, and of a server that answers oddly.
import { inspect } from 'node:util'
import { afterEach, describe, expect, it } from 'vitest'
import { hourMs, minuteMs } from '../../market/basics/durations.ts'
import { issueApprovalKey, issueToken, lifetimeOf } from '../../kis/credentials.ts'
import { KisError } from '../../kis/errors.ts'
import { createRestClient, type RestClient } from '../../kis/rest/client.ts'
import { Secret } from '../../kis/secret.ts'
import { startSimulator } from '../../simulator/server.ts'
import { kst, linesOf } from '../support/wire/frames.ts'
import { type OddServer, startOddServer } from '../support/servers/odd-server.ts'

const keys = { appKey: new Secret('app-key-value'), appSecret: new Secret('app-secret-value') }
const morning = kst('2026-09-14T08:00:00')

const running: { stop(): Promise<void> }[] = []
const clients: RestClient[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map(server => server.stop()))
  await Promise.all(clients.splice(0).map(client => client.close()))
})

function restOf(baseUrl: string): RestClient {
  const clock = { now: () => morning }
  const rest = createRestClient({ baseUrl, clock, spacingMs: 0, timeoutMs: 30_000, checkCertificate: true })
  clients.push(rest)
  return rest
}

/** The simulator on a clock that is moved by hand, and a client of it. */
async function simulated() {
  let now = morning
  const simulator = await startSimulator({ clock: { now: () => now } })
  running.push(simulator)
  return { simulator, rest: restOf(simulator.restUrl), now: () => now, advance: (ms: number) => void (now += ms) }
}

async function odd(body: unknown, status = 200): Promise<{ server: OddServer; rest: RestClient }> {
  const server = await startOddServer({ status, body: typeof body === 'string' ? body : JSON.stringify(body) })
  running.push(server)
  return { server, rest: restOf(server.url) }
}

async function errorOf(call: Promise<unknown>): Promise<KisError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof KisError)) throw new Error(`expected a KisError, found ${inspect(error)}`)
  return error
}

describe('asking the simulator', () => {
  it('for an access token gives one that expires a day later, on the Korean clock', async () => {
    const { rest, now } = await simulated()
    const { token, expiresAt } = await issueToken(rest, keys, now())
    expect(token.reveal().length).toBeGreaterThan(300)
    expect(expiresAt).toBe(morning + 24 * hourMs)
  })

  it('again within a minute is refused, for now', async () => {
    const { rest, now, advance } = await simulated()
    await issueToken(rest, keys, now())
    advance(minuteMs - 1)
    expect(await errorOf(issueToken(rest, keys, now()))).toMatchObject({
      kind: 'rate-limit',
      code: 'EGW00133',
      retryable: true,
    })
  })

  it('again within six hours gives the same token, which expires when it did', async () => {
    const { rest, now, advance } = await simulated()
    const first = await issueToken(rest, keys, now())
    advance(5 * hourMs)
    const second = await issueToken(rest, keys, now())
    expect(second.token.reveal()).toBe(first.token.reveal())
    expect(second.expiresAt).toBe(first.expiresAt)
  })

  it('for an approval key gives one', async () => {
    const { rest, simulator } = await simulated()
    const key = await issueApprovalKey(rest, keys)
    expect(key.reveal()).toMatch(/^[0-9a-f-]{36}$/)
    expect(simulator.stats().approvalsIssued).toBe(1)
  })

  it('without an app secret is refused for good', async () => {
    const { rest, now } = await simulated()
    const nothing = { appKey: keys.appKey, appSecret: new Secret('') }
    for (const call of [issueToken(rest, nothing, now()), issueApprovalKey(rest, nothing)]) {
      expect(await errorOf(call)).toMatchObject({ kind: 'invalid-request', code: 'EGW00104', retryable: false })
    }
  })
})

describe('what is sent', () => {
  it('to /oauth2/tokenP has the app secret as appsecret', async () => {
    const { server, rest } = await odd({ access_token: 'token', expires_in: 86_400 })
    await issueToken(rest, keys, morning)
    expect(server.calls[0]).toMatchObject({
      method: 'POST',
      path: '/oauth2/tokenP',
      body: '{"grant_type":"client_credentials","appkey":"app-key-value","appsecret":"app-secret-value"}',
    })
  })

  it('to /oauth2/Approval has it as secretkey, or KIS refuses', async () => {
    const { server, rest } = await odd({ approval_key: 'key' })
    await issueApprovalKey(rest, keys)
    expect(server.calls[0]).toMatchObject({
      method: 'POST',
      path: '/oauth2/Approval',
      body: '{"grant_type":"client_credentials","appkey":"app-key-value","secretkey":"app-secret-value"}',
    })
  })
})

describe('the vendor’s own examples', () => {
  it('of a token are read, date and all', async () => {
    const example = linesOf('rest/oauth2-tokenP.json').join('\n')
    const { rest } = await odd(example)
    const { expiresAt } = await issueToken(rest, keys, morning)
    const { access_token_token_expired } = JSON.parse(example) as { access_token_token_expired: string }
    expect(expiresAt).toBe(Date.parse(`${access_token_token_expired.replace(' ', 'T')}+09:00`))
  })

  it('of an approval key are read', async () => {
    const example = linesOf('rest/oauth2-Approval.json').join('\n')
    const { rest } = await odd(example)
    const { approval_key } = JSON.parse(example) as { approval_key: string }
    expect((await issueApprovalKey(rest, keys)).reveal()).toBe(approval_key)
  })
})

describe('when a token expires', () => {
  it.each([
    ['2023-12-22 08:16:59', kst('2023-12-22T08:16:59')],
    ['2026-12-31 23:59:59', kst('2026-12-31T23:59:59')],
  ])('is what KIS writes, Korean time without an offset: %s', async (text, expiresAt) => {
    const { rest } = await odd({ access_token: 'token', expires_in: 5, access_token_token_expired: text })
    expect((await issueToken(rest, keys, morning)).expiresAt).toBe(expiresAt)
  })

  it.each([
    undefined,
    '',
    'tomorrow',
    '2023-12-22',
    '2023-12-22T08:16:59',
    '2023-02-30 08:00:00',
    '2023-13-01 08:00:00',
    '2023-12-22 25:00:00',
    '2023-12-22 08:61:00',
  ])('is counted from now when the date reads %j', async text => {
    const { rest } = await odd({ access_token: 'token', expires_in: 7_776_000, access_token_token_expired: text })
    expect((await issueToken(rest, keys, morning)).expiresAt).toBe(morning + 7_776_000_000)
  })

  it('may be counted with a number that is text', async () => {
    const { rest } = await odd({ access_token: 'token', expires_in: '86400' })
    expect((await issueToken(rest, keys, morning)).expiresAt).toBe(morning + 24 * hourMs)
  })
})

describe('a token without expires_in', () => {
  it.each([undefined, null, '', 'soon', 0, true])('expires when its date says, expires_in %j', async expires_in => {
    const { rest } = await odd({
      access_token: 'token',
      expires_in,
      access_token_token_expired: '2026-09-15 06:00:00',
      token_type: 'Bearer',
    })
    const issued = await issueToken(rest, keys, morning)
    expect(issued).toMatchObject({ expiresAt: kst('2026-09-15T06:00:00'), grantedMs: 24 * hourMs })
    expect(lifetimeOf(issued, morning)).toBe(22 * hourMs)
  })

  it('is issued by the simulator on request', async () => {
    const { rest, simulator, now } = await simulated()
    simulator.inject({ kind: 'token-without', field: 'expires_in', count: 1 })
    expect(await issueToken(rest, keys, now())).toMatchObject({ expiresAt: morning + 24 * hourMs })
  })
})

describe('an answer that is not what it should be', () => {
  it.each([
    [{}, 'access_token'],
    [{ access_token: '', expires_in: 86_400 }, 'access_token'],
    [{ access_token: 12, expires_in: 86_400 }, 'access_token'],
    [{ access_token: 'app-secret-value' }, 'expires_in and access_token_token_expired'],
    ...[0, -1, 'soon', true, [86_400], '0x10', null, 1e300].map((expires_in): [object, string] => [
      { access_token: 'app-secret-value', expires_in },
      'expires_in and access_token_token_expired',
    ]),
  ] as [object, string][])('names what is missing in %j, and quotes nothing of it', async (body, missing) => {
    const { rest } = await odd(body)
    const error = await errorOf(issueToken(rest, keys, morning))
    expect(error).toMatchObject({ kind: 'server', code: undefined, retryable: true })
    expect(error.message).toBe(`/oauth2/tokenP answered without ${missing}; KIS may have changed its answer`)
    expect(inspect(error, { depth: 9 })).not.toContain('app-secret-value')
  })

  it.each([{}, { approval_key: '' }, { approval_key: null }, { APPROVAL_KEY: 'app-secret-value' }])(
    'holds no approval key: %j',
    async body => {
      const { rest } = await odd(body)
      const error = await errorOf(issueApprovalKey(rest, keys))
      expect(error.message).toBe('/oauth2/Approval answered without approval_key; KIS may have changed its answer')
    },
  )

  it.each(['[]', 'null', '"text"'])('is no object at all: %s', async body => {
    const { rest } = await odd(body)
    expect(await errorOf(issueApprovalKey(rest, keys))).toMatchObject({ kind: 'server' })
  })
})

describe('what was issued', () => {
  it('does not print', async () => {
    const { rest } = await odd({ access_token: 'token-value', approval_key: 'approval-value', expires_in: 86_400 })
    const issued = [await issueToken(rest, keys, morning), await issueApprovalKey(rest, keys)]
    expect(`${JSON.stringify(issued)} ${inspect(issued, { depth: 9 })}`).not.toMatch(/token-value|approval-value/)
  })
})
