// From the lines of a day book and REST's minute bars to a certificate: every verdict, and what is wrong with
// the book itself.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, afterEach, describe, expect, it } from 'vitest'
import { KisError } from '../../../kis/errors.ts'
import { standardCalendar } from '../../../market/calendar/calendar.ts'
import type { MinuteBar, Quotations } from '../../../market/quotations.ts'
import { certify, type DayCertificate } from '../../../workers/jobs/certificate.ts'
import { certificateText, writeCertificate } from '../../../workers/jobs/certificate-file.ts'
import { readDayBook } from '../../../workers/jobs/day-book-reader.ts'

const date = 20260914
const at = (time: string) => Date.parse(`2026-09-14T${time}+09:00`)
const common = { instrument: 'KRX:005930', businessDate: date }
const minute = (time: string, volume: number, trades = 1) => ({
  type: 'minute',
  ...common,
  startTime: at(time),
  trades,
  volume,
  total: 0,
})
const begin = { type: 'begin', ...common, eventTime: at('09:00:10'), volumeBefore: 500 }
const gap = {
  type: 'gap',
  ...common,
  cause: 'lost',
  missingVolume: 30,
  missingValue: null,
  fromVolume: 600,
  toVolume: 630,
  from: at('09:02:10'),
  to: at('09:02:20'),
  receivedTime: 0,
}
const verdict = (kind: string, unknown: readonly object[], explainedVolume = 0) => ({
  type: 'gap-verdict',
  ...common,
  verdict: kind,
  fromVolume: 600,
  toVolume: 630,
  explainedVolume,
  unknown,
})
const backfill = (fromVolume: number, toVolume: number) => ({
  type: 'backfill',
  ...common,
  fromVolume,
  toVolume,
  trades: [{ volume: toVolume - fromVolume, eventTime: at('09:02:15') }],
})

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kis-stream-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function book(...lines: (object | string)[]): void {
  mkdirSync(join(folder, 'day-book'), { recursive: true })
  const text = lines.map(line => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n')
  writeFileSync(join(folder, 'day-book', `${date}.jsonl`), text)
}

const bar = (time: string, volume: number): MinuteBar => ({
  startTime: at(time),
  open: 1,
  high: 1,
  low: 1,
  close: 1,
  volume,
})

/** With an error, REST has no bars: of any instrument, or of all but `whole`. */
async function certificateOf(
  bars: readonly MinuteBar[] | Error,
  madeAt = '20:30:00',
  { isLastAttempt = false, whole = '' } = {},
): Promise<DayCertificate> {
  const quotations: Quotations = {
    executions: () => Promise.reject(new Error('no executions are asked for')),
    minuteBars: (instrument, from, to) =>
      bars instanceof Error
        ? instrument === whole
          ? Promise.resolve([bar('09:02', 100)])
          : Promise.reject(bars)
        : Promise.resolve(bars.filter(({ startTime }) => startTime >= from && startTime < to)),
  }
  return await certify(
    date,
    {
      quotations,
      clock: { now: () => at(madeAt) },
      calendar: standardCalendar,
      readBook: wanted => readDayBook(folder, wanted),
      write: certificate => writeCertificate(folder, certificate),
    },
    { isLastAttempt },
  )
}

describe('the certificate of a day', () => {
  it('is whole when every minute has what REST says, from the first whole minute on', async () => {
    book(begin, minute('09:00', 40, 3), minute('09:01', 60, 2), minute('09:01', 5), minute('15:30', 900))
    const bars = [bar('09:00', 777), bar('09:01', 65), bar('15:30', 900)]
    const { instruments } = await certificateOf(bars)
    expect(instruments).toMatchObject([
      {
        instrument: 'KRX:005930',
        verdict: 'whole',
        countedFrom: '2026-09-14T09:00:10.000+09:00',
        volumeBefore: 500,
        trades: 7,
        volume: 1_005,
        gaps: 0,
        minutesCompared: 2,
        minutesAgreeing: 2,
        differences: [],
      },
    ])
  })

  it('made while the day goes on leaves out the minutes that are not over, and not yet written down', async () => {
    book(begin, minute('09:01', 65), minute('09:02', 50), minute('09:03', 7))
    const bars = [bar('09:01', 65), bar('09:02', 130), bar('09:03', 9)]
    for (const now of ['09:02:59', '09:03:10']) {
      const { instruments } = await certificateOf(bars, now)
      expect(instruments).toMatchObject([{ verdict: 'whole', minutesCompared: 1, differences: [] }])
    }
    const { instruments } = await certificateOf(bars, '09:03:15')
    expect(instruments).toMatchObject([{ verdict: 'incomplete', minutesCompared: 2, missingByRest: 80 }])
    const early = await certificateOf(bars, '09:01:30')
    expect(early.instruments).toMatchObject([
      { verdict: 'unchecked', problem: 'no whole minute of it is over yet', minutesCompared: 0 },
    ])
  })

  it('is repaired when the backfills are what was missing', async () => {
    book(begin, minute('09:02', 100), gap, backfill(600, 630), verdict('repaired', []))
    const { instruments } = await certificateOf([bar('09:02', 130)])
    expect(instruments).toMatchObject([
      { verdict: 'repaired', gaps: 1, gapVolume: 30, repairedTrades: 1, repairedVolume: 30, unknownVolume: 0 },
    ])
  })

  it('is incomplete by what remains unknown, and says between when', async () => {
    const left = { fromVolume: 620, toVolume: 630, from: at('09:02:15'), to: at('09:02:20') }
    book(begin, minute('09:02', 100), gap, backfill(600, 620), verdict('unfillable', [left]))
    const { instruments } = await certificateOf([bar('09:02', 130)])
    expect(instruments).toMatchObject([
      {
        verdict: 'incomplete',
        repairedVolume: 20,
        unknownVolume: 10,
        unknown: [{ volume: 10, from: '2026-09-14T09:02:15.000+09:00', to: '2026-09-14T09:02:20.000+09:00' }],
        differences: [{ minute: '2026-09-14T09:02:00.000+09:00', received: 100, repaired: 20, rest: 130 }],
        missingByRest: 10,
      },
    ])
  })

  it('counts a gap as unknown until somebody has asked about it, less what came late', async () => {
    const late = { type: 'gap-filled', ...common, filledVolume: 5, fromVolume: 610, toVolume: 615 }
    book(begin, minute('09:02', 105), gap, late)
    const { instruments } = await certificateOf([bar('09:02', 130)])
    expect(instruments).toMatchObject([{ verdict: 'incomplete', lateVolume: 5, unknownVolume: 25 }])
    expect(instruments[0]?.unknown.map(({ volume }) => volume)).toEqual([10, 15])
  })

  it('does not call unknown what was explained', async () => {
    book(begin, minute('09:02', 100), gap, verdict('explained', [], 30))
    const { instruments } = await certificateOf([bar('09:02', 100)])
    expect(instruments).toMatchObject([{ verdict: 'whole', explainedVolume: 30, unknownVolume: 0 }])
  })

  it('finds what no gap revealed: REST traded after the last trade that was received', async () => {
    book(begin, minute('09:02', 100))
    const { instruments } = await certificateOf([bar('09:02', 100), bar('14:00', 70)])
    expect(instruments).toMatchObject([
      { verdict: 'incomplete', gaps: 0, unknownVolume: 0, minutesCompared: 2, minutesAgreeing: 1, missingByRest: 70 },
    ])
  })

  it('is unchecked, with the reason, where REST has no such call', async () => {
    book(begin, minute('09:02', 100))
    const refusal = new KisError('invalid-request', 'not on paper')
    const { instruments } = await certificateOf(refusal)
    expect(instruments).toMatchObject([{ verdict: 'unchecked', problem: 'not on paper', minutesCompared: 0 }])
  })

  it('is tried again while REST is in trouble', async () => {
    book(begin, minute('09:02', 100))
    await expect(certificateOf(new KisError('network', 'no answer'))).rejects.toThrow('no answer')
  })

  it('is made of the other instruments on the last attempt, and not at all where REST returned nothing', async () => {
    book(
      begin,
      minute('09:02', 100),
      ...[begin, minute('09:02', 100)].map(line => ({ ...line, instrument: 'KRX:000660' })),
    )
    const trouble = new KisError('network', 'no answer')
    const more = { isLastAttempt: true, whole: 'KRX:000660' }
    expect((await certificateOf(trouble, '20:30:00', more)).instruments).toMatchObject([
      { instrument: 'KRX:000660', minutesAgreeing: 1, problem: null },
      { instrument: 'KRX:005930', verdict: 'unchecked', problem: 'no answer' },
    ])
    await expect(certificateOf(trouble, '20:30:00', { isLastAttempt: true })).rejects.toBe(trouble)
  })

  it('cannot be made of a day of which nothing is kept', async () => {
    await expect(certificateOf([])).rejects.toMatchObject({
      retryable: false,
      message: expect.stringMatching(/no record/),
    })
  })

  it('counts lines that cannot be read, as that which a killed process left, and reads the others', async () => {
    book(begin, { ...minute('09:02', 1), instrument: 'nowhere' }, '{"type":"minute","instr', minute('09:02', 100))
    const certificate = await certificateOf([bar('09:02', 100)])
    expect(certificate).toMatchObject({ unreadableLines: 2, instruments: [{ verdict: 'whole', volume: 100 }] })
    expect(certificateText(certificate)).toContain('2 lines of the day book could not be read')
  })
})

describe('the files', () => {
  it('are a table and JSON, for their owner alone, and the later ones take the place of the earlier', async () => {
    book(begin, minute('09:02', 1_234_567, 89), gap)
    await certificateOf([bar('09:02', 1_234_567)])
    await certificateOf([bar('09:02', 1_234_597)])
    const certificates = join(folder, 'certificates')
    expect(readdirSync(certificates).sort()).toEqual(['2026-09-14.json', '2026-09-14.txt'])
    for (const file of readdirSync(certificates)) expect(statSync(join(certificates, file)).mode & 0o077).toBe(0)
  })

  it('show every instrument in a row, and what is missing in sentences', async () => {
    book(begin, minute('09:02', 1_234_567, 89), gap)
    expect(certificateText(await certificateOf([bar('09:02', 1_234_597)])).split('\n')).toEqual([
      'Day certificate 2026-09-14, made 2026-09-14 20:30:00 KST',
      '',
      'instrument  verdict     trades     volume  gaps  missing  late  repaired  explained  unknown  minutes  agree',
      '----------  ----------  ------  ---------  ----  -------  ----  --------  ---------  -------  -------  -----',
      'KRX:005930  incomplete      89  1,234,567     1       30     0         0          0       30        1      0',
      '',
      'KRX:005930: 30 shares unknown between 2026-09-14 09:02:10 and 2026-09-14 09:02:20',
      'KRX:005930: 2026-09-14 09:02:00: received 1234567, repaired 0, REST says 1234597',
      '',
    ])
  })
})
