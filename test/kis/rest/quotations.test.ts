// KIS's answers → what a trader would say. From captured and documented bodies where there are any, from the
// simulator for the rest.
import { readFileSync } from 'node:fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { KisError } from '../../../kis/errors.ts'
import { type Calendar, createCalendar, standardCalendar } from '../../../market/calendar/calendar.ts'
import type { GapQuestion } from '../../../market/gap-finding.ts'
import { calendarDays } from '../../../kis/rest/calendar-check.ts'
import { createQuotations } from '../../../kis/rest/quotations.ts'
import { createPastMarket, type PastMarket } from '../../../simulator/market/past-market.ts'
import { handClock, simulator } from '../../simulator/support.ts'
import { type OddServer, startOddServer } from '../../support/servers/odd-server.ts'
import { authorizedClient } from '../../support/rigs/quoting.ts'
import { Secret } from '../../../kis/secret.ts'
import { validateGap } from '../../../workers/jobs/gap-validation.ts'

const tokens = {
  current: () => Promise.resolve(new Secret('token')),
  renew: () => Promise.resolve(new Secret('token')),
}
const at = (text: string) => Date.parse(`${text}+09:00`)

async function answering(body: unknown, now: string) {
  const server = await startOddServer({ body: JSON.stringify(body) })
  onTestFinished(() => server.stop())
  const clock = { now: () => at(now) }
  return { server, quotations: createQuotations(await authorizedClient(server.url, { clock, tokens }), clock) }
}

function askedOf(server: OddServer, call = 0): Record<string, string> {
  return Object.fromEntries(new URL(server.calls[call]?.path ?? '', server.url).searchParams)
}

async function errorOf(call: Promise<unknown>): Promise<KisError> {
  const error = await call.catch((reason: unknown) => reason)
  if (!(error instanceof KisError)) throw new Error(`expected a KisError, found ${String(error)}`)
  return error
}

const row = {
  stck_cntg_hour: '100001',
  stck_prpr: '274000',
  prdy_vrss: '0',
  askp: '274500',
  bidp: '274000',
  tday_rltv: '100.00',
  acml_vol: '1834',
  cnqn: '12',
  // What a minute bar has: one body answers every call here, and the minute bars say of which day the
  // executions are.
  stck_bsop_date: '20260914',
  stck_oprc: '274000',
  stck_hgpr: '274000',
  stck_lwpr: '274000',
  cntg_vol: '12',
}
const ok = { rt_cd: '0', msg_cd: 'MCA00000', msg1: '정상처리 되었습니다.' }

