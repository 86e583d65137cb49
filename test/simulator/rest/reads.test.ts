// The reads as a client of any language sees them: every key of KIS's shapes, and the values that the stream
// has.
import { describe, expect, it } from 'vitest'
import { columnsFor, layoutOf } from '../../../kis/wire/layout.ts'
import { standardCalendar } from '../../../market/calendar/calendar.ts'
import { generatedTape } from '../../../simulator/tape/generated-tape.ts'
import { quotationPaths } from '../../../simulator/rest/quotations.ts'
import { restShapes } from '../../../simulator/rest/shapes.ts'
import type { Simulator, SimulatorOptions } from '../../../simulator/server.ts'
import type { RestShape } from '../../../simulator/rest/shape.ts'
import { capturedTape } from '../../../simulator/tape/tape.ts'
import { captured, connect, handClock, post, simulator, until } from '../support.ts'

type Row = Record<string, string>
type Body = Record<string, Row & Row[]> & { rt_cd: string; msg_cd: string; msg1: string }
type Answer = { readonly status: number; readonly more: string | null; readonly tr: string | null; readonly body: Body }

const shapes: Readonly<Record<string, RestShape>> = restShapes
type Id = keyof typeof restShapes

const korean = { FID_COND_MRKT_DIV_CODE: 'J', FID_INPUT_ISCD: '005930' }
const apple = { AUTH: '', EXCD: 'NAS', SYMB: 'AAPL' }
const account = {
  CANO: '12345678',
  ACNT_PRDT_CD: '01',
  AFHR_FLPR_YN: 'N',
  OFL_YN: '',
  INQR_DVSN: '01',
  UNPR_DVSN: '01',
  FUND_STTL_ICLD_YN: 'N',
  FNCG_AMT_AUTO_RDPT_YN: 'N',
  PRCS_DVSN: '00',
  CTX_AREA_FK100: '',
  CTX_AREA_NK100: '',
}

/** A call of each that a client would make. */
const calls: Partial<Record<Id, Row>> = {
  'domestic/inquire-price': korean,
  'domestic/inquire-price-2': korean,
  'domestic/inquire-daily-price': { ...korean, FID_PERIOD_DIV_CODE: 'D', FID_ORG_ADJ_PRC: '0000000001' },
  'domestic/inquire-daily-itemchartprice': {
    ...korean,
    FID_INPUT_DATE_1: '00000101',
    FID_INPUT_DATE_2: '20260914',
    FID_PERIOD_DIV_CODE: 'D',
    FID_ORG_ADJ_PRC: '0',
  },
  'domestic/inquire-asking-price-exp-ccn': korean,
  'domestic/inquire-ccnl': korean,
  'domestic/inquire-time-itemconclusion': { ...korean, FID_INPUT_HOUR_1: '235959' },
  'domestic/inquire-time-itemchartprice': {
    ...korean,
    FID_INPUT_HOUR_1: '100500',
    FID_PW_DATA_INCU_YN: 'N',
    FID_ETC_CLS_CODE: '',
  },
  'domestic/inquire-investor': korean,
  'domestic/inquire-member': korean,
  'domestic/inquire-time-overtimeconclusion': { ...korean, FID_HOUR_CLS_CODE: '1' },
  'domestic/search-info': { PDNO: '005930', PRDT_TYPE_CD: '300' },
  'domestic/search-stock-info': { PDNO: '005930', PRDT_TYPE_CD: '300' },
  'domestic/chk-holiday': { BASS_DT: '20260914', CTX_AREA_NK: '', CTX_AREA_FK: '' },
  'domestic/volume-rank': {
    FID_COND_MRKT_DIV_CODE: 'J',
    FID_COND_SCR_DIV_CODE: '20171',
    FID_INPUT_ISCD: '0000',
    FID_DIV_CLS_CODE: '0',
    FID_BLNG_CLS_CODE: '0',
    FID_TRGT_CLS_CODE: '111111111',
    FID_TRGT_EXLS_CLS_CODE: '000000',
    FID_INPUT_PRICE_1: '',
    FID_INPUT_PRICE_2: '',
    FID_VOL_CNT: '',
    FID_INPUT_DATE_1: '',
  },
  'domestic/intstock-multprice': {
    FID_COND_MRKT_DIV_CODE_1: 'J',
    FID_INPUT_ISCD_1: '005930',
    FID_COND_MRKT_DIV_CODE_2: 'NX',
    FID_INPUT_ISCD_2: '000660',
  },
  'domestic/inquire-balance': account,
  'overseas/price': apple,
  'overseas/price-detail': apple,
  'overseas/dailyprice': { ...apple, GUBN: '0', BYMD: '', MODP: '1' },
  'overseas/inquire-asking-price': apple,
  'overseas/inquire-ccnl': { ...apple, KEYB: '', TDAY: '1' },
  'overseas/inquire-time-itemchartprice': {
    ...apple,
    NMIN: '1',
    PINC: '1',
    NEXT: '',
    NREC: '120',
    FILL: '',
    KEYB: '',
  },
  'overseas/search-info': { PDNO: 'AAPL', PRDT_TYPE_CD: '512' },
}
const ids = Object.keys(calls) as Id[]

