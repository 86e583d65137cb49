// The quotations as a client of any language sees them: literal requests, KIS's columns, and every trap.
import { describe, expect, it } from 'vitest'
import { generatedTape } from '../../../simulator/tape/generated-tape.ts'
import type { Simulator, SimulatorOptions } from '../../../simulator/server.ts'
import { connect, handClock, post, simulator, until } from '../support.ts'

const executionsPath = '/uapi/domestic-stock/v1/quotations/inquire-time-itemconclusion'
const minutesPath = '/uapi/domestic-stock/v1/quotations/inquire-time-itemchartprice'
const dailyPath = '/uapi/domestic-stock/v1/quotations/inquire-time-dailychartprice'
const overseasExecutionsPath = '/uapi/overseas-price/v1/quotations/inquire-ccnl'
const overseasMinutesPath = '/uapi/overseas-price/v1/quotations/inquire-time-itemchartprice'
const holidaysPath = '/uapi/domestic-stock/v1/quotations/chk-holiday'

type Row = Record<string, string>
type Quoted = { status: number; more: string | null; body: Record<string, unknown>; rows: Row[] }

async function tokenOf(kis: Simulator): Promise<string> {
  const asked = { grant_type: 'client_credentials', appkey: 'app-key-1', appsecret: 'secret-1' }
  return String((await post(kis, '/oauth2/tokenP', asked)).body.access_token)
}

const headers = (token: string, tr: string): Row => ({
  authorization: `Bearer ${token}`,
  appkey: 'app-key-1',
  appsecret: 'secret-1',
  custtype: 'P',
  tr_id: tr,
  tr_cont: '',
})

async function get(kis: Simulator, path: string, parameters: Row, given: Row): Promise<Quoted> {
  const response = await fetch(`${kis.restUrl}${path}?${new URLSearchParams(parameters).toString()}`, {
    headers: given,
  })
  const body = (await response.json()) as Record<string, unknown>
  const rows = (body['output2'] ?? body['output'] ?? []) as Row[]
  return { status: response.status, more: response.headers.get('tr_cont'), body, rows }
}

const samsung = (hour: string) => ({ FID_COND_MRKT_DIV_CODE: 'J', FID_INPUT_ISCD: '005930', FID_INPUT_HOUR_1: hour })

/**
 * A market in which 005930 of the KRX and AAPL trade, by a clock that stands still until it is set forward.
 */
async function tradingMarket(options: SimulatorOptions = {}) {
  const clock = handClock()
  const kis = await simulator({
    clock,
    tape: generatedTape({ rate: 50, seed: 3 }),
    memory: { truth: 50_000 },
    ...options,
    quotations: { skippedOneOf: 0, callsPerSecond: 1_000, ...options.quotations },
  })
  const token = await tokenOf(kis)
  const client = await connect(kis)
  await client.subscribe('H0STCNT0', '005930')
  await client.subscribe('HDFSCNT0', 'DNASAAPL')
  const ask = (path: string, tr: string, parameters: Row, more: Row = {}) =>
    get(kis, path, parameters, { ...headers(token, tr), ...more })
  const executions = (hour: string) => ask(executionsPath, 'FHPST01060000', samsung(hour))
  const minutes = (hour: string, previous = 'N') =>
    ask(minutesPath, 'FHKST03010200', { ...samsung(hour), FID_PW_DATA_INCU_YN: previous, FID_ETC_CLS_CODE: '' })
  /** What was emitted of 005930, as [time, volume, total]. */
  const truth = () =>
    kis.truth('H0STCNT0', '005930').map(({ record }) => {
      const values = record.split('^')
      return [values[1] ?? '', values[12] ?? '', values[13] ?? ''] as const
    })
  /** Lets the market trade for so long, and waits until it has. */
  async function trade(ms: number): Promise<void> {
    const before = truth().length
    clock.advance(ms)
    await until(() => truth().length > before)
  }
  return { clock, kis, token, ask, executions, minutes, truth, trade }
}

