// The headers of every quotation, and what is done about a token that is refused and a call that came too
// soon.
import { describe, expect, it, onTestFinished } from 'vitest'
import { KisError } from '../../../kis/errors.ts'
import { Secret } from '../../../kis/secret.ts'
import { planted } from '../../support/rigs/feed.ts'
import { type Reply, startOddServer } from '../../support/servers/odd-server.ts'
import { authorizedClient } from '../../support/rigs/quoting.ts'

const quotation = { path: '/uapi/some/path', tr: 'FHTEST', parameters: { FID_INPUT_ISCD: '005930' } }
const ok: Reply = { body: '{"rt_cd":"0","output":{}}' }
const refusal = (code: string): Reply => ({ status: 500, body: `{"rt_cd":"1","msg_cd":"${code}","msg1":"…"}` })

/** Answers in turn; the last answer from then on. */
async function answering(...replies: Reply[]) {
  const server = await startOddServer(replies[0])
  onTestFinished(() => server.stop())
  const refused: string[] = []
  const counts = { taken: 0, slowedDown: 0 }
  const waits: number[] = []
  let token = 1
  const client = await authorizedClient(server.url, {
    tokens: {
      current: () => Promise.resolve(new Secret(`token-${token}`)),
      renew(old) {
        refused.push(old.reveal())
        return Promise.resolve(new Secret(`token-${++token}`))
      },
    },
    limit: {
      take() {
        const next = replies[Math.min(counts.taken++, replies.length - 1)]
        if (next !== undefined) server.replies(next)
        return Promise.resolve()
      },
      slowDown: () => void counts.slowedDown++,
    },
    wait: ms => Promise.resolve(waits.push(ms)),
  })
  return { client, server, counts, refused, waits }
}

describe('a quotation', () => {
  it('carries what KIS wants to see', async () => {
    const { client, server } = await answering(ok)
    await client.get(quotation)
    await client.get({ ...quotation, isNextPage: true })
    expect(server.calls[0]).toMatchObject({
      method: 'GET',
      path: '/uapi/some/path?FID_INPUT_ISCD=005930',
      body: '',
      headers: {
        authorization: 'Bearer token-1',
        appkey: planted.appKey,
        appsecret: planted.appSecret,
        tr_id: 'FHTEST',
        tr_cont: '',
        custtype: 'P',
      },
    })
    expect(server.calls[1]?.headers).toMatchObject({ tr_cont: 'N' })
  })

  it.each(['EGW00121', 'EGW00123'])('is asked once more with a new token when KIS says %s', async code => {
    const { client, server, refused } = await answering(refusal(code), ok)
    expect(await client.get(quotation)).toMatchObject({ hasMore: false })
    expect(refused).toEqual(['token-1'])
    expect(server.calls.map(({ headers }) => headers.authorization)).toEqual(['Bearer token-1', 'Bearer token-2'])
  })

  it('is given up when the new token is refused as well, and shows no secret', async () => {
    const { client, server } = await answering(refusal('EGW00121'))
    const error = await client.get(quotation).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(KisError)
    expect(error).toMatchObject({ kind: 'authentication', code: 'EGW00121' })
    expect(server.calls).toHaveLength(2)
    expect(String(error)).not.toMatch(/token-|PLANTED/)
  })

  it('takes its turn before every attempt, and slows down after each that came too soon', async () => {
    const { client, server, counts } = await answering(refusal('EGW00201'), refusal('EGW00201'), ok)
    await client.get(quotation)
    expect(counts).toEqual({ taken: 3, slowedDown: 2 })
    expect(server.calls).toHaveLength(3)
  })

  it('is given up when KIS goes on saying that it came too soon', async () => {
    const { client, counts } = await answering(refusal('EGW00201'))
    await expect(client.get(quotation)).rejects.toMatchObject({ kind: 'rate-limit', retryable: true })
    expect(counts).toEqual({ taken: 6, slowedDown: 5 })
  })

  it.each([
    { status: 500, body: '{"rt_cd":"1","msg1":"초당 거래건수를 초과하였습니다.","message":"EGW00201"}' },
    { status: 429, body: '{"rt_cd":"1","msg_cd":"EGW00201","msg1":"초당 거래건수를 초과하였습니다."}' },
    { status: 429, body: '{"message":"Too Many Requests"}' },
    { status: 429, body: '{}' },
    { status: 500, body: '{"rt_cd":"1","msg1":"초당 거래건수를 초과하였습니다."}' },
  ])('slows down and is asked again, however KIS says that it came too soon: %j', async tooSoon => {
    const { client, counts } = await answering(tooSoon, tooSoon, ok)
    await client.get(quotation)
    expect(counts).toEqual({ taken: 3, slowedDown: 2 })
  })

  it.each([
    { status: 500, body: '{"rt_cd":"1","msg1":"모르는 말"}' },
    { status: 200, body: '{"rt_cd":"","msg_cd":"","msg1":""}' },
  ])('is asked again three times after a refusal in unknown words: %j', async unknown => {
    const { client, counts, waits } = await answering(unknown, unknown, unknown, ok)
    await client.get(quotation)
    expect(counts).toEqual({ taken: 4, slowedDown: 0 })
    expect(waits).toEqual([1_000, 2_000, 4_000])
  })

  it('is given up for good when KIS says the same a fourth time', async () => {
    const { client, counts } = await answering({ status: 500, body: '{"rt_cd":"1","msg1":"모르는 말"}' })
    await expect(client.get(quotation)).rejects.toMatchObject({
      kind: 'invalid-request',
      retryable: false,
      message: expect.stringMatching(/모르는 말\. It said so 4 times in a row\.$/),
    })
    expect(counts.taken).toBe(4)
  })

  it('is not asked again when the request itself is refused', async () => {
    const { client, counts, refused } = await answering(refusal('OPSQ2001'))
    await expect(client.get(quotation)).rejects.toBeInstanceOf(KisError)
    expect([counts.taken, refused]).toEqual([1, []])
  })
})