async function market(options: SimulatorOptions = {}) {
  const clock = handClock()
  const kis = await simulator({
    clock,
    tape: generatedTape({ rate: 50, seed: 3 }),
    ...options,
    quotations: { callsPerSecond: 1_000, skippedOneOf: 0 },
  })
  const { body } = await post(kis, '/oauth2/tokenP', {
    grant_type: 'client_credentials',
    appkey: 'app-key-1',
    appsecret: 'secret',
  })
  const headers = { authorization: `Bearer ${String(body['access_token'])}`, appkey: 'app-key-1', appsecret: 'secret' }
  async function ask(id: Id, parameters: Row = {}, more: Row = {}): Promise<Answer> {
    const { path, trs } = shapes[id] as RestShape
    const query = new URLSearchParams({ ...calls[id], ...parameters }).toString()
    const response = await fetch(`${kis.restUrl}${path}?${query}`, {
      headers: { ...headers, tr_id: trs[0] ?? '', ...more },
    })
    const answer = (await response.json()) as Body
    return {
      status: response.status,
      more: response.headers.get('tr_cont'),
      tr: response.headers.get('tr_id'),
      body: answer,
    }
  }
  return { clock, kis, ask, headers }
}

/** One listening client, and the last record of each transaction it was sent, by column. */
async function listening(kis: Simulator, clock: ReturnType<typeof handClock>) {
  const client = await connect(kis)
  const wanted = [
    ['H0STCNT0', '005930'],
    ['H0STASP0', '005930'],
    ['HDFSCNT0', 'DNASAAPL'],
    ['HDFSASP0', 'DNASAAPL'],
  ] as const
  for (const [tr, key] of wanted) await client.subscribe(tr, key)
  function last(tr: string): Row | undefined {
    const frame = client.texts.findLast(text => text.startsWith(`0|${tr}|`))
    const values = frame?.split('|')[3]?.split('^') ?? []
    const layout = layoutOf(tr)
    const width = layout?.columns.length ?? 0
    if (layout === undefined || values.length === 0) return undefined
    const record = values.slice(-(tr === 'HDFSASP0' ? 71 : width))
    return Object.fromEntries(columnsFor(layout, record.length).map(([name], i) => [name, record[i] ?? '']))
  }
  clock.advance(20_000)
  await until(() => wanted.every(([tr]) => last(tr) !== undefined))
  // 50 records a second are due; the market stands where the last frame that came left it.
  await until(() => {
    const { frames, records } = kis.stats().tape
    return records >= 1_000 && client.texts.filter(text => text.startsWith('0|')).length === frames
  })
  return (tr: string) => last(tr) as Row
}

const formOf: Readonly<Record<string, RegExp>> = {
  int: /^-?\d+$|^\d{1,3}(,\d{3})+$/,
  dec2: /^[+-]?\d+\.\d\d$|^ 0\.00$/,
  '+dec2': /^[+-]\d+\.\d\d$|^ 0\.00$/,
  dec4: /^-?\d+\.\d{4}$/,
  dec5: /^-?\d+\.\d{5}$/,
  dec6: /^-?\d+\.\d{6}$/,
  dec8: /^-?\d+\.\d{8}$/,
  date8: /^\d{8}$|^$/,
  time6: /^\d{6}$/,
  sign: /^[0-5]$/,
}

