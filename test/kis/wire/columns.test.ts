// Columns asked for by KIS's own name.
import { describe, expect, it } from 'vitest'
import { columnPicker } from '../../../kis/wire/columns.ts'
import { layoutOf } from '../../../kis/wire/layout.ts'
import { decode, frame, lineOf, linesOf, receivedTime, recordsOf, withValues } from '../../support/wire/frames.ts'

const [krx46 = []] = recordsOf(lineOf('H0STCNT0.txt', 1))
const [krx47 = []] = recordsOf(lineOf('H0STCNT0.txt', 17))
const [book63 = []] = recordsOf(lineOf('H0STASP0.txt', 11))

/** The columns of each event that has some. */
function columnsIn(frames: Parameters<typeof decode>[0], columns: readonly string[]) {
  return decode(frames, { columns }).map(event => ('columns' in event ? event.columns : undefined))
}

describe('columns asked for by name', () => {
  it('come with each trade, as the text that was on the wire', () => {
    const names = ['VI_STND_PRC', 'CTTR', 'MKSC_SHRN_ISCD', 'STCK_CNTG_HOUR', 'PRDY_VRSS', 'MRKT_TRTM_CLS_CODE']
    expect(columnsIn(lineOf('H0STCNT0.txt', 17), names)).toEqual([
      {
        VI_STND_PRC: '249500',
        CTTR: '81.34',
        MKSC_SHRN_ISCD: '005930',
        STCK_CNTG_HOUR: '150746',
        PRDY_VRSS: '-10250',
        MRKT_TRTM_CLS_CODE: '',
      },
    ])
  })

  it('keep signs, leading zeros and trailing zeros', () => {
    expect(columnsIn(lineOf('HDFSCNT0.txt', 1), ['RATE', 'LAST', 'DIFF', 'XHMS'])).toEqual([
      { RATE: '+0.11', LAST: '169.7850', DIFF: '0.1950', XHMS: '091912' },
      { RATE: '+0.12', LAST: '169.7900', DIFF: '0.2000', XHMS: '091912' },
    ])
  })

  it('come with books as well', () => {
    expect(columnsIn(lineOf('H0STASP0.txt', 11), ['MID_PRC', 'ACML_VOL', 'MARKET_CLS_CODE'])).toEqual([
      { MID_PRC: '277750', ACML_VOL: '11955000', MARKET_CLS_CODE: '2' },
    ])
  })

  it('change nothing else in the event', () => {
    for (const line of [...linesOf('H0STCNT0.txt'), ...linesOf('H0STASP0.txt'), ...linesOf('HDFSASP0.txt')]) {
      const plain = decode(line)
      const picked = decode(line, { columns: ['ACML_VOL', 'MID_PRC', 'ZDIV', 'MARKET_CLS_CODE'] })
      expect(picked).toEqual(plain.map((event, i) => ({ ...event, columns: columnsOf(picked[i]) })))
    }
  })

  it('may be every column there is', () => {
    const names = layoutOf('H0STCNT0')!.columns.map(([name]) => name)
    const [columns = {}] = columnsIn(frame('H0STCNT0', krx47), names)
    expect(Object.keys(columns)).toEqual(names)
    expect(Object.values(columns)).toEqual(krx47)
  })

  it('may hold Korean text', () => {
    const record = withValues('H0STCNT0', krx47, { MRKT_TRTM_CLS_CODE: '임의종료' })
    expect(columnsIn(frame('H0STCNT0', record), ['MRKT_TRTM_CLS_CODE'])).toEqual([{ MRKT_TRTM_CLS_CODE: '임의종료' }])
  })

  it('may be the last value of a frame, and empty', () => {
    const record = withValues('H0STCNT0', krx47, { MARKET_CLS_CODE: '' })
    expect(columnsIn(frame('H0STCNT0', record), ['MARKET_CLS_CODE'])).toEqual([{ MARKET_CLS_CODE: '' }])
  })
})

