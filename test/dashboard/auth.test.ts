import { describe, expect, it } from 'vitest'
import { type Call, createAuth } from '../../dashboard/auth.ts'

const call = (given: Partial<Call>): Call => ({
  host: '127.0.0.1:8710',
  origin: undefined,
  authorization: undefined,
  cookie: undefined,
  ...given,
})

describe('a dashboard without a token', () => {
  const auth = createAuth(undefined)

  it('answers a call by a loopback name', () => {
    for (const host of ['127.0.0.1', '127.0.0.1:8710', 'localhost:8710', '[::1]:8710']) {
      expect(auth.refusal(call({ host }))).toBeUndefined()
      expect(auth.refusal(call({ host, origin: `http://${host}` }))).toBeUndefined()
    }
  })

  it('refuses every other name: one that was bound to this address by DNS', () => {
    const names = [
      'evil.example',
      'evil.example:8710',
      '127.0.0.1.evil.example',
      'localhost.evil.example:8710',
      '',
      '0.0.0.0:8710',
    ]
    for (const host of [...names, undefined]) expect(auth.refusal(call({ host }))?.status).toBe(403)
  })

  it("refuses other pages, and another port's page as well", () => {
    for (const origin of ['http://evil.example', 'null', 'http://127.0.0.1:9999', 'http://127.0.0.1', 'file://']) {
      expect(auth.refusal(call({ origin }))?.status).toBe(403)
    }
  })

  it('compares the whole origin, not its beginning', () => {
    for (const host of ['localhost', 'localhost:8710', '127.0.0.1:871']) {
      for (const rest of ['.evil.example', '0', '@evil.example', ':80']) {
        for (const scheme of ['http', 'https']) {
          expect(auth.refusal(call({ host, origin: `${scheme}://${host}${rest}` }))?.status).toBe(403)
        }
      }
    }
  })
})

describe('a dashboard with a token', () => {
  const token = 'a token with spaces; and = signs'
  const auth = createAuth(token)

  it('refuses a call without it, by any name', () => {
    for (const host of ['127.0.0.1:8710', 'kis.example:8710']) {
      expect(auth.refusal(call({ host }))?.status).toBe(401)
      expect(auth.refusal(call({ host, authorization: `Bearer ${token}x` }))?.status).toBe(401)
      expect(auth.refusal(call({ host, authorization: token }))?.status).toBe(401)
      expect(auth.refusal(call({ host, cookie: 'kis_stream_dashboard=%' }))?.status).toBe(401)
    }
  })

  it('takes it as a bearer, or as the cookie that it gave for it', () => {
    expect(auth.refusal(call({ host: 'kis.example', authorization: `Bearer ${token}` }))).toBeUndefined()
    const cookie = auth.cookieFor(token)
    expect(cookie).toMatch(/; HttpOnly; SameSite=Strict$/)
    expect(auth.refusal(call({ host: 'kis.example', cookie: `a=b; ${cookie?.split(';')[0]}` }))).toBeUndefined()
    expect(auth.cookieFor('guess')).toBeUndefined()
  })

  it('refuses other pages even with the cookie', () => {
    const cookie = auth.cookieFor(token)?.split(';')[0]
    expect(auth.refusal(call({ host: 'kis.example', origin: 'https://evil.example', cookie }))?.status).toBe(403)
    expect(auth.refusal(call({ host: 'kis.example', origin: 'https://kis.example', cookie }))).toBeUndefined()
  })
})
