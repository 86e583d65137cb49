import { describe, expect, it } from 'vitest'
import { story } from './support.ts'
import { approvalKey, post, until } from '../support.ts'

const asked = { grant_type: 'client_credentials', appkey: 'a', appsecret: 's', secretkey: 's' }

describe('REST that fails', () => {
  it('answers HTTP 500 in the form of KIS, so many times, and does nothing else', async () => {
    const { kis } = await story()
    kis.inject({ kind: 'rest-500', count: 2 })
    for (let i = 0; i < 2; i++) {
      expect(await post(kis, '/oauth2/tokenP', asked)).toEqual({
        status: 500,
        body: { error_code: 'EGW00002', error_description: '서버 에러가 발생했습니다.' },
      })
    }
    expect(kis.stats().tokensIssued).toBe(0)
    expect((await post(kis, '/oauth2/tokenP', asked)).status).toBe(200)
  })

  it('fails on one path, with the code that is asked for', async () => {
    const { kis } = await story()
    kis.inject({ kind: 'rest-500', path: '/oauth2/Approval', code: 'EGW00201' })
    expect((await post(kis, '/oauth2/tokenP', asked)).status).toBe(200)
    expect(await post(kis, '/oauth2/Approval', asked)).toEqual({
      status: 500,
      body: { error_code: 'EGW00201', error_description: '초당 거래건수를 초과하였습니다.' },
    })
  })

  it('has the other envelope of KIS everywhere but under /oauth2', async () => {
    const { kis } = await story()
    kis.inject({ kind: 'rest-500', code: 'EGW99999' })
    expect((await post(kis, '/uapi/anything', {})).body).toEqual({
      rt_cd: '1',
      msg_cd: 'EGW99999',
      msg1: '서버 에러가 발생했습니다.',
    })
  })
})

describe('REST that refuses as no document has it', () => {
  const text = '초당 거래건수를 초과하였습니다.'

  it.each([
    [{ codeIn: 'message' }, 500, { rt_cd: '1', msg1: text, message: 'EGW00201' }],
    [
      { codeIn: 'message', code: 'EGW00002' },
      500,
      { rt_cd: '1', msg1: '서버 에러가 발생했습니다.', message: 'EGW00002' },
    ],
    [{ codeIn: 'nowhere' }, 500, { rt_cd: '1', msg1: text }],
    [{ codeIn: 'empty', status: 200 }, 200, { rt_cd: '', msg_cd: '', msg1: '' }],
    [{ status: 429 }, 429, { error_code: 'EGW00201', error_description: text }],
  ] as const)('answers %j with HTTP %i and %j, so many times', async (how, status, body) => {
    const { kis } = await story()
    kis.inject({ kind: 'rest-refuse', ...how, path: '/oauth2/tokenP', count: 1 })
    expect((await post(kis, '/oauth2/Approval', asked)).status).toBe(200)
    expect(await post(kis, '/oauth2/tokenP', asked)).toEqual({ status, body })
    expect((await post(kis, '/oauth2/tokenP', asked)).status).toBe(200)
  })
})

describe('a token that lacks a field', () => {
  it.each(['expires_in', 'access_token_token_expired'] as const)('has no %s, and is good', async field => {
    const { kis, clock } = await story()
    kis.inject({ kind: 'token-without', field, count: 1 })
    const { body } = await post(kis, '/oauth2/tokenP', asked)
    expect(body).toHaveProperty('access_token')
    expect(body).not.toHaveProperty(field)
    clock.advance(60_000)
    expect((await post(kis, '/oauth2/tokenP', asked)).body).toHaveProperty(field)
  })

  it('is no refusal', async () => {
    const { kis } = await story()
    kis.inject({ kind: 'token-without', field: 'expires_in' })
    await post(kis, '/oauth2/tokenP', asked)
    expect((await post(kis, '/oauth2/tokenP', asked)).body).toMatchObject({ error_code: 'EGW00133' })
    expect(kis.faults()).toMatchObject([{ acted: 1 }])
  })
})

describe('REST that is slow', () => {
  it('does its work at once and answers late, by the clock of the simulator', async () => {
    const { clock, kis } = await story()
    kis.inject({ kind: 'rest-slow', byMs: 5_000, path: '/oauth2/Approval', count: 1 })
    const { approvalsIssued } = kis.stats()
    let answered = false
    const approval = approvalKey(kis, 'next').then(() => (answered = true))
    await until(() => kis.stats().approvalsIssued === approvalsIssued + 1)
    clock.advance(4_999)
    expect((await post(kis, '/oauth2/tokenP', asked)).status).toBe(200)
    expect(answered).toBe(false)
    clock.advance(1)
    expect(await approval).toBe(true)
    await approvalKey(kis, 'next')
  })

  it('holds nothing up when the simulator is stopped', async () => {
    const { kis } = await story()
    const fault = kis.inject({ kind: 'rest-slow', byMs: 5_000 })
    const answer = approvalKey(kis, 'next')
    await until(() => fault.report().acted === 1)
    await Promise.all([kis.stop(), expect(answer).rejects.toThrow()])
  })
})
