import { describe, expect, it } from 'vitest'
import { approvalKey, connect, handClock, post, requestText, simulator } from '../support.ts'

const minute = 60_000
const hour = 60 * minute
const asked = { grant_type: 'client_credentials', appkey: 'app-key-1', appsecret: 'secret-1' }

describe('asking for an access token', () => {
  it('gives one for 24 hours, with its end in Korean time', async () => {
    const { status, body } = await post(await simulator({ clock: handClock() }), '/oauth2/tokenP', asked)
    expect(status).toBe(200)
    expect(Object.keys(body)).toEqual(['access_token', 'access_token_token_expired', 'token_type', 'expires_in'])
    expect(body).toMatchObject({
      access_token_token_expired: '2026-09-15 10:00:00',
      token_type: 'Bearer',
      expires_in: 86_400,
    })
    expect(String(body.access_token).length).toBeGreaterThan(300)
  })

  it('refuses a second time within the minute, word for word as KIS does', async () => {
    const clock = handClock()
    const kis = await simulator({ clock })
    await post(kis, '/oauth2/tokenP', asked)
    clock.advance(minute - 1)
    expect(await post(kis, '/oauth2/tokenP', asked)).toEqual({
      status: 403,
      body: { error_code: 'EGW00133', error_description: '접근토큰 발급 잠시 후 다시 시도하세요(1분당 1회)' },
    })
    expect(kis.stats()).toMatchObject({ tokensIssued: 1, tokensRefused: 1 })
  })

  it('counts the minute from the last token, not from the last refusal', async () => {
    const clock = handClock()
    const kis = await simulator({ clock })
    await post(kis, '/oauth2/tokenP', asked)
    clock.advance(minute - 1)
    await post(kis, '/oauth2/tokenP', asked)
    clock.advance(1)
    expect((await post(kis, '/oauth2/tokenP', asked)).status).toBe(200)
  })

  it('gives the same token again for six hours, then a new one', async () => {
    const clock = handClock()
    const kis = await simulator({ clock })
    const first = await post(kis, '/oauth2/tokenP', asked)
    clock.advance(6 * hour - 1)
    const again = await post(kis, '/oauth2/tokenP', asked)
    clock.advance(minute)
    const later = await post(kis, '/oauth2/tokenP', asked)
    expect(again.body).toEqual(first.body)
    expect(later.body.access_token).not.toBe(first.body.access_token)
    expect(later.body.access_token_token_expired).toBe('2026-09-15 16:00:59')
    expect(kis.stats()).toMatchObject({ tokensIssued: 2, tokensRepeated: 1 })
  })

  it('keeps a minute for each app key', async () => {
    const kis = await simulator({ clock: handClock() })
    const first = await post(kis, '/oauth2/tokenP', asked)
    const other = await post(kis, '/oauth2/tokenP', { ...asked, appkey: 'app-key-2' })
    expect(other.status).toBe(200)
    expect(other.body.access_token).not.toBe(first.body.access_token)
  })

  it.each([
    ['grant_type', undefined, 'EGW00115'],
    ['grant_type', '', 'EGW00115'],
    ['grant_type', 'password', 'EGW00116'],
    ['appkey', undefined, 'EGW00102'],
    ['appkey', '', 'EGW00102'],
    ['appkey', 7, 'EGW00102'],
    ['appsecret', undefined, 'EGW00104'],
    ['appsecret', '', 'EGW00104'],
  ])('refuses %s %j with %s', async (field, value, error) => {
    const { status, body } = await post(await simulator(), '/oauth2/tokenP', { ...asked, [field]: value })
    expect(status).toBe(403)
    expect(body.error_code).toBe(error)
    expect(body.error_description).not.toBe('')
  })

  it.each(['', 'grant_type=client_credentials', '[]', 'null', '"text"', '{'])('refuses a body of %j', async body => {
    const answer = await post(await simulator(), '/oauth2/tokenP', body)
    expect(answer).toMatchObject({ status: 403, body: { error_code: 'EGW00101' } })
  })
})

