// A KIS client from npm that nobody here wrote (cluefin-openapi), with nothing but its addresses changed.
import { KisAuth, KisHttpClient, KisSocketClient } from 'cluefin-openapi'
import { describe, expect, it, onTestFinished } from 'vitest'
import { generatedTape } from '../../simulator/generated-tape.ts'
import type { Simulator } from '../../simulator/server.ts'
import { simulator, until } from '../simulator/support.ts'

/** What it would have asked of KIS, asked of the simulator. */
const pointedAt =
  (kis: Simulator): typeof fetch =>
  (input, init) =>
    fetch(String(input instanceof Request ? input.url : input).replace(/^https:\/\/[^/]+/, kis.restUrl), init)

const keys = { appKey: 'any', secretKey: 'any', env: 'prod' } as const

describe('cluefin-openapi', () => {
  it('is given a token and an approval key, and is sent trades and books', async () => {
    const kis = await simulator({ tape: generatedTape({ rate: 500 }) })
    const auth = new KisAuth({ ...keys, fetchImpl: pointedAt(kis) })
    const { accessToken } = await auth.generate()
    expect(accessToken.length).toBeGreaterThan(100)
    const { approvalKey } = await auth.approve()
    const client = new KisSocketClient({ ...keys, approvalKey })
    Object.assign(client, { url: `${kis.wsUrl}/tryitout` })
    onTestFinished(() => client.close())
    const seen: { tr: string | undefined; columns: number }[] = []
    const errors: unknown[] = []
    client.on('data', ({ trId, data }) => seen.push({ tr: trId, columns: data?.values.length ?? 0 }))
    client.on('error', event => errors.push(event))
    client.connect()
    await until(() => client.connected)
    await client.subscribe('H0STCNT0', '005930')
    await client.subscribe('H0STASP0', '005930')
    await until(() => ['H0STCNT0', 'H0STASP0'].every(tr => seen.some(one => one.tr === tr)))
    expect(seen.filter(({ tr }) => tr === 'H0STCNT0').every(({ columns }) => columns % 47 === 0)).toBe(true)
    expect(errors).toEqual([])
  })

  it('asks for executions over REST and is answered', async () => {
    const kis = await simulator({ tape: generatedTape({ rate: 500 }) })
    const fetchImpl = pointedAt(kis)
    const { accessToken: token } = await new KisAuth({ ...keys, fetchImpl }).generate()
    const client = new KisHttpClient({ ...keys, token, fetchImpl })
    const { body } = await client.domesticBasicQuote.getStockCurrentPriceTimeItemConclusion({
      fidCondMrktDivCode: 'J',
      fidInputIscd: '005930',
      fidInputHour1: '153000',
    })
    expect(body).toMatchObject({ rtCd: '0', msgCd: 'MCA00000' })
  })
})
