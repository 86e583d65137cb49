// What KIS clients need that are not ours: each was tried with nothing but its addresses changed.
import { request } from 'node:http'
import { describe, expect, it } from 'vitest'
import { createNoticeOpener } from '../../kis/wire/notices.ts'
import { layoutOf } from '../../kis/wire/layout.ts'
import { layouts } from '../../kis/wire/layouts.ts'
import { generatedTape } from '../../simulator/tape/generated-tape.ts'
import type { Simulator } from '../../simulator/server.ts'
import { approvalKey, code, connect, handClock, post, requestText, simulator, until } from './support.ts'

type Answer = {
  readonly status: number
  readonly headers: readonly string[]
  readonly body: Record<string, unknown>
}

/** The answer with its header names as they came: `fetch` makes them lower case. */
function get(kis: Simulator, path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request(kis.restUrl + path, { method, headers }, response => {
      let text = ''
      response.setEncoding('utf8').on('data', chunk => (text += String(chunk)))
      response.on('end', () => {
        const names = response.rawHeaders.filter((_, index) => index % 2 === 0)
        resolve({ status: response.statusCode ?? 0, headers: names, body: JSON.parse(text) as Answer['body'] })
      })
    })
      .on('error', reject)
      .end()
  })
}

async function withToken(kis: Simulator) {
  const { body } = await post(kis, '/oauth2/tokenP', {
    grant_type: 'client_credentials',
    appkey: 'app-key-1',
    appsecret: 'secret',
  })
  return {
    authorization: `Bearer ${String(body['access_token'])}`,
    appkey: 'app-key-1',
    appsecret: 'secret',
    tr_id: 'FHPST01060000',
  }
}

const executions = '/uapi/domestic-stock/v1/quotations/inquire-time-itemconclusion'
const query = 'FID_COND_MRKT_DIV_CODE=J&FID_INPUT_ISCD=005930&FID_INPUT_HOUR_1=153000'

describe('a REST answer', () => {
  it("has no lower-case header name but KIS's own three, on success and on refusal", async () => {
    const kis = await simulator()
    const answers = [
      await get(kis, `${executions}?${query}`, await withToken(kis)),
      await get(kis, `${executions}?${query}`),
      await get(kis, '/nowhere'),
      await get(kis, '/oauth2/tokenP', {}, 'POST'),
    ]
    for (const { headers } of answers) {
      expect(headers).toContain('Content-Type')
      const lower = headers.filter(name => name === name.toLowerCase())
      expect(['gt_uid', 'tr_cont', 'tr_id']).toEqual(expect.arrayContaining(lower))
    }
    expect(answers[0]?.headers).toEqual(expect.arrayContaining(['tr_id', 'tr_cont', 'gt_uid']))
  })

  it('comes without custtype, for a path with two slashes, lower-case names and any spelling of Bearer', async () => {
    const kis = await simulator()
    const { authorization, ...headers } = await withToken(kis)
    const [, token] = authorization.split(' ')
    for (const [path, scheme] of [
      [`${executions}?${query}`, 'bearer'],
      [`/${executions}?${query.toLowerCase().replace('=j&', '=J&')}`, 'BEARER'],
      [`//${executions}?${query}`, 'Bearer '],
    ] as const) {
      const given = { ...headers, authorization: `${scheme} ${token}` }
      expect((await get(kis, path, given)).body, path).toMatchObject({ rt_cd: '0', msg_cd: 'MCA00000' })
    }
    const wrong = await get(kis, `${executions}?${query}`, { ...headers, authorization, custtype: 'X' })
    expect(wrong.body).toMatchObject({ rt_cd: '1', msg_cd: 'EGW00208' })
  })

  it("is in KIS's envelope for a path that is none, which the log names", async () => {
    const log: string[] = []
    const kis = await simulator({ log: line => log.push(line) })
    const { status, body } = await get(kis, '/uapi/somewhere\u001b[2Jelse?x=1')
    expect(status).toBe(404)
    expect(body).toMatchObject({ rt_cd: '1', msg_cd: 'OPSQ0002' })
    expect(typeof body['msg1']).toBe('string')
    expect(log.at(-1)).toMatch(/^GET \/uapi\/somewhere[?%\w]+else, which does not exist: 404/)
  })
})

