// Payloads of jobs: those of every part of this program, those of a person, and everything that is neither.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readPayload } from '../../workers/payloads.ts'
import { type Payloads, type QueueName, queueNames } from '../../workers/queues.ts'
import { tries } from '../support/property.ts'

const at = (time: string) => Date.parse(`2026-11-20T${time}+09:00`)
const gap: Payloads['gap-validation'] = {
  instrument: 'KRX:005930',
  businessDate: 20261120,
  fromVolume: 1_000,
  toVolume: 1_100,
  from: at('10:00:00'),
  to: null,
  missingVolume: 100,
  cause: 'restart',
}

function problemOf(queue: QueueName, data: unknown): string {
  const read = readPayload(queue, data)
  return 'problem' in read ? read.problem : ''
}

describe('a payload', () => {
  it.each<[QueueName, unknown]>([
    ['token-refresh', { reason: 'scheduled' }],
    ['token-refresh', { reason: 'refused', refused: '0123456789abcdef' }],
    ['key-validation', {}],
    ['key-validation', { dryRun: true, at: at('20:30:00') }],
    ['gap-validation', gap],
    ['gap-validation', { ...gap, from: null, to: null }],
    ['gap-validation', { ...gap, cause: 'by-hand', fromVolume: 0, toVolume: 0, missingVolume: 0, to: at('10:05:00') }],
    ['certificate', { date: 20261120 }],
    ['certificate', { date: 'yesterday' }],
  ])('of %s is taken as it is: %j', (queue, data) => {
    expect(readPayload(queue, JSON.parse(JSON.stringify(data)))).toEqual({ value: data })
  })

  it('may leave out what can be worked out', () => {
    const span = { from: at('09:00:00'), to: at('09:05:00') }
    const volumes = { fromVolume: 0, toVolume: 0, missingVolume: 0, cause: 'by-hand' }
    expect(readPayload('gap-validation', { instrument: 'KRX:005930', ...span })).toEqual({
      value: { instrument: 'KRX:005930', businessDate: 20261120, ...span, ...volumes },
    })
    // The date of New York.
    const night = { from: at('01:00:00'), to: at('01:05:00') }
    expect(readPayload('gap-validation', { instrument: 'NAS:AAPL', ...night })).toMatchObject({
      value: { businessDate: 20261119 },
    })
    for (const nothing of [undefined, null, {}])
      expect(readPayload('token-refresh', nothing)).toEqual({ value: { reason: 'by-hand' } })
  })

  it.each<[QueueName, unknown, string[]]>([
    ['key-validation', { dryRn: true }, ['"dryRn": key-validation takes no such field']],
    [
      'key-validation',
      { dryRun: 'yes', at: 'soon' },
      ['dryRun: expected true or false', 'at: expected epoch milliseconds'],
    ],
    ['key-validation', { at: 1_795_158_000_000_000 }, ['not micro- or nanoseconds']],
    ['key-validation', 'now', ['expected an object']],
    [
      'key-validation',
      Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`k${index}`, 1])),
      ['"k7" and 4992 more: key-validation takes no such field'],
    ],
    ['gap-validation', { instrument: 'KRX:\u001b[2J' }, [String.raw`'KRX:\x1b[2J'`]],
    ['gap-validation', { ...gap, toVolume: 1e300 }, ['toVolume: is more than any day has']],
    ['key-validation', [], ['expected an object']],
    ['token-refresh', { reason: 'because' }, ['reason: expected scheduled, by-hand or refused']],
    ['certificate', {}, ['date: expected a date as the number 20261120, today or yesterday']],
    ['certificate', { date: 20260230 }, ['date: ']],
    ['gap-validation', {}, ['instrument: expected an instrument as KRX:005930']],
    ['gap-validation', { instrument: '005930' }, ["instrument: '005930' has no venue"]],
    ['gap-validation', { instrument: 'KRX:005930' }, ['needs from and to, or two volumes', 'needs a businessDate']],
    ['gap-validation', { ...gap, businessDate: 20261399 }, ['businessDate: is no date']],
    ['gap-validation', { ...gap, fromVolume: 2_000 }, ['fromVolume is more than toVolume']],
    [
      'gap-validation',
      { ...gap, fromVolume: -1, missingVolume: '5' },
      ['fromVolume: is negative', 'missingVolume: expected'],
    ],
    ['gap-validation', { ...gap, toVolume: 0, fromVolume: 0, to: at('09:00:00') }, ['from is not before to']],
    ['gap-validation', { ...gap, cause: 'fate' }, ['cause: expected lost, outage, unsubscribed, restart or by-hand']],
  ])('of %s that is wrong is said to be, all of it: %j', (queue, data, complaints) => {
    const problem = problemOf(queue, data)
    expect(problem).toMatch(new RegExp(`^the payload is not one of ${queue}: `))
    for (const complaint of complaints) expect(problem).toContain(complaint)
  })

  it('that is anything at all is taken or refused in a sentence, and its values are not shown', () => {
    const secret = 'PLANTED-SECRET-VALUE'
    const names = ['reason', 'refused', 'dryRun', 'at', 'businessDate', 'fromVolume', 'from', 'to', 'cause', 'date']
    const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(secret, 20261120, 'today', true, 1e300, -1))
    const data = fc.oneof(
      fc.dictionary(fc.constantFrom(...names, '__proto__', 'more'), value, { maxKeys: 6 }),
      fc.jsonValue(),
    )
    fc.assert(
      fc.property(fc.constantFrom(...queueNames), data, (queue, input) => {
        const read = readPayload(queue, input)
        if ('value' in read) expect(readPayload(queue, read.value)).toEqual(read)
        else expect(read.problem).not.toContain(secret)
      }),
      tries(1_000),
    )
  })
})