describe('every read', () => {
  it('has the keys of its shape in the order of the wire, and texts written as each key wants them', async () => {
    const { ask, clock, kis } = await market()
    await listening(kis, clock)
    for (const id of ids) {
      const { body, more, status, tr } = await ask(id)
      expect({ id, status, rt: body.rt_cd, tr }).toEqual({ id, status: 200, rt: '0', tr: shapes[id]?.trs[0] })
      expect(more, id).not.toBeNull()
      for (const [name, block] of Object.entries(shapes[id]?.blocks ?? {})) {
        const value = body[name] as Row | Row[]
        expect(Array.isArray(value), `${id} ${name}`).toBe(block.isList)
        const rows = Array.isArray(value) ? value : [value]
        const isEmpty = ['domestic/inquire-balance', 'domestic/inquire-time-overtimeconclusion'].includes(id)
        if (!isEmpty) expect(rows.length, `${id} ${name}`).toBeGreaterThan(0)
        for (const row of rows) {
          expect(Object.keys(row), `${id} ${name}`).toEqual(block.fields.map(([code]) => code))
          for (const [code, kind] of block.fields) {
            // Of the day that runs, investors are known after the close.
            if (id === 'domestic/inquire-investor' && row === rows[0]) continue
            expect(row[code], `${id} ${name}.${code}`).toMatch(formOf[kind] ?? /^/)
          }
        }
      }
    }
  })

  it('is in the list that an unknown path is answered with, which also has the hash and no order', async () => {
    const { kis } = await market()
    const answer = (await (await fetch(`${kis.restUrl}/nowhere`)).json()) as { exists: string[] }
    for (const id of ids) expect(answer.exists).toContain(`GET ${shapes[id]?.path}`)
    expect(answer.exists).toContain('POST /uapi/hashkey')
    expect(quotationPaths.filter(path => path.includes('order'))).toEqual([])
  })

  it('wants its own tr_id, a blank before it or not, and the paper one is as good', async () => {
    const { ask } = await market()
    expect((await ask('domestic/inquire-ccnl', {}, { tr_id: ' FHKST01010300' })).body.rt_cd).toBe('0')
    expect((await ask('domestic/inquire-balance', {}, { tr_id: 'VTTC8434R' })).body.rt_cd).toBe('0')
    expect((await ask('domestic/inquire-balance', {}, { tr_id: 'FHKST01010300' })).body.msg_cd).toBe('OPSQ0002')
  })

  it('says which parameter is missing or wrong, with rt_cd 2', async () => {
    const { ask } = await market()
    const refused = async (id: Id, parameters: Row) => {
      const { body, status } = await ask(id, parameters)
      return [status, body.rt_cd, body.msg_cd, body.msg1]
    }
    const wrong = (text: string) => [200, '2', 'OPSQ2001', text]
    const market_ = 'FID_COND_MRKT_DIV_CODE'
    expect(await refused('domestic/inquire-price', { [market_]: 'Q' })).toEqual(wrong(`ERROR INVALID ${market_}`))
    expect(await refused('domestic/inquire-price', { FID_INPUT_ISCD: '' })).toEqual(
      wrong('ERROR : INPUT FIELD NOT FOUND [FID_INPUT_ISCD]'),
    )
    expect(await refused('domestic/inquire-daily-price', { FID_PERIOD_DIV_CODE: 'Q' })).toEqual(
      wrong('ERROR : INPUT INVALID_CHECK_FID_PERIOD_DIV_CODE'),
    )
    expect(await refused('domestic/volume-rank', { [market_]: '__proto__' })).toEqual(wrong(`ERROR INVALID ${market_}`))
    expect(await refused('overseas/price', { SYMB: '' })).toEqual(wrong('ERROR : INPUT FIELD NOT FOUND [SYMB]'))
    expect(await refused('domestic/inquire-balance', { CANO: '1' })).toEqual([
      200,
      '2',
      'OPSQ2000',
      'ERROR : INPUT INVALID_CHECK_ACNO',
    ])
  })
})