describe('a client that mixes up its calls', () => {
  const holidays = '/uapi/domestic-stock/v1/quotations/chk-holiday'
  const bars = '/uapi/overseas-price/v1/quotations/inquire-time-itemchartprice'
  /** Of a page of bars, of the calendar, of a balance. */
  const pages = {
    KEYB: '20260914093000',
    CTX_AREA_NK: '20261007            ',
    CTX_AREA_FK: '20260914',
    CTX_AREA_FK100: 'x',
  }

  async function rig() {
    const kis = await simulator({ clock: handClock(), quotations: { callsPerSecond: 1_000 } })
    const headers = await withToken(kis)
    return (path: string, tr: string, parameters: Record<string, string>, next = true) =>
      get(kis, `${path}?${new URLSearchParams(parameters).toString()}`, {
        ...headers,
        tr_id: tr,
        ...(next ? { tr_cont: 'N' } : {}),
      })
  }

  it('with the page token of another call is refused, where there are pages', async () => {
    const ask = await rig()
    const calendar = { BASS_DT: '20260914' }
    for (const key of [pages.KEYB, '', 'x'.repeat(5_000), '0', '-1', '20261399'])
      expect((await ask(holidays, 'CTCA0903R', { ...calendar, CTX_AREA_NK: key })).body, key).toMatchObject({
        rt_cd: '2',
      })
    const apple = { EXCD: 'NAS', SYMB: 'AAPL', NMIN: '1', NREC: '120', PINC: '1', NEXT: '1' }
    for (const key of [pages.CTX_AREA_NK, '', 'x'.repeat(5_000), '2026091409300', '-1'])
      expect((await ask(bars, 'HHDFS76950200', { ...apple, KEYB: key })).body, key).toMatchObject({ rt_cd: '2' })
    // The right ones are taken still.
    const first = await ask(holidays, 'CTCA0903R', calendar, false)
    const next = { ...calendar, CTX_AREA_NK: String(first.body['ctx_area_nk']) }
    expect((await ask(holidays, 'CTCA0903R', next)).body).toMatchObject({ rt_cd: '0' })
  })

  it('with one where there are none gets what it asked for', async () => {
    const ask = await rig()
    const asked = Object.fromEntries(new URLSearchParams(query))
    const plain = await ask(executions, 'FHPST01060000', asked, false)
    expect(plain.body).toMatchObject({ rt_cd: '0' })
    expect((await ask(executions, 'FHPST01060000', { ...asked, ...pages })).body).toEqual(plain.body)
  })

  it.each([
    ['names each field twice', `${executions}?${query}&fid_input_iscd=000660`, '0'],
    ['asks for the same twice, with two question marks', `${executions}?${query}?${query}`, '2'],
    ['breaks an escape off', `${executions}?${query}&X=%E0%A4%A`, '0'],
    ['sends a symbol that is none', `${executions}?${query.replace('005930', '../../%00')}`, '0'],
    ['sends nothing behind the question mark', `${executions}?`, '2'],
  ])('%s and has an answer in the envelope', async (_, path, result) => {
    const kis = await simulator()
    expect((await get(kis, path, await withToken(kis))).body).toMatchObject({ rt_cd: result })
  })
})

describe('a hundred at once', () => {
  it('calls: as many as fit into a second are answered, the others are refused, and the next second is free', async () => {
    const clock = handClock()
    const kis = await simulator({ clock })
    const headers = await withToken(kis)
    const ask = () => get(kis, `${executions}?${query}`, headers)
    const answers = await Promise.all(Array.from({ length: 100 }, ask))
    const refused = answers.filter(({ body }) => body['msg_cd'] === 'EGW00201')
    expect([answers.length - refused.length, refused.length]).toEqual([18, 82])
    expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([500]))
    clock.advance(1_000)
    expect((await ask()).body).toMatchObject({ rt_cd: '0' })
  })

  it('registrations: 41 are taken and the rest refused, each with an answer, and the session goes on', async () => {
    const kis = await simulator()
    const approval = await approvalKey(kis)
    const client = await connect(kis, { approval })
    const keys = Array.from({ length: 100 }, (_, index) => String(100_000 + index))
    for (const key of keys) client.send(requestText(approval, 'subscribe', 'H0STCNT0', key))
    const answers = await client.received(text => text.startsWith('{'), 100)
    expect(answers.map(code)).toEqual(keys.map((_, index) => (index < 41 ? 'OPSP0000' : 'OPSP0008')))
    expect(code(await client.unsubscribe('H0STCNT0', '100000'))).toBe('OPSP0001')
    expect(code(await client.subscribe('H0STCNT0', '005930'))).toBe('OPSP0000')
  })

  it('connections with one app key: the first registers, and no other takes its session', async () => {
    const kis = await simulator()
    const approval = await approvalKey(kis)
    const first = await connect(kis, { approval })
    expect(code(await first.subscribe('H0STCNT0', '005930'))).toBe('OPSP0000')
    const others = await Promise.all(Array.from({ length: 99 }, () => connect(kis, { approval })))
    const codes = await Promise.all(others.map(async other => code(await other.subscribe('H0STCNT0', '000660'))))
    expect(new Set(codes)).toEqual(new Set(['OPSP8996']))
    expect(code(await first.subscribe('H0STASP0', '005930'))).toBe('OPSP0000')
  })
})