describe('the gateway', () => {
  it.each([
    ['no app key', { appkey: '' }, 'EGW00102'],
    ['no app secret', { appsecret: '' }, 'EGW00104'],
    ['a token without Bearer', { authorization: 'abc' }, 'EGW00205'],
    ['a token that was never issued', { authorization: 'Bearer abc' }, 'EGW00121'],
    ['a wrong kind of customer', { custtype: 'X' }, 'EGW00208'],
    ['the tr_id of another call', { tr_id: 'FHKST03010200' }, 'OPSQ0002'],
  ])('refuses %s, with HTTP 500', async (_, wrong, code) => {
    const kis = await simulator()
    const given = { ...headers(await tokenOf(kis), 'FHPST01060000'), ...wrong }
    const { body, status } = await get(kis, executionsPath, samsung('100000'), given)
    expect([status, body['rt_cd'], body['msg_cd']]).toEqual([500, '1', code])
  })

  it('refuses a token after its day, and one of another app key', async () => {
    const clock = handClock()
    const kis = await simulator({ clock })
    const given = headers(await tokenOf(kis), 'FHPST01060000')
    const other = await get(kis, executionsPath, samsung('100000'), { ...given, appkey: 'app-key-2' })
    clock.advance(24 * 3_600_000)
    const late = await get(kis, executionsPath, samsung('100000'), given)
    expect([other.body['msg_cd'], late.body['msg_cd']]).toEqual(['EGW00103', 'EGW00123'])
    expect(kis.stats().tokensNotTaken).toBe(1)
  })

  it('answers 18 calls in any second, counts the ones beyond, and lets each app key have its own', async () => {
    const clock = handClock()
    const kis = await simulator({ clock })
    const given = headers(await tokenOf(kis), 'FHPST01060000')
    const call = (more: Row = {}) => get(kis, executionsPath, samsung('100000'), { ...given, ...more })
    for (let i = 0; i < 18; i++) expect((await call()).status).toBe(200)
    clock.advance(999)
    const { body, status } = await call()
    expect({ status, body }).toEqual({
      status: 500,
      body: { rt_cd: '1', msg_cd: 'EGW00201', msg1: '초당 거래건수를 초과하였습니다.' },
    })
    expect((await call({ appkey: 'app-key-2' })).body['msg_cd']).toBe('EGW00103')
    clock.advance(1)
    expect((await call()).status).toBe(200)
    expect(kis.stats()).toMatchObject({ quotationsTooSoon: 1, quotationsAnswered: 20 })
  })

  it('is stood in front of by faults like every other call', async () => {
    const { executions, kis } = await tradingMarket()
    kis.inject({ kind: 'rest-500', path: executionsPath, code: 'EGW00201', count: 1 })
    expect((await executions('100000')).body['msg_cd']).toBe('EGW00201')
    expect((await executions('100000')).body['rt_cd']).toBe('0')
  })
})

describe('Korean executions', () => {
  it('are what the tape emitted, 30 a call, newest first, at or before the time asked for', async () => {
    const { executions, trade, truth } = await tradingMarket()
    for (let i = 0; i < 4; i++) await trade(1_000)
    const all = truth().toReversed()
    const second = all[0]?.[0] ?? ''
    const { body, rows } = await executions(second)
    expect(rows.map(row => [row['stck_cntg_hour'], row['cnqn'], row['acml_vol']])).toEqual(all.slice(0, 30))
    expect(body['rt_cd']).toBe('0')
    const earlier = all.find(([time]) => time < second)?.[0] ?? ''
    const older = await executions(earlier)
    expect(older.rows.length).toBeGreaterThan(0)
    expect(older.rows.map(row => row['acml_vol'])).toEqual(
      all
        .filter(([time]) => time <= earlier)
        .slice(0, 30)
        .map(([, , total]) => total),
    )
  })

  it('leave a print out now and then, always the same one, and still count it', async () => {
    const { executions, trade, truth } = await tradingMarket({ quotations: { skippedOneOf: 5 } })
    for (let i = 0; i < 3; i++) await trade(1_000)
    const { rows } = await executions('235959')
    expect(rows).toEqual((await executions('235959')).rows)
    const returned = new Set(rows.map(row => row['acml_vol']))
    const oldest = Number(rows.at(-1)?.['acml_vol'])
    const left = truth().filter(([, , total]) => Number(total) >= oldest && !returned.has(total))
    expect(left.length).toBeGreaterThan(0)
    expect(rows.some(row => row['acml_vol'] === truth().at(-1)?.[2])).toBe(
      !left.some(([, , total]) => total === truth().at(-1)?.[2]),
    )
  })

  it('know what was kept from a session', async () => {
    const { executions, kis, trade } = await tradingMarket()
    kis.inject({ kind: 'lose', probability: 1, key: '005930' })
    await trade(1_000)
    const lost = kis.withheld().at(-1)
    const { rows } = await executions('235959')
    expect(rows.map(row => row['acml_vol'])).toContain(`${lost?.cumulativeVolume}`)
  })

  it('are none of an instrument without subscribers, and a refusal of a market that there is not', async () => {
    const { ask } = await tradingMarket()
    const none = await ask(executionsPath, 'FHPST01060000', { ...samsung('100000'), FID_INPUT_ISCD: '000660' })
    expect([none.body['rt_cd'], none.rows]).toEqual(['0', []])
    const wrong = await ask(executionsPath, 'FHPST01060000', { ...samsung('100000'), FID_COND_MRKT_DIV_CODE: 'Q' })
    expect([wrong.status, wrong.body['rt_cd'], wrong.body['msg_cd']]).toEqual([200, '2', 'OPSQ2001'])
  })
})