describe('Korean executions', () => {
  it.each([
    ['KRX:005930', 'J'],
    ['NXT:005930', 'NX'],
    ['UN:005930', 'UN'],
  ] as const)('of %s are asked for by its market, %s, and by the clock of Korea', async (instrument, market) => {
    const { quotations, server } = await answering(
      { ...ok, output1: { acml_vol: '1900' }, output2: [row] },
      '2026-09-14T10:00:05',
    )
    const page = await quotations.executions(instrument, at('2026-09-14T10:00:02'))
    expect(askedOf(server)).toEqual({
      FID_COND_MRKT_DIV_CODE: market,
      FID_INPUT_ISCD: '005930',
      FID_INPUT_HOUR_1: '100002',
    })
    expect(page).toEqual({
      executions: [
        {
          price: 274_000,
          volume: 12,
          cumulativeVolume: 1_834,
          bidPrice: 274_000,
          askPrice: 274_500,
          eventTime: at('2026-09-14T10:00:01'),
        },
      ],
      total: 1_900,
      older: undefined,
      end: 'day-begins',
    })
  })

  it('have their price under either of its two names', async () => {
    const { stck_prpr: price, ...nameless } = row
    const { quotations } = await answering(
      { ...ok, output2: [{ ...nameless, stck_pbpr: price }] },
      '2026-09-14T10:00:05',
    )
    const { executions } = await quotations.executions('KRX:005930', at('2026-09-14T10:00:02'))
    expect(executions).toMatchObject([{ price: 274_000 }])
  })

  it('go on with the second of the oldest, which the page may have cut', async () => {
    const rows = Array.from({ length: 30 }, (_, i) => ({ ...row, stck_cntg_hour: i < 20 ? '100001' : '100000' }))
    const { quotations } = await answering({ ...ok, output2: rows }, '2026-09-14T10:00:05')
    const page = await quotations.executions('KRX:005930', at('2026-09-14T10:00:02'))
    expect(page.older).toBe(at('2026-09-14T10:00:00'))
  })

  it('go on before a second that fills a page, because it cannot be paged', async () => {
    const { quotations } = await answering({ ...ok, output2: Array(30).fill(row) }, '2026-09-14T10:00:05')
    const page = await quotations.executions('KRX:005930', at('2026-09-14T10:00:02'))
    expect(page.older).toBe(at('2026-09-14T10:00:00'))
  })

  it('of another day are not asked for: KIS would tell those of today', async () => {
    const { quotations, server } = await answering({ ...ok, output2: [row] }, '2026-09-15T10:00:05')
    const page = await quotations.executions('KRX:005930', at('2026-09-14T10:00:02'))
    expect(page).toEqual({ executions: [], total: undefined, older: undefined, end: 'today-only' })
    expect(server.calls).toEqual([])
  })

  it.each([
    ['cnqn', { ...row, cnqn: undefined }, 'output2.0.cnqn'],
    ['acml_vol', { ...row, acml_vol: 'many' }, 'output2.0.acml_vol: is no number'],
    ['stck_cntg_hour', { ...row, stck_cntg_hour: '10:00' }, 'output2.0.stck_cntg_hour: is no time'],
    ['both prices', { ...row, stck_prpr: undefined }, 'output2.0.stck_prpr: is missing, and so is stck_pbpr'],
  ])('without %s are an error that names it, and are not asked for again', async (_, broken, named) => {
    const { quotations } = await answering({ ...ok, output2: [broken] }, '2026-09-14T10:00:05')
    const error = await errorOf(quotations.executions('KRX:005930', at('2026-09-14T10:00:02')))
    expect(error.message).toContain(named)
    expect(error).toMatchObject({ kind: 'server', retryable: false })
  })

  it('are none where KIS says nothing in a row', async () => {
    const empty = Object.fromEntries(Object.keys(row).map(name => [name, '']))
    const { quotations } = await answering({ ...ok, output2: [empty] }, '2026-09-14T10:00:05')
    expect((await quotations.executions('KRX:005930', at('2026-09-14T10:00:02'))).executions).toEqual([])
  })
})

describe('Korean minute bars', () => {
  const captured = JSON.parse(
    readFileSync(
      new URL('../../fixtures/frames/rest/inquire-time-itemchartprice.005930.json', import.meta.url),
      'utf8',
    ),
  ) as unknown

  it('are never asked for beyond the last minute that is over, whatever the caller wants', async () => {
    const { quotations, server } = await answering(captured, '2026-05-27T15:08:20')
    await quotations.minuteBars('KRX:005930', at('2026-05-27T15:01:00'), at('2026-05-27T15:31:00'))
    expect(askedOf(server)).toMatchObject({ FID_INPUT_HOUR_1: '150700', FID_PW_DATA_INCU_YN: 'N' })
  })

  it('leave out the minute that runs, which KIS stamped 153000, and those to come (captured)', async () => {
    const { quotations } = await answering(captured, '2026-05-27T15:08:20')
    const bars = await quotations.minuteBars('KRX:005930', at('2026-05-27T15:01:00'), at('2026-05-27T15:31:00'))
    expect(bars.map(({ startTime, volume }) => [startTime, volume])).toEqual([
      [at('2026-05-27T15:01:00'), 148_761],
      [at('2026-05-27T15:02:00'), 148_733],
      [at('2026-05-27T15:03:00'), 132_806],
      [at('2026-05-27T15:04:00'), 100_621],
      [at('2026-05-27T15:05:00'), 113_367],
      [at('2026-05-27T15:06:00'), 62_346],
      [at('2026-05-27T15:07:00'), 99_545],
    ])
    expect(bars.at(-1)).toMatchObject({ open: 307_000, high: 308_000, low: 306_500, close: 307_000 })
  })

  it('of a past day come from the call that knows past days', async () => {
    const partial: unknown = JSON.parse(
      readFileSync(
        new URL('../../fixtures/frames/rest/inquire-time-dailychartprice.005930.partial.json', import.meta.url),
        'utf8',
      ),
    )
    const { quotations, server } = await answering(partial, '2024-11-11T10:00:00')
    const bars = await quotations.minuteBars('KRX:005930', at('2024-11-08T13:59:00'), at('2024-11-08T14:01:00'))
    expect(server.calls[0]?.path).toContain('inquire-time-dailychartprice')
    expect(server.calls[0]?.headers['tr_id']).toBe('FHKST03010230')
    expect(askedOf(server)).toMatchObject({ FID_INPUT_DATE_1: '20241108', FID_INPUT_HOUR_1: '140000' })
    expect(bars.map(({ volume }) => volume)).toEqual([118_619, 59_047])
  })

  it('ask no further when KIS gives nothing older', async () => {
    const { quotations, server } = await answering({ ...ok, output2: [] }, '2026-05-27T15:08:20')
    const bars = await quotations.minuteBars('KRX:005930', at('2026-05-27T09:00:00'), at('2026-05-27T15:00:00'))
    expect([bars, server.calls.length]).toEqual([[], 1])
  })
})