describe('what the stream says', () => {
  it('of a Korean trade is what the price, the chart and the executions say', async () => {
    const { ask, clock, kis } = await market()
    const trade = (await listening(kis, clock))('H0STCNT0')
    const same = {
      stck_prpr: trade['STCK_PRPR'],
      prdy_vrss: trade['PRDY_VRSS'],
      prdy_vrss_sign: trade['PRDY_VRSS_SIGN'],
      prdy_ctrt: trade['PRDY_CTRT'],
      acml_vol: trade['ACML_VOL'],
    }
    const day = {
      stck_oprc: trade['STCK_OPRC'],
      stck_hgpr: trade['STCK_HGPR'],
      stck_lwpr: trade['STCK_LWPR'],
      acml_tr_pbmn: trade['ACML_TR_PBMN'],
    }
    expect((await ask('domestic/inquire-price')).body['output']).toMatchObject({ ...same, ...day })
    expect((await ask('domestic/inquire-price-2')).body['output']).toMatchObject({ ...same, ...day })
    const chart = (await ask('domestic/inquire-daily-itemchartprice')).body
    expect(chart['output1']).toMatchObject({ ...same, ...day, hts_kor_isnm: '삼성전자' })
    const { prdy_ctrt, stck_prpr, ...row } = { ...same, ...day }
    expect(chart['output2']?.[0]).toMatchObject({ ...row, stck_bsop_date: '20260914', stck_clpr: stck_prpr })
    const daily = (await ask('domestic/inquire-daily-price')).body['output']?.[0]
    expect(daily).toMatchObject({ stck_clpr: stck_prpr, prdy_ctrt, prdy_vrss: same.prdy_vrss })
    const { acml_vol, ...price } = same
    for (const id of ['domestic/inquire-time-itemconclusion', 'domestic/inquire-time-itemchartprice'] as const)
      expect((await ask(id)).body['output1'], id).toMatchObject({ ...price, acml_vol })
    const newest = { ...price, stck_cntg_hour: trade['STCK_CNTG_HOUR'], tday_rltv: trade['CTTR'] }
    expect((await ask('domestic/inquire-ccnl')).body['output']?.[0]).toMatchObject({
      ...newest,
      cntg_vol: trade['CNTG_VOL'],
    })
    expect((await ask('domestic/inquire-time-itemconclusion')).body['output2']?.[0]).toMatchObject({
      ...newest,
      acml_vol,
    })
    expect((await ask('domestic/inquire-member')).body['output']).toMatchObject({ acml_vol })
  })

  it('of a Korean book is what the asking prices say', async () => {
    const { ask, clock, kis } = await market()
    const book = (await listening(kis, clock))('H0STASP0')
    const { output1, output2 } = (await ask('domestic/inquire-asking-price-exp-ccn')).body
    for (let level = 1; level <= 10; level++) {
      for (const name of [`ASKP${level}`, `BIDP${level}`, `ASKP_RSQN${level}`, `BIDP_RSQN${level}`])
        expect([name, output1?.[name.toLowerCase() as 'askp1']]).toEqual([name, book[name]])
    }
    expect(output1).toMatchObject({ total_askp_rsqn: book['TOTAL_ASKP_RSQN'], aspr_acpt_hour: book['BSOP_HOUR'] })
    expect(output2).toMatchObject({ stck_shrn_iscd: '005930', antc_cnpr: output2?.['stck_oprc'] })
  })

  it('of an overseas trade and book is what price, price-detail, dailyprice and the book say', async () => {
    const { ask, clock, kis } = await market()
    const last = await listening(kis, clock)
    const trade = last('HDFSCNT0')
    const book = last('HDFSASP0')
    const same = { rsym: 'DNASAAPL', zdiv: '4', last: trade['LAST'], tvol: trade['TVOL'], tamt: trade['TAMT'] }
    const change = { sign: trade['SIGN'], diff: trade['DIFF'] }
    expect((await ask('overseas/price')).body['output']).toMatchObject({ ...same, ...change })
    const { output } = (await ask('overseas/price-detail')).body
    expect(output).toMatchObject({ ...same, open: trade['OPEN'], high: trade['HIGH'], low: trade['LOW'], curr: 'USD' })
    expect(output).toMatchObject({ e_ordyn: '매매 가능', t_xsgn: trade['SIGN'] })
    expect((await ask('overseas/dailyprice')).body['output2']?.[0]).toMatchObject({
      ...change,
      clos: trade['LAST'],
      xymd: trade['TYMD'],
      rate: trade['RATE'],
    })
    const { output1, output2 } = (await ask('overseas/inquire-asking-price')).body
    expect(output1).toMatchObject({ bvol: book['BVOL'], avol: book['AVOL'], last: trade['LAST'], code: 'AAPL' })
    for (const name of ['PBID1', 'PASK1', 'VBID10', 'VASK10'])
      expect([name, output2?.[name.toLowerCase() as 'pbid1']]).toEqual([name, book[name]])
    expect((await ask('overseas/inquire-ccnl')).body['output2']?.[0]).toMatchObject({
      ...change,
      last: trade['LAST'],
      vpow: trade['STRN'],
    })
  })

  it('is said before anybody registered, and goes on between two calls', async () => {
    const { ask, clock } = await market()
    const { output } = (await ask('domestic/inquire-price', { FID_INPUT_ISCD: '035420' })).body
    expect(Number(output?.['stck_prpr'])).toBeGreaterThan(0)
    clock.advance(60_000)
    const later = (await ask('domestic/inquire-price', { FID_INPUT_ISCD: '035420' })).body['output']
    expect(Number(later?.['acml_vol'])).toBeGreaterThan(Number(output?.['acml_vol']))
    const trades = (await ask('domestic/inquire-ccnl', { FID_INPUT_ISCD: '035420' })).body['output']
    expect(trades?.[0]?.['stck_prpr']).toBe(later?.['stck_prpr'])
    expect(trades).toHaveLength(30)
  })

  it('on a tape is what the tape emitted: price, change and book, and only the days on it', async () => {
    const lines = [...captured('H0STCNT0.txt'), ...captured('H0STASP0.txt')]
    const { ask, kis } = await market({ tape: capturedTape(lines) })
    const nothing = (await ask('domestic/inquire-price')).body['output']
    expect([nothing?.['stck_prpr'], nothing?.['acml_vol']]).toEqual(['0', '0'])
    const client = await connect(kis)
    await client.subscribe('H0STCNT0', '005930')
    await until(
      () =>
        kis.stats().tape.ended && client.texts.filter(text => text.startsWith('0|')).length === kis.stats().tape.frames,
    )
    const frame = client.texts.findLast(text => text.startsWith('0|H0STCNT0|')) ?? ''
    const values = frame.split('|')[3]?.split('^') ?? []
    const width = values.length / Number(frame.split('|')[2])
    const record = values.slice(-width)
    expect((await ask('domestic/inquire-price')).body['output']).toMatchObject({
      stck_prpr: record[2],
      prdy_vrss: record[4],
      prdy_ctrt: record[5],
      stck_oprc: record[7],
      acml_vol: record[13],
    })
    const days = (await ask('domestic/inquire-daily-price')).body['output']
    expect(days?.[0]?.['stck_clpr']).toBe(record[2])
    expect(days?.length).toBeLessThanOrEqual(5)
  })
})

