// Frames that cannot be read: reported whole, with nothing guessed from them.
import { describe, expect, it } from 'vitest'
import { createDecoder, type DecodedEvent } from '../../../kis/wire/decoder.ts'
import { longestFrame } from '../../../kis/wire/scan/scan.ts'
import { decode, frame, lineOf, only, receivedTime, recordsOf, typesOf, withValues } from '../../support/wire/frames.ts'

const [record = []] = recordsOf(lineOf('H0STCNT0.txt', 17))
const [usTrade = []] = recordsOf(lineOf('HDFSCNT0.txt', 1))
const body = record.join('^')
const trade = decode(frame('H0STCNT0', record))

function malformed(reason: string, raw: string) {
  return { type: 'malformed', reason, raw, receivedTime }
}

describe('a frame without a readable envelope', () => {
  it.each([
    ['', 'no envelope: expected a frame to start with 0| or 1|'],
    ['0', 'no envelope: expected a frame to start with 0| or 1|'],
    ['|', 'no envelope: expected a frame to start with 0| or 1|'],
    [`2|H0STCNT0|001|${body}`, 'no envelope: expected a frame to start with 0| or 1|'],
    [` 0|H0STCNT0|001|${body}`, 'no envelope: expected a frame to start with 0| or 1|'],
    ['PINGPONG', 'no envelope: expected a frame to start with 0| or 1|'],
    ['0|', 'no transaction id: expected 8 capital letters and digits behind the first |'],
    [`0|H0STCNT|001|${body}`, 'no transaction id: expected 8 capital letters and digits behind the first |'],
    [`0|h0stcnt0|001|${body}`, 'no transaction id: expected 8 capital letters and digits behind the first |'],
    [`0|H0STCNT00|001|${body}`, 'no transaction id: expected | behind its 8 characters'],
    ['0|H0STCNT0', 'no transaction id: expected | behind its 8 characters'],
    ['0|H0STCNT0|', 'no record count: expected digits and | behind the transaction id'],
    ['0|H0STCNT0|001', 'no record count: expected digits and | behind the transaction id'],
    [`0|H0STCNT0||${body}`, 'no record count: expected digits and | behind the transaction id'],
    [`0|H0STCNT0|-01|${body}`, 'no record count: expected digits and | behind the transaction id'],
    [`0|H0STCNT0|one|${body}`, 'no record count: expected digits and | behind the transaction id'],
    [`0|H0STCNT0|1 |${body}`, 'no record count: expected digits and | behind the transaction id'],
    [`0|H0STCNT0|1234567|${body}`, 'no record count: expected digits and | behind the transaction id'],
    [`0|H0STCNT0|000|${body}`, 'record count 0: expected at least one record'],
  ])('%j is malformed', (text, reason) => {
    expect(decode(text)).toEqual([malformed(reason, text)])
  })
})

describe('a frame longer than any socket takes', () => {
  const text = `0|H0STCNT0|001|${body}`
  const longest = Buffer.alloc(longestFrame + 1, `^`)
  longest.write(text)

  it('is malformed, and the next one is read', () => {
    const events: DecodedEvent[] = []
    const decoder = createDecoder()
    for (const bytes of [Buffer.from(text), longest, Buffer.from(text)])
      decoder.decode(bytes, receivedTime, event => void events.push(event))
    expect(typesOf(events)).toEqual(['trade', 'malformed', 'trade'])
    expect(events[1]).toMatchObject({ reason: `a frame of more than ${longestFrame} bytes; KIS sends a few thousand` })
  })
})

describe('a record count', () => {
  it.each(['1', '01', '001', '0001', '000001'])('may be written %s', count => {
    expect(decode(`0|H0STCNT0|${count}|${body}`)).toEqual(trade)
  })

  it.each(['002', '003', '048', '999', '999999'])('of %s for one record of 47 is malformed', count => {
    const text = `0|H0STCNT0|${count}|${body}`
    const reason = `47 values do not divide into the ${Number(count)} records the frame announces`
    expect(decode(text)).toEqual([malformed(reason, text)])
  })

  it('that divides into records too narrow to be any is malformed', () => {
    expect(only('malformed', decode(`0|H0STCNT0|047|${body}`)).reason).toBe(
      'records of 1 values; H0STCNT0 has at least 46, so this one was cut off',
    )
  })

  it('too small for what follows makes one record, with what it cannot place left out', () => {
    expect(typesOf(decode(`0|H0STCNT0|001|${body}^${body}`))).toEqual(['schema-drift', 'trade'])
  })
})

