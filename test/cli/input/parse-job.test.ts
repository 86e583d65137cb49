import { describe, expect, it } from 'vitest'
import { parseJob } from '../../../cli/input/parse-job.ts'

const kst = (text: string) => Date.parse(`${text}+09:00`)
const now = kst('2026-11-20T21:00:00')
const read = (line: string, flags: Record<string, unknown> = {}) => {
  const [kind = '', ...words] = line.split(' ').filter(word => word !== '')
  return parseJob(kind, words, flags, now)
}

describe('a job by hand', () => {
  it.each([
    ['token-refresh', {}, 'token-refresh', { reason: 'by-hand' }],
    ['key-validation', {}, 'key-validation', {}],
    ['key-validation', { dryRun: true }, 'key-validation', { dryRun: true }],
    ['key-validation', { at: '2026-11-20T20:30:00+09:00' }, 'key-validation', { at: kst('2026-11-20T20:30:00') }],
    ['certificate 2026-11-20', {}, 'certificate', { date: 20261120 }],
    ['certificate 20261119', {}, 'certificate', { date: 20261119 }],
    [
      'gap-validation krx:005930 09:00 09:05:30',
      {},
      'gap-validation',
      {
        instrument: 'KRX:005930',
        businessDate: 20261120,
        from: kst('2026-11-20T09:00:00'),
        to: kst('2026-11-20T09:05:30'),
        fromVolume: 0,
        toVolume: 0,
        missingVolume: 0,
        cause: 'by-hand',
      },
    ],
    [
      'gap-validation NAS:AAPL 23:30 24:00',
      { date: '2026-11-19' },
      'gap-validation',
      expect.objectContaining({ businessDate: 20261119, to: kst('2026-11-20T00:00:00') }),
    ],
    [
      'gap-validation NAS:AAPL 02:00 02:05',
      { date: '2026-11-20' },
      'gap-validation',
      expect.objectContaining({ businessDate: 20261119, from: kst('2026-11-20T02:00:00') }),
    ],
  ])('%j is understood', (line, flags, queue, payload) => {
    const { order, mistakes } = read(line, flags)
    expect(mistakes).toEqual([])
    expect(order).toMatchObject({ queue, payload })
    expect(order?.payload).toEqual(payload)
    // BullMQ forbids colons.
    expect(order?.name).toMatch(/^[\w-]+$/)
  })

  it('to list is no job of its own', () => {
    expect(read('list')).toEqual({ mistakes: [] })
  })

  it('is another one each time', () => {
    const names = [now, now + 1].map(time => parseJob('token-refresh', [], {}, time).order?.name)
    expect(new Set(names).size).toBe(2)
  })

  it.each([
    ['', {}, ["'' is no job"]],
    ['fly', {}, ["'fly' is no job; expected token-refresh, key-validation, gap-validation, certificate, list"]],
    ['key-validation now', { at: 'soon', date: '2026-11-20' }, ["--at 'soon'", '--date does not belong', "'now'"]],
    ['key-validation', { at: true }, ["--at '' is no instant"]],
    ['key-validation', { at: '5' }, ["--at '5' is no instant"]],
    ['key-validation', { at: '2026-11-20 20:30' }, ["--at '2026-11-20 20:30'"]],
    ['key-validation', { at: '2026-02-31T20:30:00+09:00' }, ["--at '2026-02-31T"]],
    ['certificate 2026-1-120', {}, ["'2026-1-120' is no date"]],
    ['token-refresh', { dryRun: true, at: '2026-11-20' }, ['--at does not belong', '--dry-run does not belong']],
    [
      'gap-validation 005930 9 25:00 --foo',
      {},
      ["'005930' has no venue", "'9' is no time", "'25:00' is no time", '--foo'],
    ],
    ['gap-validation KRX:5930 09:00 09:05', {}, ['did you mean KRX:005930?']],
    ['gap-validation KRX:005930 09:05 09:00', {}, ['09:05 is not before 09:00']],
    ['gap-validation KRX:005930 09:00 09:05', { date: 'today' }, ["--date 'today'"]],
    ['gap-validation', {}, ["'' has no venue", "'' is no time"]],
    ['certificate', {}, ["'' is no date; expected one as 2026-09-14"]],
    ['certificate 2026-02-30 again', {}, ["'2026-02-30' is no date", "'again'"]],
    ['list all', {}, ["unexpected argument 'all'"]],
  ])('%j with %j reports everything that is wrong', (line, flags, complaints) => {
    const { mistakes } = read(line, flags)
    for (const complaint of complaints) expect(mistakes.join('; ')).toContain(complaint)
  })
})
