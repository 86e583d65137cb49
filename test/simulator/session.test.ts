import { describe, expect, expectTypeOf, it } from 'vitest'
import { answer, type AnswerCode, refusal, type RefusingCode } from '../../simulator/answers.ts'
import { approvalKey, captured, code, connect, requestText, simulator, until } from './support.ts'

/** control.txt: two acknowledgements, a PINGPONG, and the refusal of a second session. */
const control = captured('control.txt')

/** The request for the trades of 005930, with parts of it replaced. */
function request(header: object, body: unknown = { input: { tr_id: 'H0STCNT0', tr_key: '005930' } }): string {
  return JSON.stringify({ header: { custtype: 'P', tr_type: '1', 'content-type': 'utf-8', ...header }, body })
}

describe('what the simulator says', () => {
  it('is what KIS was seen to answer', () => {
    const book = { iv: '96de248bda413d58', key: 'npudbpdylbqfsndkjgvknsjgsveanbca' }
    const trade = { iv: 'e0a748755db15256', key: 'bbhtejykjpeklyngmvpowcckqasbynpb' }
    expect(answer('OPSP0000', { tr: 'H0STASP0', key: '005930' }, book)).toBe(control[0])
    expect(answer('OPSP0000', { tr: 'H0STCNT0', key: '000660' }, trade)).toBe(control[1])
    expect(refusal('OPSP8996')).toBe(control[3])
  })
})

describe('subscribing', () => {
  it('is acknowledged with the key of the notices, one pair to a session', async () => {
    const kis = await simulator()
    const client = await connect(kis)
    const first = await client.subscribe('H0STMBC0', '005930')
    const second = await client.subscribe('H0STPGM0', '005930')
    const { output } = (JSON.parse(first) as { body: { output: { iv: string; key: string } } }).body
    expect(output.iv).toMatch(/^[0-9a-z]{16}$/)
    expect(output.key).toMatch(/^[0-9a-z]{32}$/)
    const expected = (tr: string) =>
      `{"header":{"tr_id":"${tr}","tr_key":"005930","encrypt":"N"},"body":{"rt_cd":"0","msg_cd":"OPSP0000","msg1":"SUBSCRIBE SUCCESS","output":{"iv":"${output.iv}","key":"${output.key}"}}}`
    expect([first, second]).toEqual([expected('H0STMBC0'), expected('H0STPGM0')])

    const other = await connect(kis, { appKey: 'app-key-2' })
    expect(await other.subscribe('H0STMBC0', '005930')).not.toContain(output.key)
  })

  it.each(['', '/', '/tryitout', '/tryitout/H0STCNT0', '/H0STCNT0'])('works on path %j', async path => {
    const client = await connect(await simulator(), { path })
    expect(code(await client.subscribe('H0STMBC0', '005930'))).toBe('OPSP0000')
  })

  it('twice is ALREADY IN SUBSCRIBE, and counts once', async () => {
    const kis = await simulator()
    const client = await connect(kis)
    await client.subscribe('H0STMBC0', '005930')
    expect(await client.subscribe('H0STMBC0', '005930')).toBe(
      '{"header":{"tr_id":"H0STMBC0","tr_key":"005930","encrypt":"N"},"body":{"rt_cd":"1","msg_cd":"OPSP0002","msg1":"ALREADY IN SUBSCRIBE"}}',
    )
    expect(kis.sessions()).toEqual([{ registrations: [{ tr: 'H0STMBC0', key: '005930' }] }])
  })

  it('is refused for the 42nd key, whatever the transactions, and possible again after a release', async () => {
    const kis = await simulator()
    const client = await connect(kis)
    const transactions = ['H0STMBC0', 'H0STPGM0', 'H0UPCNT0'] as const
    for (let i = 0; i < 41; i++) {
      const tr = transactions[i % 3] ?? 'H0STMBC0'
      expect(code(await client.subscribe(tr, String(100_000 + i)))).toBe('OPSP0000')
    }
    expect(await client.subscribe('HDFSCNT0', 'DNASAAPL')).toBe(
      '{"header":{"tr_id":"HDFSCNT0","tr_key":"DNASAAPL","encrypt":"N"},"body":{"rt_cd":"1","msg_cd":"OPSP0008","msg1":"MAX SUBSCRIBE OVER"}}',
    )
    expect(code(await client.subscribe('H0STMBC0', '100000'))).toBe('OPSP0002')
    await client.unsubscribe('H0STMBC0', '100000')
    expect(code(await client.subscribe('HDFSCNT0', 'DNASAAPL'))).toBe('OPSP0000')
    expect(kis.sessions()[0]?.registrations).toHaveLength(41)
    expect(kis.stats().registrations).toBe(42)
  })

  it('to a well-formed key that is not listed is acknowledged all the same', async () => {
    const client = await connect(await simulator())
    expect(code(await client.subscribe('H0STCNT0', '0ZZZZ0'))).toBe('OPSP0000')
  })
})

