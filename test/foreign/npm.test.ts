// A KIS client from npm (cluefin-openapi), with only its addresses changed.
import { KisAuth, KisHttpClient, KisSocketClient } from 'cluefin-openapi'
import { describe, expect, it, onTestFinished } from 'vitest'
import { generatedTape } from '../../simulator/tape/generated-tape.ts'
import type { Simulator } from '../../simulator/server.ts'
import { handClock, simulator, until } from '../simulator/support.ts'

/** What it would have asked of KIS, asked of the simulator. */
const pointedAt =
  (kis: Simulator): typeof fetch =>
  (input, init) =>
    fetch(String(input instanceof Request ? input.url : input).replace(/^https:\/\/[^/]+/, kis.restUrl), init)

const keys = { appKey: 'any', secretKey: 'any', env: 'prod' } as const

type Answer = { readonly rtCd: string; readonly output?: object; readonly output1?: object; readonly output2?: object }
type Read = (client: KisHttpClient) => Promise<{ readonly body: unknown }>

const samsung = { fidCondMrktDivCode: 'J', fidInputIscd: '005930' }
const apple = { auth: '', excd: 'NAS', symb: 'AAPL' }

const readsOf: readonly (readonly [name: string, read: Read])[] = [
  ['inquire-price', ({ domesticBasicQuote }) => domesticBasicQuote.getStockCurrentPrice(samsung)],
  ['inquire-price-2', ({ domesticBasicQuote }) => domesticBasicQuote.getStockCurrentPrice2(samsung)],
  ['inquire-ccnl', ({ domesticBasicQuote }) => domesticBasicQuote.getStockCurrentPriceConclusion(samsung)],
  [
    'inquire-daily-price',
    ({ domesticBasicQuote }) =>
      domesticBasicQuote.getStockCurrentPriceDaily({ ...samsung, fidPeriodDivCode: 'D', fidOrgAdjPrc: '1' }),
  ],
  [
    'inquire-asking-price-exp-ccn',
    ({ domesticBasicQuote }) => domesticBasicQuote.getStockCurrentPriceAskingExpectedConclusion(samsung),
  ],
  ['inquire-investor', ({ domesticBasicQuote }) => domesticBasicQuote.getStockCurrentPriceInvestor(samsung)],
  ['inquire-member', ({ domesticBasicQuote }) => domesticBasicQuote.getStockCurrentPriceMember(samsung)],
  [
    'inquire-daily-itemchartprice',
    ({ domesticBasicQuote }) =>
      domesticBasicQuote.getStockPeriodQuote({
        ...samsung,
        fidInputDate1: '20260101',
        fidInputDate2: '20991231',
        fidPeriodDivCode: 'D',
        fidOrgAdjPrc: '0',
      }),
  ],
  [
    'inquire-time-overtimeconclusion',
    ({ domesticBasicQuote }) =>
      domesticBasicQuote.getStockCurrentPriceOvertimeConclusion({ ...samsung, fidHourClsCode: '1' }),
  ],
  [
    'search-info',
    ({ domesticStockInfo }) => domesticStockInfo.getProductBasicInfo({ pdno: '005930', prdtTypeCd: '300' }),
  ],
  [
    'search-stock-info',
    ({ domesticStockInfo }) => domesticStockInfo.getStockBasicInfo({ pdno: '005930', prdtTypeCd: '300' }),
  ],
  [
    'volume-rank',
    ({ domesticRankingAnalysis }) =>
      domesticRankingAnalysis.getTradingVolumeRank({
        fidCondMrktDivCode: 'J',
        fidCondScrDivCode: '20171',
        fidInputIscd: '0000',
        fidDivClsCode: '0',
        fidBlngClsCode: '0',
        fidTrgtClsCode: '111111111',
        fidTrgtExlsClsCode: '0000000000',
        fidInputPrice1: '0',
        fidInputPrice2: '1000000',
        fidVolCnt: '0',
      }),
  ],
  ['overseas price', ({ overseasBasicQuote }) => overseasBasicQuote.getStockCurrentPriceConclusion(apple)],
  ['overseas price-detail', ({ overseasBasicQuote }) => overseasBasicQuote.getStockCurrentPriceDetail(apple)],
  ['overseas inquire-asking-price', ({ overseasBasicQuote }) => overseasBasicQuote.getCurrentPriceFirstQuote(apple)],
  [
    'overseas dailyprice',
    ({ overseasBasicQuote }) =>
      overseasBasicQuote.getStockPeriodQuote({ ...apple, gubn: '0', bymd: '20260901', modp: '1' }),
  ],
  [
    'overseas inquire-ccnl',
    ({ overseasBasicQuote }) => overseasBasicQuote.getConclusionTrend({ ...apple, keyb: '', tday: '1' }),
  ],
  [
    'overseas search-info',
    ({ overseasBasicQuote }) => overseasBasicQuote.getProductBaseInfo({ pdno: 'AAPL', prdtTypeCd: '512' }),
  ],
]

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

  // It checks the envelope and hands on the rest; test/simulator/rest/reads.test.ts looks at every key.
  it.each(readsOf)('asks for %s and is answered with something in it', async (name, read) => {
    const clock = handClock()
    const tape = generatedTape({ rate: 500 })
    const kis = await simulator({ clock, tape, quotations: { callsPerSecond: 1_000 } })
    const fetchImpl = pointedAt(kis)
    const { accessToken: token } = await new KisAuth({ ...keys, fetchImpl }).generate()
    const client = new KisHttpClient({ ...keys, token, fetchImpl })
    // The share trades from the moment somebody first asks.
    await read(client)
    clock.advance(10_000)
    const answer = (await read(client)).body as Answer
    expect([name, answer.rtCd]).toEqual([name, '0'])
    const blocks = [answer.output, answer.output1, answer.output2]
    expect(blocks.some(block => block !== undefined && Object.keys(block).length > 0)).toBe(true)
  })
})