describe('the days before', () => {
  it('chain: each opens a row with the change from the one below it, and the market was open', async () => {
    const { ask } = await market()
    const rows = [...((await ask('domestic/inquire-daily-itemchartprice')).body['output2'] ?? [])] as Row[]
    expect(rows).toHaveLength(100)
    for (const [i, row] of rows.entries()) {
      const before = rows[i + 1]
      const number = (name: string) => Number(row[name])
      if (before !== undefined)
        expect(number('stck_clpr') - number('prdy_vrss'), row['stck_bsop_date']).toBe(Number(before['stck_clpr']))
      expect(number('stck_hgpr')).toBeGreaterThanOrEqual(Math.max(number('stck_oprc'), number('stck_clpr')))
      expect(number('stck_lwpr')).toBeLessThanOrEqual(Math.min(number('stck_oprc'), number('stck_clpr')))
      expect(standardCalendar.sessionsOn('KRX', number('stck_bsop_date')).length).toBeGreaterThan(0)
    }
  })

  it('are paged by the day before the oldest, and end where the share was not listed yet', async () => {
    const { ask } = await market()
    const page = async (to: string) =>
      ((await ask('domestic/inquire-daily-itemchartprice', { FID_INPUT_DATE_2: to })).body['output2'] ?? []) as Row[]
    const dates = new Set<string>()
    let to = '20260914'
    for (let calls_ = 0; calls_ < 20; calls_++) {
      const rows = await page(to)
      const oldest = rows.at(-1)?.['stck_bsop_date']
      for (const row of rows) dates.add(row['stck_bsop_date'] ?? '')
      if (oldest === undefined) break
      to = `${Number(oldest) - 1}`
    }
    expect(dates.size).toBe(1_001)
  })

  it('begin on Nextrade with its first day', async () => {
    const { ask } = await market()
    const nextrade = { FID_COND_MRKT_DIV_CODE: 'NX', FID_PERIOD_DIV_CODE: 'M' }
    const rows = (await ask('domestic/inquire-daily-itemchartprice', nextrade)).body['output2'] as Row[]
    expect(rows.at(-1)?.['stck_bsop_date']).toBe('20250304')
  })

  it('agree with every other call that tells of them', async () => {
    const { ask } = await market()
    const rows = (await ask('domestic/inquire-daily-itemchartprice')).body['output2'] as Row[]
    const daily = (await ask('domestic/inquire-daily-price')).body['output'] as Row[]
    expect(daily.map(row => row['stck_clpr'])).toEqual(rows.slice(0, 30).map(row => row['stck_clpr']))
    const price = (await ask('domestic/inquire-price')).body['output'] as Row
    expect(price['stck_sdpr']).toBe(rows[1]?.['stck_clpr'])
    const year = rows.map(row => Number(row['stck_hgpr']))
    expect(Number(price['d250_hgpr'])).toBeGreaterThanOrEqual(Math.max(...year))
    const [high, low, close] = ['stck_hgpr', 'stck_lwpr', 'stck_clpr'].map(name => Number(rows[1]?.[name]))
    expect(Number(price['pvt_pont_val'])).toBe(Math.floor(((high ?? 0) + (low ?? 0) + (close ?? 0)) / 3))
    const more = (await ask('domestic/inquire-price-2')).body['output'] as Row
    expect(more['prdy_vol']).toBe(rows[1]?.['acml_vol'])
  })

  it('taken by weeks, months and years have the extremes of their days', async () => {
    const { ask } = await market()
    const bars = async (period: string) =>
      (await ask('domestic/inquire-daily-itemchartprice', { FID_PERIOD_DIV_CODE: period })).body['output2'] as Row[]
    const days = await bars('D')
    for (const period of ['W', 'M', 'Y']) {
      const [newest, before] = await bars(period)
      const first = newest?.['stck_bsop_date'] ?? ''
      const inside = days.filter(row => (row['stck_bsop_date'] ?? '') >= first)
      if (period !== 'Y')
        expect(Number(newest?.['stck_hgpr'])).toBe(Math.max(...inside.map(row => Number(row['stck_hgpr']))))
      expect(newest?.['stck_clpr']).toBe(days[0]?.['stck_clpr'])
      expect(Number(newest?.['stck_clpr']) - Number(newest?.['prdy_vrss'])).toBe(Number(before?.['stck_clpr']))
    }
  })

  it('overseas go back from a date, 100 rows a call', async () => {
    const { ask } = await market()
    const { output1, output2 } = (await ask('overseas/dailyprice', { BYMD: '20260630' })).body
    expect([output1?.['nrec'], output2?.length, output2?.[0]?.['xymd']]).toEqual(['100', 100, '20260630'])
  })

  it('of investors are empty while the day runs, with the sign 0, and there after the close', async () => {
    const { ask, clock } = await market()
    const running = (await ask('domestic/inquire-investor')).body['output']
    expect(running?.[0]).toMatchObject({ prsn_ntby_qty: '', prdy_vrss: '0', prdy_vrss_sign: '0' })
    expect(running?.[1]?.['prsn_ntby_qty']).toMatch(/^-?\d+$/)
    clock.advance(6 * 3_600_000)
    expect((await ask('domestic/inquire-investor')).body['output']?.[0]?.['prsn_ntby_qty']).toMatch(/^-?\d+$/)
  })
})

