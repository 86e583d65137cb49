import { describe, expect, it } from 'vitest'
import { story } from './fault-support.ts'
import { approvalKey, post, until } from './support.ts'

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