function columnsOf(event: unknown) {
  return (event as { columns?: unknown }).columns
}

describe('a column that is not in a record', () => {
  it('is not in its columns either', () => {
    expect(columnsIn([frame('H0STCNT0', krx46), frame('H0STCNT0', krx47)], ['VI_STND_PRC', 'MARKET_CLS_CODE'])).toEqual(
      [{ VI_STND_PRC: '302000' }, { VI_STND_PRC: '249500', MARKET_CLS_CODE: '2' }],
    )
  })

  it('is where it was, when the record is wider than ever', () => {
    const [drift, trade] = decode(frame('H0STCNT0', [...krx47, 'new']), { columns: ['MARKET_CLS_CODE'] })
    expect(drift).toMatchObject({ type: 'schema-drift', width: 48 })
    expect(trade).toMatchObject({ columns: { MARKET_CLS_CODE: '2' } })
  })

  it('is found by the width where lists differ: the NXT book of 62 and of 65 values', () => {
    const book = book63.slice(0, 59)
    const frames = [
      frame('H0NXASP0', [...book, 'nxt price', 'n', 'c']),
      frame('H0NXASP0', [...book, 'krx price', 'k', 'c', 'nxt price', 'n', 'c']),
      frame('H0NXASP0', book),
    ]
    expect(columnsIn(frames, ['NMID_PRC', 'KMID_PRC'])).toEqual([
      { NMID_PRC: 'nxt price' },
      { KMID_PRC: 'krx price', NMID_PRC: 'nxt price' },
      {},
    ])
  })
})

describe('names that are no columns of a transaction', () => {
  it.each(['NO_SUCH_COLUMN', 'stck_prpr', '', '__proto__', 'constructor'])('are ignored: %j', name => {
    expect(decode(lineOf('H0STCNT0.txt', 17), { columns: [name] })).toEqual(decode(lineOf('H0STCNT0.txt', 17)))
  })

  it('do not keep the others from coming', () => {
    expect(columnsIn(lineOf('H0STCNT0.txt', 17), ['NO_SUCH_COLUMN', 'CTTR', 'RSYM'])).toEqual([{ CTTR: '81.34' }])
  })

  it('cost nothing: there is no picker', () => {
    expect(columnPicker(layoutOf('H0STCNT0')!, ['RSYM', 'NO_SUCH_COLUMN'])).toBeUndefined()
    expect(columnPicker(layoutOf('H0STCNT0')!, [])).toBeUndefined()
    expect(columnPicker(layoutOf('HDFSCNT0')!, ['RSYM'])).toBeDefined()
  })

  it('may be named twice', () => {
    expect(columnsIn(lineOf('H0STCNT0.txt', 17), ['CTTR', 'CTTR'])).toEqual([{ CTTR: '81.34' }])
  })
})

describe('columns among several records', () => {
  it('belong to the record they stand in', () => {
    const records = recordsOf(lineOf('H0STCNT0.txt', 8))
    expect(columnsIn(frame('H0STCNT0', ...records), ['ACML_VOL', 'WGHN_AVRG_STCK_PRC'])).toEqual(
      records.map(values => ({ ACML_VOL: values[13], WGHN_AVRG_STCK_PRC: values[6] })),
    )
  })

  it('are not looked for in a record without a symbol', () => {
    const nameless = ['', ...krx47.slice(1)]
    expect(decode(frame('H0STCNT0', nameless, krx47), { columns: ['CTTR'] })).toEqual([
      { type: 'malformed', reason: 'record 1 of 2 names no symbol', raw: nameless.join('^'), receivedTime },
      expect.objectContaining({ columns: { CTTR: '81.34' } }),
    ])
  })

  it('make no difference to records without a type of their own, which have all columns anyway', () => {
    const line = lineOf('H0STPGM0.txt', 1)
    expect(decode(line, { columns: ['SELN_CNQN'] })).toEqual(decode(line))
  })
})