describe('an unknown symbol', () => {
  it('is success with nothing in it, in the way of each call', async () => {
    const { ask } = await market()
    const unknown = { FID_INPUT_ISCD: 'NOSUCH99' }
    const elsewhere = { EXCD: 'NASD' }
    const of = async (id: Id, parameters: Row) => {
      const { body } = await ask(id, parameters)
      expect([id, body.rt_cd]).toEqual([id, '0'])
      return body
    }
    expect((await of('domestic/inquire-price', unknown))['output']).toMatchObject({ stck_prpr: '0', bstp_kor_isnm: '' })
    expect((await of('domestic/inquire-asking-price-exp-ccn', unknown))['output1']).toEqual({})
    const chart = await of('domestic/inquire-daily-itemchartprice', unknown)
    expect([chart['output1']?.['stck_prpr'], chart['output2']]).toEqual(['0', []])
    expect((await of('domestic/inquire-daily-price', unknown))['output']).toEqual([])
    expect((await of('domestic/inquire-ccnl', unknown))['output']).toEqual([])
    expect((await of('domestic/intstock-multprice', { FID_INPUT_ISCD_2: 'NOSUCH99' }))['output']).toHaveLength(1)
    const price = (await of('overseas/price', elsewhere))['output'] as Row
    expect([Object.keys(price).length, new Set(Object.values(price))]).toEqual([11, new Set([''])])
    const days = await of('overseas/dailyprice', elsewhere)
    expect([days['output1']?.['nrec'], days['output2']]).toEqual(['', []])
    expect((await of('overseas/inquire-asking-price', elsewhere))['output1']?.['rsym']).toBe('')
  })

  it('is rt_cd 7 where an issue is searched, so that python-kis tries the next type', async () => {
    const { ask } = await market()
    for (const type of ['301', '512', 'toString'])
      expect((await ask('domestic/search-info', { PRDT_TYPE_CD: type })).body.rt_cd).toBe('7')
    expect((await ask('domestic/search-info', { PDNO: 'AAPL', PRDT_TYPE_CD: '512' })).body['output']).toMatchObject({
      shtn_pdno: 'AAPL',
      prdt_eng_name: 'APPLE INC',
    })
  })
})