describe('unsubscribing', () => {
  it('is confirmed, and the second time not found', async () => {
    const kis = await simulator()
    const client = await connect(kis)
    await client.subscribe('H0STMBC0', '005930')
    expect(await client.unsubscribe('H0STMBC0', '005930')).toBe(
      '{"header":{"tr_id":"H0STMBC0","tr_key":"005930","encrypt":"N"},"body":{"rt_cd":"0","msg_cd":"OPSP0001","msg1":"UNSUBSCRIBE SUCCESS"}}',
    )
    expect(await client.unsubscribe('H0STMBC0', '005930')).toBe(
      '{"header":{"tr_id":"H0STMBC0","tr_key":"005930","encrypt":"N"},"body":{"rt_cd":"1","msg_cd":"OPSP0003","msg1":"UNSUBSCRIBE ERROR(not found!)"}}',
    )
    expect(kis.sessions()).toEqual([{ registrations: [] }])
  })
})

describe('a second session of the same app key', () => {
  it('is refused with a new approval key too, while the first stays', async () => {
    const kis = await simulator()
    const first = await connect(kis)
    await first.subscribe('H0STMBC0', '005930')
    const second = await connect(kis)
    expect(await second.subscribe('H0STMBC0', '005930')).toBe(control[3])
    expect(kis.sessions()).toEqual([{ registrations: [{ tr: 'H0STMBC0', key: '005930' }] }, { registrations: [] }])
    expect(code(await first.subscribe('H0STMBC0', '000660'))).toBe('OPSP0000')
  })

  it('gets in when the first has gone, which leaves nothing behind', async () => {
    const kis = await simulator()
    const first = await connect(kis)
    await first.subscribe('H0STMBC0', '005930')
    const second = await connect(kis)
    expect(code(await second.subscribe('H0STMBC0', '005930'))).toBe('OPSP8996')
    first.socket.close()
    await until(() => kis.sessions().length === 1)
    expect(code(await second.subscribe('H0STMBC0', '005930'))).toBe('OPSP0000')
  })

  it('does not disturb other app keys', async () => {
    const kis = await simulator()
    const clients = await Promise.all(['a', 'b', 'c'].map(appKey => connect(kis, { appKey })))
    const answers = await Promise.all(clients.map(client => client.subscribe('H0STMBC0', '005930')))
    expect(answers.map(code)).toEqual(['OPSP0000', 'OPSP0000', 'OPSP0000'])
    expect(kis.stats()).toMatchObject({ socketsOpened: 3, mostSocketsOpen: 3 })
  })

  it('is held off from the first valid approval key on, not from the connection', async () => {
    const kis = await simulator()
    const idle = await connect(kis)
    await idle.ask(requestText('unknown', 'subscribe', 'H0STMBC0', '005930'))
    const busy = await connect(kis)
    expect(code(await busy.subscribe('H0STMBC0', '005930'))).toBe('OPSP0000')
    expect(code(await idle.subscribe('H0STMBC0', '005930'))).toBe('OPSP8996')
  })
})

