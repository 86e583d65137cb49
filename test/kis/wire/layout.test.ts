// Finding the columns of a record by its own width.
import { describe, expect, it } from 'vitest'
import { columnsFor, knownWidth, layoutOf } from '../../../kis/wire/layout.ts'

const names = (tr: string, width: number) => columnsFor(layoutOf(tr)!, width).map(([name]) => name)

describe('the layout of a transaction', () => {
  it('is found by its id', () => {
    expect(layoutOf('H0STCNT0')?.name.en).toBe('KRX stock real-time trade')
  })

  it.each(['', 'H0XXXXX0', 'h0stcnt0', '__proto__', 'constructor', 'hasOwnProperty'])('does not exist for %j', tr => {
    expect(layoutOf(tr)).toBeUndefined()
  })
})

describe('the widest record known', () => {
  it.each([
    ['H0STCNT0', 47],
    ['H0STASP0', 63],
    ['H0NXASP0', 65],
    ['H0UNASP0', 66],
    ['HDFSCNT0', 26],
    ['HDFSASP0', 71],
    ['HDFSASP1', 17],
  ])('of %s has %d values', (tr, width) => {
    expect(knownWidth(layoutOf(tr)!)).toBe(width)
  })
})

describe('the columns of a record', () => {
  it('are the list of exactly its width, where there is one', () => {
    expect(names('H0NXASP0', 62).slice(59)).toEqual(['NMID_PRC', 'NMID_TOTAL_RSQN', 'NMID_CLS_CODE'])
    expect(names('H0NXASP0', 65).slice(59, 62)).toEqual(['KMID_PRC', 'KMID_TOTAL_RSQN', 'KMID_CLS_CODE'])
    expect(names('HDFSASP0', 17).slice(11)).toEqual(['PBID1', 'PASK1', 'VBID1', 'VASK1', 'DBID1', 'DASK1'])
  })

  it('are the first ones of the main list, when the record is narrower', () => {
    expect(names('H0STCNT0', 46)).toEqual(names('H0STCNT0', 47).slice(0, 46))
    expect(names('H0STASP0', 59)).toEqual(names('H0STASP0', 63).slice(0, 59))
    expect(names('H0STCNT0', 0)).toEqual([])
  })

  it('are the whole main list, when the record is wider', () => {
    expect(names('H0STCNT0', 48)).toEqual(names('H0STCNT0', 47))
    expect(names('H0STCNT0', 1_000_000)).toHaveLength(47)
  })
})