describe('what else is known', () => {
  it('of an issue: its names, and the number that KRX gave it', async () => {
    const { ask } = await market()
    const { body } = await ask('domestic/search-info')
    expect(body['output']).toMatchObject({ pdno: '00000A005930', std_pdno: 'KR7005930003', prdt_name: '삼성전자' })
    expect([body.msg_cd, body.msg1]).toEqual(['KIOK0530', `조회되었습니다${' '.repeat(66)}`])
    expect((await ask('domestic/search-stock-info', { PDNO: '000660' })).body['output']).toMatchObject({
      std_pdno: 'KR7000660001',
    })
  })

  it('of an account: nothing in it, with the last page marked D', async () => {
    const { ask } = await market()
    const { body, more } = await ask('domestic/inquire-balance', { INQR_DVSN: '02' })
    expect([more, body.rt_cd, body.msg_cd, body['output1']]).toEqual(['D', '0', 'KIOK0560', []])
    expect(body.msg1).toBe(`조회할 내용이 없습니다${' '.repeat(58)}`)
    expect([body['output2']?.length, body['output2']?.[0]?.['dnca_tot_amt']]).toEqual([1, '0'])
    expect(body['ctx_area_fk100']).toHaveLength(100)
  })

  it('of volumes: 30 issues, the most traded first, as their own prices say', async () => {
    const { ask } = await market()
    const rows = (await ask('domestic/volume-rank')).body['output'] as Row[]
    expect(rows.map(row => row['data_rank'])).toEqual(Array.from({ length: 30 }, (_, i) => `${i + 1}`))
    const volumes = rows.map(row => Number(row['acml_vol']))
    expect(volumes).toEqual(volumes.toSorted((a, b) => b - a))
    const [first] = rows
    const { output } = (await ask('domestic/inquire-price', { FID_INPUT_ISCD: first?.['mksc_shrn_iscd'] ?? '' })).body
    expect(output?.['acml_vol']).toBe(first?.['acml_vol'])
    const cheap = (await ask('domestic/volume-rank', { FID_INPUT_PRICE_2: '50000' })).body['output'] as Row[]
    expect(cheap.length).toBeLessThan(30)
    expect(cheap.every(row => Number(row['stck_prpr']) <= 50_000)).toBe(true)
  })
})

