import { describe, expect, it } from 'vitest'
import { createDecoder } from '../../../../kis/wire/decoder.ts'
import { frame, lineOf, linesOf, recordsOf, withValues } from '../../../support/wire/frames.ts'

function closesIn(text: string): (number | null)[] {
  const closes: (number | null)[] = []
  createDecoder().decode(Buffer.from(text), 0, event => {
    if (event.type === 'trade') closes.push(event.previousClose)
  })
  return closes
}

const lastPrice = (file: string) => (file.startsWith('HDFS') ? 11 : 2)
const rateOfChange = (file: string) => (file.startsWith('HDFS') ? 14 : 5)

describe('the previous close of a trade', () => {
  it.each(['H0STCNT0.txt', 'HDFSCNT0.txt'])('agrees with the rate that KIS sends, on every record of %s', file => {
    let compared = 0
    for (const line of linesOf(file)) {
      const records = recordsOf(line)
      closesIn(line).forEach((close, index) => {
        const price = Number(records[index]?.[lastPrice(file)])
        const rate = Number(records[index]?.[rateOfChange(file)])
        expect(Math.abs(((price - (close ?? Number.NaN)) / (close ?? Number.NaN)) * 100 - rate)).toBeLessThan(0.0051)
        compared++
      })
    }
    expect(compared).toBeGreaterThanOrEqual(7)
  })

  it('goes by the sign code where the change has no sign', () => {
    expect(closesIn(lineOf('H0STCNT0.txt', 1))[0]).toBe(329_000)
    const [down] = linesOf('HDFSCNT0.txt').flatMap(line =>
      recordsOf(line).flatMap((values, index) =>
        values[12] === '5' ? [[Number(values[11]), closesIn(line)[index]]] : [],
      ),
    )
    expect(down).toEqual([354.42, 358.89])
  })

  it.each([
    ['up, with a sign', { PRDY_VRSS_SIGN: '2', PRDY_VRSS: '+100' }, 900],
    ['up, without a sign', { PRDY_VRSS_SIGN: '2', PRDY_VRSS: '100' }, 900],
    ['at the upper limit', { PRDY_VRSS_SIGN: '1', PRDY_VRSS: '230' }, 770],
    ['unchanged', { PRDY_VRSS_SIGN: '3', PRDY_VRSS: '0' }, 1_000],
    ['at the lower limit', { PRDY_VRSS_SIGN: '4', PRDY_VRSS: '-429' }, 1_429],
    ['down', { PRDY_VRSS_SIGN: '5', PRDY_VRSS: '-100' }, 1_100],
    ['an unknown sign code', { PRDY_VRSS_SIGN: '9', PRDY_VRSS: '1' }, null],
    ['no change column', { PRDY_VRSS_SIGN: '2', PRDY_VRSS: '' }, null],
    ['a change that is no number', { PRDY_VRSS_SIGN: '2', PRDY_VRSS: 'x' }, null],
    ['no price', { STCK_PRPR: '', PRDY_VRSS_SIGN: '3', PRDY_VRSS: '0' }, null],
    ['a close of nothing', { PRDY_VRSS_SIGN: '2', PRDY_VRSS: '1000' }, null],
  ])('%s', (_, values, expected) => {
    const [record = []] = recordsOf(lineOf('H0STCNT0.txt', 1))
    expect(closesIn(frame('H0STCNT0', withValues('H0STCNT0', record, { STCK_PRPR: '1000', ...values })))).toEqual([
      expected,
    ])
  })

  it('is its own in each record of a frame', () => {
    const [record = []] = recordsOf(lineOf('H0STCNT0.txt', 1))
    const rising = withValues('H0STCNT0', record, { STCK_PRPR: '1000', PRDY_VRSS_SIGN: '2', PRDY_VRSS: '10' })
    const falling = withValues('H0STCNT0', record, { STCK_PRPR: '1000', PRDY_VRSS_SIGN: '5', PRDY_VRSS: '-20' })
    expect(closesIn(frame('H0STCNT0', rising, falling))).toEqual([990, 1_020])
  })
})
