// Values of every kind seen on the wire: signs, blanks, KIS's spellings of an empty value, Korean text,
// several symbols in one frame.
import { describe, expect, it } from 'vitest'
import type { OtherRecord } from '../../../market/events.ts'
import { decode, frame, lineOf, linesOf, only, receivedTime, recordsOf, withValues } from '../../support/wire/frames.ts'

function record(file: string, line = 1): OtherRecord {
  return only('record', decode(lineOf(file, line)))
}

describe('a captured record without a type of its own', () => {
  it('names each value as KIS does: program trading', () => {
    expect(record('H0STPGM0.txt')).toEqual({
      type: 'record',
      tr: 'H0STPGM0',
      columns: {
        MKSC_SHRN_ISCD: '005930',
        STCK_CNTG_HOUR: '092237',
        SELN_CNQN: 1413444,
        SELN_TR_PBMN: 109159646900,
        SHNU_CNQN: 1189408,
        SHNU_TR_PBMN: 91931710200,
        NTBY_CNQN: -224036,
        NTBY_TR_PBMN: -17227936700,
        SELN_RSQN: 65033,
        SHNU_RSQN: 15475,
        WHOL_NTBY_QTY: -49558,
      },
      extra: [],
      receivedTime,
    })
  })

  it('keeps Korean member names and empty values, the ten at the end included', () => {
    const { columns } = record('H0STMBC0.txt', 1)
    const values = Object.values(columns)
    expect(values).toHaveLength(78)
    expect(values.slice(0, 6)).toEqual(['005930', '미래에셋증권', '키움증권', '한국증권', 'BNK증권', 'KB증권'])
    expect(values.slice(11, 13)).toEqual([2097234, 2024301])
    expect(values.slice(31, 33)).toEqual(['00005', '00050'])
    expect(values.slice(68)).toEqual(Array(10).fill(''))
  })

  it('keeps (null) where text stands, and the codes beside it: market operation', () => {
    expect(record('H0STMKO0.txt').columns).toEqual({
      MKSC_SHRN_ISCD: '396300',
      TRHT_YN: 'N',
      TR_SUSP_REAS_CNTT: '(null)',
      MKOP_CLS_CODE: '',
      ANTC_MKOP_CLS_CODE: '311',
      MRKT_TRTM_CLS_CODE: '',
      DIVI_APP_CLS_CODE: '',
      ISCD_STAT_CLS_CODE: '55',
      VI_CLS_CODE: 'N',
      OVTM_VI_CLS_CODE: 'N',
    })
  })

  it('has null for nan and -nan: an option at night', () => {
    const { columns } = record('H0EUCNT0.txt')
    const empty = Object.entries(columns).flatMap(([name, value]) => (value === null ? [name] : []))
    expect(empty).toEqual([
      'HTS_THPR',
      'DELTA',
      'GAMA',
      'VEGA',
      'THETA',
      'RHO',
      'ESDG',
      'THPR_BASIS',
      'UNAS_HIST_VLTL',
      'DPRT',
    ])
    expect(columns).toMatchObject({
      OPTN_SHRN_ISCD: '301V06362',
      OPTN_PRPR: 2.98,
      OPTN_PRDY_VRSS: -0.35,
      MRKT_BASIS: -363.1,
    })
  })

  it('keeps letters in codes: ELW and expected price', () => {
    expect(record('H0EWCNT0.txt').columns).toMatchObject({ MKSC_SHRN_ISCD: '57JN53', STCK_PRPR: 265, PRDY_CTRT: 23.26 })
    expect(record('H0STANC0.txt').columns).toMatchObject({ HOUR_CLS_CODE: 'B', STCK_PRPR: 77600, STCK_OPRC: 0 })
  })

  it('reads bonds, index, futures and the overtime market', () => {
    expect(record('H0BICNT0.txt').columns).toMatchObject({ NMIX_ID: 'KBPR01', TOTL_ERNN_NMIX_OPRC: 163.55 })
    expect(record('H0UPCNT0.txt').columns).toMatchObject({
      BSTP_CLS_CODE: '0001',
      PRPR_NMIX: 2624.54,
      LSLM_ISSU_CNT: 0,
    })
    expect(record('H0ZFCNT0.txt').columns).toMatchObject({ FUTS_SHRN_ISCD: '111V06', PRDY_VRSS: -100 })
    expect(record('H0STOUP0.txt').columns).toMatchObject({
      MKSC_SHRN_ISCD: '005930',
      STCK_PRPR: 77700,
      NTBY_CNTG_CSNU: -1,
    })
  })
})