/** Those of the broker's samples and documents, by their official names. */
const orderPaths = [
  ...['order-cash', 'order-credit', 'order-rvsecncl', 'order-resv', 'order-resv-rvsecncl'].map(
    name => `/uapi/domestic-stock/v1/trading/${name}`,
  ),
  ...['order', 'order-rvsecncl', 'order-resv', 'order-resv-ccnl', 'daytime-order', 'daytime-order-rvsecncl'].map(
    name => `/uapi/overseas-stock/v1/trading/${name}`,
  ),
  ...['domestic-futureoption', 'overseas-futureoption'].flatMap(kind => [
    `/uapi/${kind}/v1/trading/order`,
    `/uapi/${kind}/v1/trading/order-rvsecncl`,
  ]),
  ...['buy', 'sell', 'order-rvsecncl'].map(name => `/uapi/domestic-bond/v1/trading/${name}`),
]

describe('an order', () => {
  it.each(orderPaths)('to %s is refused in the envelope of KIS, and nothing of it is logged', async path => {
    const lines: string[] = []
    const { headers, kis } = await market({ log: line => lines.push(line) })
    const response = await fetch(kis.restUrl + path, {
      method: 'POST',
      headers: { ...headers, tr_id: 'TTTC0012U' },
      body: JSON.stringify({ CANO: '87654321', ACNT_PRDT_CD: '01', PDNO: '005930', ORD_QTY: '1' }),
    })
    const body = (await response.json()) as Record<string, unknown>
    expect([response.status, response.headers.get('tr_id')]).toEqual([200, 'TTTC0012U'])
    expect(Object.keys(body)).toEqual(['rt_cd', 'msg_cd', 'msg1'])
    expect([body['rt_cd'], body['msg_cd']]).toEqual(['1', 'OPSQ0002'])
    expect(lines.filter(line => line.includes(path))).toHaveLength(1)
    expect(lines.join()).not.toContain('87654321')
  })
})

describe('the hash of an order', () => {
  it('is stable, 64 lower-case digits, and asks for no token', async () => {
    const { kis } = await market()
    const hash = async (body: string, headers: Row) => {
      const response = await fetch(`${kis.restUrl}/uapi/hashkey`, { method: 'POST', headers, body })
      return { status: response.status, body: (await response.json()) as Record<string, unknown> }
    }
    const keys = { appKey: 'app-key-1', appSecret: 'secret' }
    const order = { CANO: '12345678', PDNO: '005930' }
    const first = await hash(JSON.stringify(order), keys)
    expect(first.body['BODY']).toEqual(order)
    expect(first.body['HASH']).toMatch(/^[0-9a-f]{64}$/)
    expect((await hash(JSON.stringify(order), keys)).body['HASH']).toBe(first.body['HASH'])
    expect((await hash('{"CANO":"1"}', keys)).body['HASH']).not.toBe(first.body['HASH'])
    expect((await hash('no JSON', keys)).status).toBe(400)
    expect((await hash('{}', {})).body['msg_cd']).toBe('EGW00102')
  })
})