describe('giving a token back', () => {
  it('forgets it, so that the next one is new', async () => {
    const clock = handClock()
    const kis = await simulator({ clock })
    const first = await post(kis, '/oauth2/tokenP', asked)
    const revoked = await post(kis, '/oauth2/revokeP', { ...asked, token: first.body.access_token })
    clock.advance(minute)
    const next = await post(kis, '/oauth2/tokenP', asked)
    expect(revoked).toEqual({ status: 200, body: { code: 200, message: '접근토큰 폐기에 성공하였습니다' } })
    expect(next.body.access_token).not.toBe(first.body.access_token)
  })

  it.each([
    [{ appkey: 'app-key-1', appsecret: 'secret-1', token: 'never issued' }, 'EGW00121'],
    [{ appkey: 'app-key-1', appsecret: 'secret-1' }, 'EGW00122'],
    [{ appsecret: 'secret-1', token: 'token' }, 'EGW00102'],
    [{ appkey: 'app-key-1', token: 'token' }, 'EGW00104'],
  ])('refuses %j with %s', async (body, error) => {
    const answer = await post(await simulator(), '/oauth2/revokeP', body)
    expect(answer).toMatchObject({ status: 403, body: { error_code: error } })
  })
})

describe('asking for an approval key', () => {
  it('gives a UUID, another one each time, and the older one stays good', async () => {
    const kis = await simulator()
    const first = await approvalKey(kis)
    const second = await approvalKey(kis)
    expect(first).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    expect(second).not.toBe(first)
    expect(kis.stats().approvalsIssued).toBe(2)
    const client = await connect(kis, { approval: first })
    expect(await client.subscribe('H0STCNT0', '005930')).toContain('SUBSCRIBE SUCCESS')
  })

  it('wants the app secret as secretkey and refuses it as appsecret', async () => {
    const { status, body } = await post(await simulator(), '/oauth2/Approval', asked)
    expect(status).toBe(403)
    expect(body.error_description).toContain('secretkey')
    expect(body.approval_key).toBeUndefined()
  })

  it('gives keys that open a session for 24 hours', async () => {
    const clock = handClock()
    const kis = await simulator({ clock })
    const approval = await approvalKey(kis)
    clock.advance(24 * hour)
    const client = await connect(kis, { approval })
    expect(await client.subscribe('H0STCNT0', '005930')).toContain('invalid approval : NOT FOUND')
  })

  it('gives keys that an open session may go on using', async () => {
    const clock = handClock()
    const kis = await simulator({ clock })
    const client = await connect(kis)
    await client.subscribe('H0STMBC0', '005930')
    clock.advance(25 * hour)
    expect(await client.subscribe('H0STMBC0', '000660')).toContain('SUBSCRIBE SUCCESS')
  })
})

describe('asking for anything else', () => {
  it.each([
    ['POST', '/oauth2/token'],
    ['GET', '/oauth2/tokenP'],
    ['GET', '/'],
    ['DELETE', '/oauth2/Approval'],
    ['GET', '/__proto__'],
  ])('answers %s %s with what there is', async (method, path) => {
    const kis = await simulator()
    const response = await fetch(kis.restUrl + path, { method })
    expect(response.status).toBe(404)
    expect(((await response.json()) as { exists: string[] }).exists).toContain('POST /oauth2/tokenP')
  })

  it('refuses a body that no request of KIS is as long as', async () => {
    const kis = await simulator()
    const response = await fetch(`${kis.restUrl}/oauth2/tokenP`, { method: 'POST', body: 'x'.repeat(70_000) })
    expect(response.status).toBe(413)
  })
})

describe('the log', () => {
  it('names no app key, secret, token, approval key or login id', async () => {
    const lines: string[] = []
    const kis = await simulator({ log: line => lines.push(line), pingIntervalMs: 5 })
    const { body } = await post(kis, '/oauth2/tokenP?appkey=app-key-1', asked)
    const approval = await approvalKey(kis)
    const client = await connect(kis, { approval, path: `/${approval}` })
    await client.subscribe('H0STCNI0', 'login-id')
    await client.ask(requestText('never-issued', 'subscribe', 'H0STCNT0', '005930'))
    await client.ask(`{"header":{"approval_key":"${approval}"}}`)
    await client.ask(approval)
    await fetch(`${kis.restUrl}/${approval}`)
    await kis.stop()
    expect(lines.length).toBeGreaterThan(6)
    const log = lines.join('\n')
    for (const secret of ['app-key-1', 'secret-1', String(body.access_token), approval, 'never-issued', 'login-id']) {
      expect(log).not.toContain(secret)
    }
  })
})