describe('numbers as KIS writes them', () => {
  const [trade = []] = recordsOf(lineOf('H0STCNT0.txt', 17))

  it.each([
    ['+0.11', 0.11],
    ['0.30', 0.3],
    ['0.01', 0.01],
    ['000003190', 3190],
    ['0000000000000000042', 42],
    ['.5', 0.5],
    ['7.', 7],
    ['12000000000', 12_000_000_000],
    ['000000009007199254', 9_007_199_254],
    ['123456789.123456789', Number('123456789.123456789')],
    ['', null],
    ['-', null],
    ['+', null],
    ['.', null],
    ['nan', null],
    ['-nan', null],
    ['NaN', null],
    ['Infinity', null],
    ['(null)', null],
    [' 5', null],
    ['5 ', null],
    ['1,000', null],
    ['1e5', null],
    ['0x10', null],
    ['1.2.3', null],
    ['--5', null],
    ['５', null],
  ])('%j reads %s', (text, value) => {
    const changed = withValues('H0STCNT0', trade, { STCK_PRPR: text })
    expect(only('trade', decode(frame('H0STCNT0', changed))).price).toBe(value)
  })

  it('are the same at the end of a frame', () => {
    const [program = []] = recordsOf(lineOf('H0STPGM0.txt', 1))
    for (const [text, value] of [
      ['5', 5],
      ['-49558', -49558],
      ['+0.5', 0.5],
      ['', null],
      ['-', null],
      ['1234567890', 1234567890],
      ['123456789', 123456789],
    ] as const) {
      const changed = withValues('H0STPGM0', program, { WHOL_NTBY_QTY: text })
      expect([text, only('record', decode(frame('H0STPGM0', changed))).columns.WHOL_NTBY_QTY]).toEqual([text, value])
    }
  })
})

describe('a frame with records of several symbols', () => {
  it('gives each to its own instrument', () => {
    const [trade = []] = recordsOf(lineOf('H0STCNT0.txt', 17))
    const symbols = ['005930', '0074K0', 'Q500001', '000660', '005930']
    const events = decode(frame('H0STCNT0', ...symbols.map(symbol => [symbol, ...trade.slice(1)])))
    expect(events.map(event => event.type === 'trade' && event.instrument)).toEqual([
      'KRX:005930',
      'KRX:0074K0',
      'KRX:Q500001',
      'KRX:000660',
      'KRX:005930',
    ])
  })

  it('keeps overseas exchanges apart', () => {
    const lines = linesOf('HDFSCNT0.txt').flatMap(recordsOf)
    const events = decode(frame('HDFSCNT0', ...lines))
    expect(events.map(event => event.type === 'trade' && event.instrument)).toEqual([
      'NAS:AAPL',
      'NAS:AAPL',
      'NAS:AAPL',
      'NAS:GOOGL',
      'NAS:GOOGL',
      'AMS:SPY',
      'AMS:SPY',
    ])
  })

  it('may carry more than the twenty records that were seen', () => {
    const [trade = []] = recordsOf(lineOf('H0STCNT0.txt', 17))
    const events = decode(frame('H0STCNT0', ...Array.from({ length: 999 }, () => trade)))
    expect(events).toHaveLength(999)
    expect(events[998]).toEqual(events[0])
  })
})