describe('a payload', () => {
  it('that is empty is malformed', () => {
    expect(decode('0|H0STCNT0|001|')).toEqual([
      malformed('records of 1 values; H0STCNT0 has at least 46, so this one was cut off', '0|H0STCNT0|001|'),
    ])
  })

  it('of carets alone names no symbol', () => {
    expect(decode(`0|H0STCNT0|001|${'^'.repeat(46)}`)).toEqual([
      malformed('record 1 of 1 names no symbol', '^'.repeat(46)),
    ])
  })

  it('with a caret too many has one empty value more', () => {
    expect(decode([`${frame('H0STCNT0', record)}^`])).toEqual([
      { type: 'schema-drift', tr: 'H0STCNT0', width: 48, knownWidth: 47, receivedTime },
      ...trade,
    ])
  })

  it('that breaks off inside a number is malformed when it no longer divides', () => {
    const text = frame('H0STCNT0', record, record)
    expect(decode(text.slice(0, -12))).toMatchObject([{ type: 'malformed', raw: text.slice(0, -12) }])
  })

  it('may contain bars', () => {
    const barred = withValues('H0STCNT0', record, { NEW_MKOP_CLS_CODE: '2|0|', TRHT_YN: '|' })
    expect(decode(frame('H0STCNT0', barred))).toEqual(trade)
  })

  it('that is no UTF-8 is shown as Latin-1, with no byte lost', () => {
    const bytes = Buffer.from([0x30, 0x7c, 0xb0, 0xa1, 0xff, 0x5e])
    const { raw } = only('malformed', decode(bytes))
    expect(Buffer.from(raw, 'latin1')).toEqual(bytes)
  })
})

describe('one record of a frame', () => {
  it('without a readable symbol is reported alone, and its neighbours are read', () => {
    const nameless = withValues('H0STCNT0', record, { MKSC_SHRN_ISCD: '' })
    const other = withValues('H0STCNT0', record, { MKSC_SHRN_ISCD: '000660' })
    expect(decode(frame('H0STCNT0', record, nameless, other))).toEqual([
      ...trade,
      malformed('record 2 of 3 names no symbol', nameless.join('^')),
      { ...trade[0], instrument: 'KRX:000660' },
    ])
  })

  it.each([0, 1, 2])('is shown without its neighbours when it is the one at index %d', broken => {
    const records = [0, 1, 2].map(index =>
      index === broken ? withValues('H0STCNT0', record, { MKSC_SHRN_ISCD: '한글' }) : record,
    )
    const events = decode([frame('H0STCNT0', record), frame('H0STCNT0', ...records)]).slice(1)
    expect(events[broken]).toEqual(malformed(`record ${broken + 1} of 3 names no symbol`, records[broken]!.join('^')))
    expect(events.filter(({ type }) => type === 'trade')).toEqual([...trade, ...trade])
  })

  it.each(['005930 ', 'krx', '(null)', '-', '^', '005930005930005930005'])('names no symbol with %j', symbol => {
    expect(decode(frame('H0STCNT0', [symbol, ...record.slice(1)]))[0]?.type).not.toBe('trade')
  })

  it.each(['AAPL', 'DXXXAAPL', 'XNASAAPL', 'DNAS', 'dNASAAPL', 'DNASaapl', ''])(
    'names no overseas instrument with %j',
    key => {
      const values = [key, ...usTrade.slice(1)]
      expect(decode(frame('HDFSCNT0', values))).toEqual([malformed('record 1 of 1 names no symbol', values.join('^'))])
    },
  )
})

describe('what is no data at all', () => {
  it('is a control message among the data, shown without what would open notices', () => {
    const events = decode(lineOf('control.txt', 1))
    expect(only('malformed', events).reason).toBe('a control message among the data')
    expect(JSON.stringify(events)).not.toMatch(/96de248bda413d58|npudbpdylbqfsndkjgvknsjgsveanbca/)
    expect(only('malformed', events).raw).toContain('SUBSCRIBE SUCCESS')
  })

  it('is an unreadable message when it only begins like one', () => {
    const text = '{"header":{"tr_id":"H0STCNI0"},"body":{"output":{"iv":"96de248bda413d58","key":"npudbpdylbqf'
    expect(decode(text)).toEqual([
      malformed(
        'a control message that is no JSON object',
        '{"header":{"tr_id":"H0STCNI0"},"body":{"output":{"iv":"[redacted]","key":"[redacted]',
      ),
    ])
  })
})
