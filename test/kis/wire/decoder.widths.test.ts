// Records of widths that were never seen: KIS appends columns with a few days' notice and no version.
import { describe, expect, it } from 'vitest'
import { columnsFor } from '../../../kis/wire/layout.ts'
import { layouts } from '../../../kis/wire/layouts.ts'
import { decode, frame, lineOf, receivedTime, recordsOf, typesOf } from '../../support/wire/frames.ts'

const [krx46 = []] = recordsOf(lineOf('H0STCNT0.txt', 1))
const [krx47 = []] = recordsOf(lineOf('H0STCNT0.txt', 17))
const [book63 = []] = recordsOf(lineOf('H0STASP0.txt', 11))
const [usTrade = []] = recordsOf(lineOf('HDFSCNT0.txt', 1))
const [usBook = []] = recordsOf(lineOf('HDFSASP0.txt', 1))
const [program = []] = recordsOf(lineOf('H0STPGM0.txt', 1))

const asTrade47 = decode(frame('H0STCNT0', krx47))
const drift = (tr: string, width: number, knownWidth: number) => ({
  type: 'schema-drift',
  tr,
  width,
  knownWidth,
  receivedTime,
})

describe('a record wider than ever', () => {
  it.each([
    ['H0STCNT0', krx47, ['x'], 48, 47],
    ['H0STCNT0', krx47, ['7', '', '9'], 50, 47],
    ['H0STASP0', book63, ['', '1'], 65, 63],
    ['HDFSCNT0', usTrade, ['20260914'], 27, 26],
    ['HDFSASP0', usBook, ['5'], 72, 71],
    ['HDFSASP0', usBook, ['1', '2', '3', '4', '5', '6'], 77, 71],
  ])('%s: its known columns are read, and the change is said first', (tr, record, added, width, knownWidth) => {
    expect(decode(frame(tr, [...record, ...added]))).toEqual([
      drift(tr, width, knownWidth),
      ...decode(frame(tr, record)),
    ])
  })

  it('keeps the values beyond the known columns of a record without a type of its own', () => {
    const known = decode(frame('H0STPGM0', program))
    expect(decode(frame('H0STPGM0', [...program, '1', '', '셋']))).toEqual([
      drift('H0STPGM0', 14, 11),
      { ...known[0], extra: ['1', '', '셋'] },
    ])
  })

  it('gives every record of the frame', () => {
    const wide = [...krx47, '8']
    expect(decode(frame('H0STCNT0', wide, wide, wide))).toEqual([
      drift('H0STCNT0', 48, 47),
      ...asTrade47,
      ...asTrade47,
      ...asTrade47,
    ])
  })
})

describe('a width between two known ones', () => {
  it('is a change as well', () => {
    const [first, ...rest] = decode(frame('H0STASP0', book63.slice(0, 60)))
    expect(first).toEqual(drift('H0STASP0', 60, 63))
    expect(rest).toEqual(decode(frame('H0STASP0', book63)))
  })
})

describe('a change of width', () => {
  it('is said once per transaction and width', () => {
    const frames = [
      frame('H0STCNT0', [...krx47, 'a']),
      frame('H0STCNT0', [...krx47, 'b']),
      frame('H0STCNT0', [...krx47, 'c', 'd', 'e']),
      frame('H0NXCNT0', [...krx47, 'a']),
      frame('H0STCNT0', [...krx47, 'f']),
      frame('H0NXCNT0', [...krx47, 'b']),
    ]
    expect(decode(frames).filter(({ type }) => type === 'schema-drift')).toEqual([
      drift('H0STCNT0', 48, 47),
      drift('H0STCNT0', 50, 47),
      drift('H0NXCNT0', 48, 47),
    ])
    expect(decode(frames).filter(({ type }) => type === 'trade')).toHaveLength(6)
  })

  it('is said by each decoder for itself', () => {
    const wide = frame('H0STCNT0', [...krx47, 'a'])
    expect(decode(wide)).toEqual(decode(wide))
  })

  it('costs nothing when frames of several widths take turns', () => {
    const frames = [
      frame('H0STCNT0', krx46, krx46),
      frame('H0STCNT0', krx47),
      frame('H0STCNT0', krx46),
      frame('H0STCNT0', krx47, krx47, krx47),
      frame('H0STASP0', book63),
      frame('H0STASP0', book63.slice(0, 59)),
      frame('H0STCNT0', krx47),
      frame('H0STASP0', book63.slice(0, 62), book63.slice(0, 62)),
    ]
    expect(decode(frames)).toEqual(frames.flatMap(text => decode(text)))
    expect(typesOf(decode(frames)).join(' ')).toBe(
      'trade trade trade trade trade trade trade order-book order-book trade order-book order-book',
    )
  })
})

describe('a record narrower than ever', () => {
  it.each([
    ['H0STCNT0', krx46.slice(0, 45), 46],
    ['H0STCNT0', krx46.slice(1), 46],
    ['H0STASP0', book63.slice(0, 58), 59],
    ['HDFSCNT0', usTrade.slice(1), 26],
    ['HDFSASP0', usBook.slice(0, 16), 17],
    ['H0STPGM0', program.slice(0, 10), 11],
  ])('%s is reported whole, and nothing is read from it', (tr, record, minWidth) => {
    const text = frame(tr, record, record)
    const reason = `records of ${record.length} values; ${tr} has at least ${minWidth}, so this one was cut off`
    expect(decode(text)).toEqual([{ type: 'malformed', reason, raw: text, receivedTime }])
  })

  it('does not disturb the frames after it', () => {
    expect(decode([frame('H0STCNT0', krx47), frame('H0STCNT0', krx46.slice(0, 9)), frame('H0STCNT0', krx47)])).toEqual([
      ...asTrade47,
      expect.objectContaining({ type: 'malformed' }),
      ...asTrade47,
    ])
  })
})

describe('an unknown transaction', () => {
  it('comes out with all its values as extra, and a change from width 0', () => {
    expect(decode(frame('H0ABCDE0', ['005930', '', '1.5'], ['000660', 'x', '한글']))).toEqual([
      drift('H0ABCDE0', 3, 0),
      { type: 'record', tr: 'H0ABCDE0', columns: {}, extra: ['005930', '', '1.5'], receivedTime },
      { type: 'record', tr: 'H0ABCDE0', columns: {}, extra: ['000660', 'x', '한글'], receivedTime },
    ])
  })

  it('may look like a property of every object', () => {
    expect(typesOf(decode(frame('VALUEOF0', ['1'])))).toEqual(['schema-drift', 'record'])
  })
})

describe('every transaction of the layouts', () => {
  const known = Object.entries(layouts).flatMap(([tr, { widths }]) =>
    Object.keys(widths).map(width => [tr, Number(width)] as const),
  )

  it.each(known)('%s reads two records of %d values without a change', (tr, width) => {
    const symbol = tr.startsWith('HDFS') ? 'DNASAAPL' : '005930'
    const kinds = columnsFor(layouts[tr]!, width).map(([, type]) => type)
    const sound: Readonly<Record<string, string>> = { time6: '090001', date8: '20260608' }
    const record = Array.from({ length: width }, (_, index) =>
      index === 0 ? symbol : (sound[kinds[index] ?? ''] ?? String(index)),
    )
    const events = decode(frame(tr, record, record))
    expect(events).toHaveLength(2)
    expect(events[0]?.type).not.toBe('malformed')
    expect(events[1]).toEqual(events[0])
    if (events[0]?.type !== 'record') return
    expect(Object.keys(events[0].columns).length + events[0].extra.length).toBe(width)
  })
})
