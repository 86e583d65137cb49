// A number for each instrument, handed from whoever reads an event to whoever follows it.
import { describe, expect, it } from 'vitest'
import { noNumber, Numbering } from '../../market/numbering.ts'

describe('the number of an instrument', () => {
  it('is the next one, and the same ever after', () => {
    const numbering = new Numbering()
    const numbers = () => (['KRX:005930', 'NXT:005930', 'NAS:AAPL'] as const).map(one => numbering.numberOf(one))
    expect(numbers()).toEqual([0, 1, 2])
    expect(numbers()).toEqual([0, 1, 2])
  })

  it('is none once there are too many, and those that have one keep it', () => {
    const numbering = new Numbering()
    const numbers = Array.from({ length: 65_536 }, (_, i) => numbering.numberOf(`KRX:${i}`))
    expect(numbers).toEqual([...numbers.keys()])
    expect(numbering.numberOf('KRX:65536')).toBe(noNumber)
    expect(numbering.numberOf('KRX:65535')).toBe(65_535)
  })
})

describe('a number that was told', () => {
  it('is for one event only', () => {
    const numbering = new Numbering()
    expect(numbering.take()).toBe(noNumber)
    numbering.tell(7)
    expect(numbering.take()).toBe(7)
    expect(numbering.take()).toBe(noNumber)
  })
})