it('an answer is an error of KIS where the simulator itself fails, and comes at once', async () => {
  const log: string[] = []
  const broken = () => {
    throw new Error('a fault of the tape')
  }
  const kis = await simulator({ tape: { ...generatedTape(), record: broken }, log: line => log.push(line) })
  const headers = { ...(await withToken(kis)), tr_id: 'FHKST01010100' }
  const path = '/uapi/domestic-stock/v1/quotations/inquire-price?FID_COND_MRKT_DIV_CODE=J&FID_INPUT_ISCD=005930'
  expect(await get(kis, path, headers)).toMatchObject({ status: 500, body: { rt_cd: '1', msg_cd: 'EGW00002' } })
  expect(log.at(-1)).toBe('GET failed inside the simulator: a fault of the tape')
})

describe('tokens of a simulator that plays another day', () => {
  it('live by the clock of the client', async () => {
    const now = Date.parse('2026-11-20T10:00:00+09:00')
    const kis = await simulator({
      clock: { now: () => Date.parse('2024-01-02T10:00:00+09:00') },
      credentialClock: { now: () => now },
    })
    const { body } = await post(kis, '/oauth2/tokenP', {
      grant_type: 'client_credentials',
      appkey: 'app-key-1',
      appsecret: 'secret',
    })
    expect(body['access_token_token_expired']).toBe('2026-11-21 10:00:00')
  })
})

describe('account notices', () => {
  const notices = Object.values(layouts).filter(({ kind }) => kind === 'notice')

  it.each(notices.map(({ tr }) => tr))('%s: the acknowledgement says that it is encrypted', async tr => {
    const kis = await simulator()
    const client = await connect(kis)
    const header = (text: string | undefined) => (JSON.parse(text ?? '{}') as { header: unknown }).header
    expect(header(await client.subscribe(tr, 'HTSID'))).toMatchObject({ tr_id: tr, encrypt: 'Y' })
    expect(header(await client.subscribe('H0STCNT0', '005930'))).toMatchObject({ encrypt: 'N' })
  })

  it.each(notices.map(({ tr }) => tr))('%s of an order: accepted, then filled to the share', async tr => {
    const kis = await simulator()
    const client = await connect(kis)
    const acknowledged = JSON.parse((await client.subscribe(tr, 'HTSID')) ?? '{}') as {
      body: { output: { key: string; iv: string } }
    }
    const opener = createNoticeOpener()
    opener.learn(tr, acknowledged.body.output)
    expect(kis.sendOrder(tr, { symbol: '000660', volume: 7, price: 200, side: 'sell' })).toBe(1)
    await until(() => client.texts.filter(text => text.startsWith('1|')).length >= 2)
    const columns = (layoutOf(tr)?.columns ?? []).map(([name]) => name)
    const seen = client.texts
      .filter(text => text.startsWith('1|'))
      .map(
        text =>
          Buffer.from(opener.open(Buffer.from(text)) as Uint8Array)
            .toString()
            .split('|')[3]
            ?.split('^') ?? [],
      )
    for (const values of seen) expect(values).toHaveLength(columns.length)
    const of = (name: string) => seen.map(values => values[columns.indexOf(name)])
    if (columns.includes('CNTG_YN')) {
      expect(of('CNTG_YN')).toEqual(['1', ...seen.slice(1).map(() => '2')])
      const filled = of('CNTG_QTY').slice(1).map(Number)
      expect(filled.reduce((sum, quantity) => sum + quantity, 0)).toBe(7)
      expect(of('STCK_SHRN_ISCD')).toEqual(seen.map(() => '000660'))
      expect(of('SELN_BYOV_CLS')).toEqual(seen.map(() => '01'))
    }
  })

  it('are sent by any program over HTTP, which says to how many and what is wrong', async () => {
    const kis = await simulator({ control: true })
    const client = await connect(kis)
    const send = (content: unknown) => post(kis, '/simulator/notices', content as Record<string, unknown>)
    expect((await send({ symbol: '005930' })).status).toBe(201)
    await client.subscribe('H0STCNI0', 'HTSID')
    const { body } = await send({ tr: 'H0STCNI0', plaintext: 'HTSID^1^2' })
    expect(body).toEqual({ sessions: 1 })
    await until(() => client.texts.some(text => text.startsWith('1|H0STCNI0|001|')))
    const refused = await send({ tr: 'H0STCNT0', symbol: 5, price: -1, colour: 'red', plaintext: '' })
    expect(refused.status).toBe(400)
    expect(refused.body['mistakes']).toHaveLength(5)
    expect((await send([])).status).toBe(400)
  })

  it('come by themselves where that is wanted', async () => {
    const kis = await simulator({ noticesEveryMs: 5 })
    const client = await connect(kis)
    await client.subscribe('H0STCNI0', 'HTSID')
    await until(() => client.texts.filter(text => text.startsWith('1|H0STCNI0|001|')).length > 4)
  })
})