describe('overseas', () => {
  const latest = { khms: '233001', last: '256.4100', evol: '12', tvol: '1834', pbid: ' 256.4000', pask: '' }

  it('executions are dated to the last time the clock of Korea read so', async () => {
    const { quotations, server } = await answering({ ...ok, output2: [latest] }, '2026-09-15T00:00:30')
    const page = await quotations.executions('NAS:AAPL', at('2026-09-15T00:00:20'))
    expect(askedOf(server)).toEqual({ AUTH: '', EXCD: 'NAS', SYMB: 'AAPL', TDAY: '1', KEYB: '' })
    expect(page).toEqual({
      executions: [
        {
          price: 256.41,
          volume: 12,
          cumulativeVolume: 1_834,
          bidPrice: 256.4,
          askPrice: null,
          eventTime: at('2026-09-14T23:30:01'),
        },
      ],
      total: 1_834,
      older: undefined,
      end: 'latest-only',
    })
  })

  it('executions after the instant asked for are counted, not given', async () => {
    const { quotations } = await answering({ ...ok, output2: [latest] }, '2026-09-15T00:00:30')
    const page = await quotations.executions('NAS:AAPL', at('2026-09-14T23:00:00'))
    expect(page).toMatchObject({ executions: [], later: 1, end: 'latest-only' })
  })

  it('executions may stand in either output', async () => {
    const { quotations } = await answering({ ...ok, output1: [latest] }, '2026-09-15T00:00:30')
    expect((await quotations.executions('NAS:AAPL', at('2026-09-15T00:00:20'))).executions).toHaveLength(1)
  })

  it('executions of the day before are asked for as such', async () => {
    const { quotations, server } = await answering({ ...ok, output2: [latest] }, '2026-09-15T22:00:00')
    const { executions } = await quotations.executions('NAS:AAPL', at('2026-09-14T23:59:00'))
    expect(askedOf(server)).toMatchObject({ TDAY: '0' })
    expect(executions).toMatchObject([{ eventTime: at('2026-09-14T23:30:01') }])
  })
})

