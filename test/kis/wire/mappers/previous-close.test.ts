import { describe, expect, it } from 'vitest'
import { createDecoder } from '../../../kis/wire/decoder.ts'
import { createPreviousCloseReader } from '../../../kis/wire/previous-close.ts'
import type { Trade } from '../../../market/events.ts'
import { frame, lineOf, linesOf, recordsOf, withValues } from '../../support/wire/frames.ts'

function tradesIn(text: string): Trade[] {
  const trades: Trade[] = []
  createDecoder().decode(Buffer.from(text), 0, event => {
    if (event.type === 'trade') trades.push(event)
  })
  return trades
}

const read = createPreviousCloseReader()
const closesIn = (text: string) => tradesIn(text).map(trade => read(Buffer.from(text), trade))

describe('the previous close, from the frame of a trade', () => {
  it.each(['H0STCNT0.txt', 'HDFSCNT0.txt'])(
    'agrees with the rate that KIS wrote beside it, on every record of %s',
    file => {
      let compared = 0
      for (const line of linesOf(file)) {
        const closes = closesIn(line)
        tradesIn(line).forEach(({ price }, index) => {
          const rate = Number(recordsOf(line)[index]?.[file.startsWith('HDFS') ? 14 : 5])
          const close = closes[index] ?? Number.NaN
          expect(Math.abs((((price ?? Number.NaN) - close) / close) * 100 - rate)).toBeLessThan(0.0051)
          compared++
        })
      }
      expect(compared).toBeGreaterThanOrEqual(7)
    },
  )

  it('goes by the code where the difference has no sign', () => {
    expect(closesIn(lineOf('H0STCNT0.txt', 1))[0]).toBe(329_000)
    const [down] = linesOf('HDFSCNT0.txt').flatMap(line =>
      recordsOf(line).flatMap((values, index) =>
        values[12] === '5' ? [[Number(values[11]), closesIn(line)[index]]] : [],
      ),
    )
    expect(down).toEqual([354.42, 358.89])
  })

  it.each([
    ['an unknown code', { PRDY_VRSS_SIGN: '9' }],
    ['no difference', { PRDY_VRSS: '' }],
    ['a difference that is none', { PRDY_VRSS: 'x' }],
    ['no price', { STCK_PRPR: '' }],
    ['a close of nothing', { STCK_PRPR: '100', PRDY_VRSS_SIGN: '2', PRDY_VRSS: '100' }],
  ])('is not guessed from %s', (_, values) => {
    const [record = []] = recordsOf(lineOf('H0STCNT0.txt', 1))
    expect(closesIn(frame('H0STCNT0', withValues('H0STCNT0', record, values)))).toEqual([undefined])
  })

  it('is not taken from another name, another day, or what is no frame', () => {
    const line = lineOf('H0STCNT0.txt', 1)
    const [trade] = tradesIn(line)
    if (trade === undefined) throw new Error('the fixture has no trade')
    expect(read(Buffer.from(line), { ...trade, instrument: 'KRX:000660' })).toBeUndefined()
    expect(read(Buffer.from(line), { ...trade, businessDate: 20000101 })).toBeUndefined()
    expect(read(Buffer.from('rubbish'), trade)).toBeUndefined()
  })
})
