// The texts we send, letter by letter.
import { describe, expect, it } from 'vitest'
import { heartbeatText, subscribeText, unsubscribeText } from '../../../kis/wire/request.ts'

const approvalKey = 'f7e8b1c2-0000-4000-8000-000000000001'
const samsung = { tr: 'H0STCNT0', key: '005930' }

describe('asking for a subscription', () => {
  it('says 1, for one symbol', () => {
    expect(subscribeText(samsung, approvalKey, 'P')).toBe(
      '{"header":{"approval_key":"f7e8b1c2-0000-4000-8000-000000000001","custtype":"P","tr_type":"1","content-type":"utf-8"},' +
        '"body":{"input":{"tr_id":"H0STCNT0","tr_key":"005930"}}}',
    )
  })

  it('says B for a corporation', () => {
    expect(JSON.parse(subscribeText(samsung, approvalKey, 'B'))).toMatchObject({
      header: { custtype: 'B', tr_type: '1' },
    })
  })
})

describe('giving one up', () => {
  it('says 2, and is otherwise the same', () => {
    const subscribe = subscribeText(samsung, approvalKey, 'P')
    expect(unsubscribeText(samsung, approvalKey, 'P')).toBe(subscribe.replace('"tr_type":"1"', '"tr_type":"2"'))
  })
})

describe('our own heartbeat', () => {
  it('is the text of the operating guide', () => {
    expect(heartbeatText).toBe('{"header":{"tr_id":"PINGPONG"}}')
  })
})

describe('whatever a key holds', () => {
  it.each(['"', '\\', '\n', '한글', '","tr_id":"x'])('%j stays inside its own value', key => {
    const message: unknown = JSON.parse(subscribeText({ tr: 'H0STCNI0', key }, `a${key}`, 'P'))
    expect(message).toEqual({
      header: { approval_key: `a${key}`, custtype: 'P', tr_type: '1', 'content-type': 'utf-8' },
      body: { input: { tr_id: 'H0STCNI0', tr_key: key } },
    })
  })
})