describe('the simulator and the client', () => {
  const start = at('2026-09-14T10:00:00')

  /** A record with the values that a quotation is made from, at their positions. */
  function record(width: number, values: Readonly<Record<number, string | number>>): string {
    return Array.from({ length: width }, (_, position) => values[position] ?? '').join('^')
  }

  /** One Korean trade and one overseas, at an instant of Korea's clock. */
  function tradedAt(...times: string[]) {
    const past = createPastMarket(100)
    for (const [index, text] of times.entries()) {
      const time = at(text)
      const korea = text.slice(11).replaceAll(':', '')
      const koreanDate = text.slice(0, 10).replaceAll('-', '')
      const [localDate = '', local = ''] = new Date(time - 4 * 3_600_000).toISOString().slice(0, 19).split('T')
      const total = 100 * (index + 1)
      const home = { 0: '005930', 1: korea, 2: 274_000, 12: 100, 13: total, 14: total, 33: koreanDate }
      past.add('H0STCNT0', '005930', `0|H0STCNT0|001|${record(47, home)}`, time)
      const date = localDate.replaceAll('-', '')
      const dates = { 3: date, 4: date, 5: local.replaceAll(':', ''), 6: koreanDate, 7: korea }
      const overseas = { 0: 'DNASAAPL', 1: 'AAPL', ...dates, 11: '256.4100', 19: 100, 20: total, 21: total }
      past.add('HDFSCNT0', 'DNASAAPL', `0|HDFSCNT0|001|${record(26, overseas)}`, time)
    }
    return past
  }

  async function asking(now: string, past: PastMarket, calendar?: Calendar) {
    const clock = handClock(at(now))
    const kis = await simulator({ clock, quotations: { past, callsPerSecond: 1_000 } })
    const client = await authorizedClient(kis.restUrl, { clock })
    return { kis, clock, quotations: createQuotations(client, clock, calendar) }
  }

  const friday = ['2026-09-18T10:00:05', '2026-09-18T10:00:30'] as const
  const byHand = (from: string, to: string): GapQuestion => ({
    instrument: 'KRX:005930',
    businessDate: 20260920,
    fromVolume: 0,
    toVolume: 0,
    from: at(from),
    to: at(to),
  })

  describe('on a day without trading', () => {
    it('do not give the executions of the last trading day for those of a Sunday', async () => {
      const { quotations, kis } = await asking('2026-09-20T11:00:00', tradedAt(...friday))
      expect(await quotations.executions('KRX:005930', at('2026-09-20T10:01:00'))).toEqual({
        executions: [],
        total: undefined,
        older: undefined,
        end: 'closed',
      })
      // The executions were not even asked for.
      expect(kis.stats().quotationsAnswered).toBe(1)
    })

    it('have nothing to fill a gap with that was asked about by hand, and say why', async () => {
      const { quotations, clock } = await asking('2026-09-20T11:00:00', tradedAt(...friday))
      const question = byHand('2026-09-20T10:00:00', '2026-09-20T10:01:00')
      const call = validateGap(question, { quotations, clock, calendar: standardCalendar })
      await expect(call).rejects.toMatchObject({
        retryable: false,
        message: expect.stringMatching(/no executions of .*; the calendar has no trading on that day/),
      })
    })

    it('go by the minute bars where the calendar does not know the day: they are of the day before', async () => {
      const { quotations } = await asking('2026-09-21T11:00:00', tradedAt(...friday))
      const page = await quotations.executions('KRX:005930', at('2026-09-21T10:01:00'))
      expect(page).toMatchObject({ executions: [], older: undefined, end: 'other-day' })
    })

    it('go by the minute bars where the calendar is wrong: there was trading', async () => {
      const closed = createCalendar({ holidays: { KR: [20260918] } })
      const { quotations } = await asking('2026-09-18T11:00:00', tradedAt(...friday), closed)
      const page = await quotations.executions('KRX:005930', at('2026-09-18T10:01:00'))
      expect(page.executions.map(({ eventTime }) => eventTime)).toEqual([at(friday[1]), at(friday[0])])
    })

    it('leave out executions of a time that has not been yet', async () => {
      const { quotations, kis } = await asking('2026-09-21T09:30:00', tradedAt('2026-09-18T15:29:00'))
      const page = await quotations.executions('KRX:005930', at('2026-09-21T15:30:00'))
      expect(page).toMatchObject({ executions: [], end: 'other-day' })
      expect(kis.stats().quotationsAnswered).toBe(1)
    })

    it('date nothing to a Sunday overseas either', async () => {
      const past = tradedAt('2026-09-19T02:00:05')
      const saturday = await asking('2026-09-19T02:01:00', past)
      const sunday = await asking('2026-09-20T12:00:00', past)
      const [saturdays, closed] = await Promise.all([
        saturday.quotations.executions('NAS:AAPL', at('2026-09-19T02:00:30')),
        sunday.quotations.executions('NAS:AAPL', at('2026-09-20T11:00:00')),
      ])
      expect(saturdays.executions).toMatchObject([{ eventTime: at('2026-09-19T02:00:05') }])
      expect(closed).toEqual({ executions: [], total: undefined, older: undefined, end: 'closed' })
    })
  })

  describe('on a trading day', () => {
    const chart = '/uapi/domestic-stock/v1/quotations/inquire-time-itemchartprice'

    it('ask the minute bars once for an instrument, whose running minute will do', async () => {
      const { quotations, kis } = await asking('2026-09-18T10:00:40', tradedAt(...friday))
      for (const second of ['10', '35', '40']) {
        const page = await quotations.executions('KRX:005930', at(`2026-09-18T10:00:${second}`))
        expect(page.executions.length).toBeGreaterThan(0)
        expect(page).not.toHaveProperty('undated')
      }
      expect(kis.stats().quotationsAnswered).toBe(4)
    })

    it('take the calendar’s word where KIS refuses the minute bars for good, and say so', async () => {
      const { quotations, kis } = await asking('2026-09-18T10:01:00', tradedAt(...friday))
      kis.inject({ kind: 'rest-refuse', path: chart, code: 'EGW00206' })
      const page = await quotations.executions('KRX:005930', at('2026-09-18T10:00:40'))
      expect(page.executions).toHaveLength(2)
      expect(page.undated).toMatch(/itemchartprice refused, EGW00206/)
    })

    it('wait for minute bars that KIS has trouble with', async () => {
      const { quotations, kis } = await asking('2026-09-18T10:01:00', tradedAt(...friday))
      kis.inject({ kind: 'rest-refuse', path: chart, code: 'EGW00002', count: 1 })
      const ask = () => quotations.executions('KRX:005930', at('2026-09-18T10:00:40'))
      await expect(ask()).rejects.toMatchObject({ code: 'EGW00002', retryable: true })
      expect((await ask()).executions).toHaveLength(2)
    })

    it('keep what the executions prove of a gap when the minute bars are refused for good', async () => {
      const past = tradedAt('2026-09-18T10:00:05', '2026-09-18T10:00:10', '2026-09-18T10:00:20', '2026-09-18T10:00:30')
      const { quotations, kis, clock } = await asking('2026-09-18T10:02:00', past)
      kis.inject({ kind: 'rest-refuse', path: chart, code: 'EGW00206' })
      // The last 30 shares before the trade of 10:00:30 are in no answer.
      const question = { ...byHand('2026-09-18T10:00:05', '2026-09-18T10:00:31'), businessDate: 20260918 }
      const finding = await validateGap(
        { ...question, fromVolume: 70, toVolume: 400 },
        { quotations, clock, calendar: standardCalendar },
      )
      expect(finding.runs).toMatchObject([{ fromVolume: 100, toVolume: 400 }])
      expect(finding.unknown).toMatchObject([{ fromVolume: 70, toVolume: 100 }])
      expect(finding.evidence.join('\n')).toMatch(/they fill 300 of 330 shares/)
      expect(finding.evidence.join('\n')).toMatch(/EGW00206/)
    })
  })

  /**
   * So many minutes of Korean and overseas trading: three trades in each minute but every seventh, which is
   * quiet.
   */
  function tradedMinutes(minutes: number) {
    const past = createPastMarket(100_000)
    const sums = new Map<number, number>()
    let total = 0
    for (let minute = 0; minute < minutes; minute++) {
      for (let second = 5; second < 60 && minute % 7 !== 3; second += 25) {
        const time = start + minute * 60_000 + second * 1_000
        const volume = minute + second
        total += volume
        sums.set(start + minute * 60_000, (sums.get(start + minute * 60_000) ?? 0) + volume)
        const korea = new Date(time + 9 * 3_600_000).toISOString().slice(11, 19).replaceAll(':', '')
        // Thirteen hours behind, on the date before: 21:00 to midnight, so the pages cross no date.
        const local = new Date(time - 4 * 3_600_000).toISOString().slice(11, 19).replaceAll(':', '')
        const home = { 0: '005930', 1: korea, 2: 274_000, 12: volume, 13: total, 14: total, 33: '20260914' }
        const dates = { 3: '20260913', 4: '20260913', 5: local, 6: '20260914', 7: korea }
        past.add('H0STCNT0', '005930', `0|H0STCNT0|001|${record(47, home)}`, time)
        const overseas = { 0: 'DNASAAPL', 1: 'AAPL', ...dates, 11: '256.4100', 19: volume, 20: total, 21: total }
        past.add('HDFSCNT0', 'DNASAAPL', `0|HDFSCNT0|001|${record(26, overseas)}`, time)
      }
    }
    return { past, sums: [...sums] }
  }

  it.each(['KRX:005930', 'NAS:AAPL'] as const)('agree on every minute of %s, over several pages', async instrument => {
    const minutes = 170
    const { past, sums } = tradedMinutes(minutes)
    const clock = handClock(start + minutes * 60_000)
    const kis = await simulator({ clock, quotations: { past, callsPerSecond: 1_000 } })
    const quotations = createQuotations(await authorizedClient(kis.restUrl, { clock }), clock)

    const all = await quotations.minuteBars(instrument, start, clock.now())
    const some = await quotations.minuteBars(instrument, start + 60_000, start + 3 * 60_000)

    expect(all.map(({ startTime, volume }) => [startTime, volume])).toEqual(sums)
    expect(some.map(({ startTime, volume }) => [startTime, volume])).toEqual(sums.slice(1, 3))
  })

  it('page the calendar', async () => {
    const kis = await simulator()
    const days = await calendarDays(await authorizedClient(kis.restUrl), 20260914, 40)
    // The date at the seam of two pages comes twice, and counts once.
    expect(days).toHaveLength(47)
    expect(new Set(days.map(({ date }) => date)).size).toBe(47)
    expect(days.slice(0, 6).map(({ isOpen }) => isOpen)).toEqual([true, true, true, true, true, false])
    expect(days.find(({ date }) => date === 20261009)?.isOpen).toBe(false)
  })
})