describe('Korean minute bars', () => {
  it('add up to what was emitted, minute by minute', async () => {
    const { minutes, trade, truth } = await tradingMarket()
    for (let i = 0; i < 4; i++) await trade(30_000)
    await trade(60_000)
    const { rows } = await minutes('100100')
    const sum = (minute: string) =>
      truth().reduce((total, [time, volume]) => total + (time.startsWith(minute) ? Number(volume) : 0), 0)
    expect(rows.map(row => row['stck_cntg_hour'])).toEqual(['100100', '100000'])
    for (const row of rows) expect(Number(row['cntg_vol'])).toBe(sum(String(row['stck_cntg_hour']).slice(0, 4)))
  })

  it('stamp the running minute with the hour that was asked for, and fill the minutes to come with nothing', async () => {
    const { minutes, trade } = await tradingMarket()
    await trade(5_000)
    await trade(60_000)
    const { rows } = await minutes('100500')
    expect(rows.map(row => [row['stck_cntg_hour'], row['cntg_vol'] === '0'])).toEqual([
      ['100500', false],
      ['100400', true],
      ['100300', true],
      ['100200', true],
      ['100100', true],
      ['100000', false],
    ])
    const [forming, filler] = rows
    const over = rows.at(-1)
    expect(filler).toMatchObject({ acml_tr_pbmn: over?.['acml_tr_pbmn'], stck_oprc: over?.['stck_prpr'] })
    expect(Number(forming?.['acml_tr_pbmn'])).toBeGreaterThan(Number(over?.['acml_tr_pbmn']))
  })

  it('are of one day, and of the days before where that is asked for', async () => {
    const { ask, clock, minutes, trade } = await tradingMarket()
    await trade(1_000)
    // To the next day, while the token is good.
    clock.advance(14 * 3_600_000)
    await trade(1_000)
    const dates = (rows: Row[]) => [...new Set(rows.map(row => row['stck_bsop_date']))]
    expect(dates((await minutes('000000')).rows)).toEqual(['20260915'])
    expect(dates((await minutes('000000', 'Y')).rows)).toEqual(['20260915', '20260914'])
    const past = {
      ...samsung('200000'),
      FID_INPUT_DATE_1: '20260914',
      FID_PW_DATA_INCU_YN: 'N',
      FID_FAKE_TICK_INCU_YN: '',
    }
    expect(dates((await ask(dailyPath, 'FHKST03010230', past)).rows)).toEqual(['20260914'])
  })
})

describe('overseas', () => {
  const apple = { AUTH: '', EXCD: 'NAS', SYMB: 'AAPL' }
  const returned = (kis: Simulator) => kis.truth('HDFSCNT0', 'DNASAAPL')

  it('only the latest executions are returned, whatever is asked for', async () => {
    const { ask, clock, kis } = await tradingMarket()
    clock.advance(5_000)
    await until(() => returned(kis).length > 60)
    const { rows } = await ask(overseasExecutionsPath, 'HHDFS76200300', { ...apple, TDAY: '1', KEYB: '' })
    expect(rows.map(row => Number(row['tvol']))).toEqual(
      returned(kis)
        .slice(-30)
        .toReversed()
        .map(({ cumulativeVolume }) => cumulativeVolume),
    )
  })

  it('minute bars are paged by the key of the minute before the oldest', async () => {
    const { ask, clock, kis } = await tradingMarket()
    for (let minute = 1; minute <= 3; minute++) {
      const before = returned(kis).length
      clock.advance(60_000)
      await until(() => returned(kis).length > before + 1)
    }
    const chart = (parameters: Row) =>
      ask(overseasMinutesPath, 'HHDFS76950200', { ...apple, NMIN: '1', PINC: '1', FILL: '', ...parameters })
    const first = await chart({ NREC: '1', NEXT: '', KEYB: '' })
    const second = await chart({ NREC: '120', NEXT: '1', KEYB: '20260913210200' })
    expect(first.rows.map(row => [row['xymd'], row['xhms'], row['kymd'], row['khms']])).toEqual([
      ['20260913', '210300', '20260914', '100300'],
    ])
    expect((first.body['output1'] as Row)['next']).toBe('1')
    expect(second.rows.map(row => row['xhms'])).toEqual(['210200', '210100'])
    expect(second.rows.every(row => Number(row['evol']) > 0)).toBe(true)
  })
})

describe('the calendar', () => {
  it('tells the days on which the market opens, a page at a time', async () => {
    const { ask } = await tradingMarket()
    const first = await ask(holidaysPath, 'CTCA0903R', { BASS_DT: '20260914', CTX_AREA_NK: '', CTX_AREA_FK: '' })
    const isOpen = (date: string) => first.rows.find(row => row['bass_dt'] === date)?.['opnd_yn']
    // 2026-09-24 to 26 is Chuseok.
    expect([isOpen('20260914'), isOpen('20260919'), isOpen('20260924'), isOpen('20260925')]).toEqual([
      'Y',
      'N',
      'N',
      'N',
    ])
    expect([first.more, first.rows.length]).toEqual(['M', 24])
    const key = { CTX_AREA_NK: String(first.body['ctx_area_nk']), CTX_AREA_FK: String(first.body['ctx_area_fk']) }
    const next = await ask(holidaysPath, 'CTCA0903R', { BASS_DT: '20260914', ...key }, { tr_cont: 'N' })
    expect([next.rows[0]?.['bass_dt'], next.body['msg_cd']]).toEqual(['20261007', 'KIOK0500'])
  })
})
