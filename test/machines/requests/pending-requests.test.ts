import { describe, expect, it } from 'vitest'
import { explain } from '../../../kis/codes/codes.ts'
import type { Answer } from '../../../kis/wire/control.ts'
import { createPendingRequests, type Sent } from '../../../machines/requests/pending-requests.ts'

const request = (key: string, verb: 'subscribe' | 'unsubscribe' = 'subscribe'): Sent => ({
  verb,
  key: `KRX:${key} trade`,
  wire: { tr: 'H0STCNT0', key },
})
const answer = (code: string, text = '', key?: string): Answer => ({
  kind: 'answer',
  tr: key === undefined ? undefined : 'H0STCNT0',
  key,
  entry: explain(code, text),
  noticeKey: undefined,
})

describe('an answer', () => {
  it('belongs to the request it names, in any order', () => {
    const pending = createPendingRequests(1_000)
    pending.sent(request('005930'))
    pending.sent(request('000660'))
    expect(pending.settle(answer('OPSP0000', '', '000660'), 0)).toEqual(request('000660'))
    expect(pending.settle(answer('OPSP0000', '', '005930'), 0)).toEqual(request('005930'))
    expect(pending.settle(answer('OPSP0000', '', '005930'), 0)).toBeUndefined()
  })

  it('without a key belongs to the oldest request', () => {
    const pending = createPendingRequests(1_000)
    pending.sent(request('005930'))
    pending.sent(request('000660'))
    expect(pending.settle(answer('OPSP8992'), 0)).toEqual(request('005930'))
    expect(pending.settle(answer('OPSP8992'), 0)).toEqual(request('000660'))
  })

  it('that is a success without a key belongs to the oldest request of its kind, and to no heartbeat', () => {
    const pending = createPendingRequests(1_000)
    const heartbeat: Sent = { verb: 'heartbeat', sentAt: 0 }
    pending.sent(heartbeat)
    pending.sent(request('005930'))
    pending.sent(request('000660', 'unsubscribe'))
    pending.sent(request('000270'))
    expect(pending.settle(answer('OPSP0001'), 1)).toEqual(request('000660', 'unsubscribe'))
    expect(pending.settle(answer('OPSP0000'), 1)).toEqual(request('005930'))
    expect(pending.settle(answer('OPSP0002'), 1)).toEqual(request('000270'))
    pending.sent(heartbeat)
    expect(pending.settle(answer('OPSP0000'), 1)).toBeUndefined()
    expect(pending.settle(answer('OPSP8993'), 1)).toEqual(heartbeat)
  })

  it('to a release is not taken for one to the subscription of the same key', () => {
    const pending = createPendingRequests(1_000)
    pending.sent(request('005930', 'unsubscribe'))
    pending.sent(request('005930'))
    expect(pending.settle(answer('OPSP0000', '', '005930'), 0)).toEqual(request('005930'))
    expect(pending.settle(answer('OPSP0001', '', '005930'), 0)).toEqual(request('005930', 'unsubscribe'))
  })

  it('without a key belongs to a heartbeat only while KIS may still refuse that', () => {
    const pending = createPendingRequests(1_000)
    const heartbeat: Sent = { verb: 'heartbeat', sentAt: 0 }
    pending.sent(heartbeat)
    pending.sent(request('005930'))
    expect(pending.settle(answer('OPSP8993'), 1_000)).toEqual(heartbeat)
    pending.settle(answer('OPSP0000', '', '005930'), 1_000)
    pending.sent({ verb: 'heartbeat', sentAt: 2_000 })
    pending.sent(request('000660'))
    expect(pending.settle(answer('OPSP8992'), 3_001)).toEqual(request('000660'))
  })

  it('to a later request shows that the heartbeat before it was accepted', () => {
    const pending = createPendingRequests(1_000)
    pending.sent({ verb: 'heartbeat', sentAt: 0 })
    pending.sent(request('005930'))
    pending.sent(request('000660'))
    expect(pending.settle(answer('OPSP0000', '', '005930'), 1)).toEqual(request('005930'))
    expect(pending.settle(answer('OPSP8992'), 1)).toEqual(request('000660'))
  })

  it('names a key that was answered before', () => {
    const pending = createPendingRequests(1_000)
    pending.sent(request('005930'))
    pending.settle(answer('OPSP0000', '', '005930'), 0)
    expect(pending.keyOf(answer('OPSP0002', '', '005930'))).toBe('KRX:005930 trade')
    expect(pending.keyOf(answer('OPSP0002', '', '999999'))).toBeUndefined()
  })
})