describe('a request KIS cannot use', () => {
  it.each([
    ['is no JSON', () => 'hello', 'OPSP9999', 'invalid json format'],
    ['is JSON but no object', () => '[1,2]', 'OPSP9999', 'invalid json format'],
    ['has no header', () => '{"body":{}}', 'OPSP9998', 'header not found'],
    ['has a header that is text', () => '{"header":"PINGPONG"}', 'OPSP9998', 'header not found'],
    ['has no approval key', () => request({}), 'OPSP9996', 'appkey'],
    [
      'has no custtype',
      (key: string) => request({ approval_key: key, custtype: undefined }),
      'OPSP9997',
      'custtype not found',
    ],
    [
      'has an unknown custtype',
      (key: string) => request({ approval_key: key, custtype: 'X' }),
      'OPSP8998',
      'invalid custtype',
    ],
    ['has tr_type 0', (key: string) => request({ approval_key: key, tr_type: '0' }), 'OPSP8997', 'invalid tr_type'],
    [
      'has no tr_type',
      (key: string) => request({ approval_key: key, tr_type: undefined }),
      'OPSP8997',
      'invalid tr_type',
    ],
    ['has no body', (key: string) => request({ approval_key: key }, null), 'OPSP9992', 'body not found'],
    ['has no input', (key: string) => request({ approval_key: key }, {}), 'OPSP9991', 'input not found'],
    [
      'has no tr_key',
      (key: string) => request({ approval_key: key }, { input: { tr_id: 'H0STCNT0' } }),
      'OPSP9990',
      'tr_key not found',
    ],
    [
      'has an unknown tr_id',
      (key: string) => requestText(key, 'subscribe', 'H0STXXX0', '005930'),
      'OPSP8991',
      'invalid tr_id',
    ],
    [
      'has a tr_id of JavaScript',
      (key: string) => requestText(key, 'subscribe', '__proto__', '005930'),
      'OPSP8991',
      'invalid tr_id',
    ],
    [
      'has an empty tr_key',
      (key: string) => requestText(key, 'subscribe', 'H0STCNT0', ''),
      'OPSP8992',
      'invalid tr_key',
    ],
    [
      'has an overseas tr_key',
      (key: string) => requestText(key, 'subscribe', 'H0STCNT0', 'DNASAAPL'),
      'OPSP8992',
      'invalid tr_key',
    ],
    [
      'has a tr_key of home',
      (key: string) => requestText(key, 'subscribe', 'HDFSCNT0', '005930'),
      'OPSP8992',
      'invalid tr_key',
    ],
    [
      'has a tr_key of no exchange',
      (key: string) => requestText(key, 'subscribe', 'HDFSASP0', 'DXXXAAPL'),
      'OPSP8992',
      'invalid tr_key',
    ],
  ])(
    'because it %s names no subscription in its answer, and the session goes on',
    async (_, text, expectedCode, words) => {
      const kis = await simulator()
      const approval = await approvalKey(kis)
      const client = await connect(kis, { approval })
      const answered = await client.ask(text(approval))
      expect(answered).toMatch(/^{"header":{"tr_id":"\(null\)","tr_key":"","encrypt":"N"},"body":{"rt_cd":"9",/)
      expect(answered).toContain(`"msg_cd":"${expectedCode}"`)
      expect(answered).toContain(words)
      expect(code(await client.subscribe('H0STMBC0', '005930'))).toBe('OPSP0000')
    },
  )

  it('because its approval key was never issued gets OPSP0011', async () => {
    const client = await connect(await simulator())
    expect(await client.ask(requestText('made-up', 'subscribe', 'H0STCNT0', '005930'))).toBe(
      '{"header":{"tr_id":"H0STCNT0","tr_key":"005930","encrypt":"N"},"body":{"rt_cd":"1","msg_cd":"OPSP0011","msg1":"invalid approval : NOT FOUND"}}',
    )
  })

  it('because its approval key is another app key’s does not change whose session it is', async () => {
    const kis = await simulator()
    const client = await connect(kis)
    await client.subscribe('H0STMBC0', '005930')
    const foreign = await approvalKey(kis, 'app-key-2')
    expect(code(await client.ask(requestText(foreign, 'subscribe', 'H0STMBC0', '000660')))).toBe('OPSP9994')
    const other = await connect(kis, { appKey: 'app-key-2' })
    expect(code(await other.subscribe('H0STMBC0', '005930'))).toBe('OPSP0000')
  })
})

describe('the list of requests', () => {
  it('has every one of them, in order, with what was answered', async () => {
    const kis = await simulator()
    const client = await connect(kis)
    await client.subscribe('H0STMBC0', '005930')
    await client.unsubscribe('H0STMBC0', '005930')
    await client.subscribe('H0STNONE', '005930')
    await client.ask('junk')
    expect(kis.stats().requests.map(({ session, verb, tr, key, code }) => [session, verb, tr, key, code])).toEqual([
      [1, 'subscribe', 'H0STMBC0', '005930', 'OPSP0000'],
      [1, 'unsubscribe', 'H0STMBC0', '005930', 'OPSP0001'],
      [1, 'subscribe', 'H0STNONE', '005930', 'OPSP8991'],
      [1, 'unreadable', '', '', 'OPSP9999'],
    ])
  })
})

it('every code but those of a success and of a release refuses a subscription', () => {
  expectTypeOf<RefusingCode>().toEqualTypeOf<Exclude<AnswerCode, 'OPSP0000' | 'OPSP0001' | 'OPSP0003'>>()
})
