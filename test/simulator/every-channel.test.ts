// Every transaction that the simulator acknowledges says something, in a record that the pipeline can read.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createDecoder, type DecodedEvent } from '../../kis/wire/decoder.ts'
import { columnsFor, type Layout, layoutOf } from '../../kis/wire/layout.ts'
import { layouts } from '../../kis/wire/layouts.ts'
import { generatedTape } from '../../simulator/tape/tape.ts'
import { connect, handClock, keeper, mondayTen, simulator, stopAfterwards, until } from './support.ts'

const keys: readonly (readonly [tr: RegExp, key: string])[] = [
  [/^H0(ST|NX|UN)/, '005930'],
  [/^HDFS/, 'DNASAAPL'],
  [/^H0UP/, '0001'],
  [/^H0EW/, '57JN53'],
  [/^H0(IF|MF)/, 'A05608'],
  [/^H0(IO|EU)/, 'B01610A34'],
  [/^H0CF/, 'A75605'],
  [/^H0ZF/, '111V06'],
  [/^H0ZO/, '211V05059'],
  [/^H0BJ/, 'KR103502GA34'],
  [/^H0BI/, 'KBPR01'],
  [/^HDFFF/, 'OESH23 C3900'],
]

function keyOf(tr: string): string {
  return keys.find(([pattern]) => pattern.test(tr))?.[1] ?? ''
}

const market = Object.values(layouts).filter(({ kind }) => kind !== 'notice')
const notices = Object.values(layouts).filter(({ kind }) => kind === 'notice')

/** Plays a while to one registration, in so many steps. */
async function play(tr: string, seconds = 1, start = mondayTen, steps = 2): Promise<readonly string[]> {
  const clock = handClock(start)
  const tape = stopAfterwards(generatedTape({ rate: 200 }))
  tape.start({ clock, log: () => {} })
  const listener = keeper(tr, keyOf(tr))
  tape.add(listener)
  const { tr: other, key } = keeper('H0STCNT0', '000660')
  // Beside one that always trades, so that what has passed is known.
  let moments = 0
  tape.add({ tr: other, key, emit: () => ++moments > 0 })
  for (let step = 0; step < steps; step++) {
    const before = moments
    clock.advance((seconds / steps) * 1_000)
    await until(() => moments > before)
  }
  tape.stop()
  return listener.frames
}

function decode(frames: readonly string[], receivedTime = mondayTen): DecodedEvent[] {
  const events: DecodedEvent[] = []
  const decoder = createDecoder()
  for (const frame of frames) decoder.decode(Buffer.from(frame), receivedTime, event => events.push(event))
  return events
}

/** The records of frames, by column. */
function rows({ tr, ...layout }: Layout, frames: readonly string[]): Readonly<Record<string, string>>[] {
  return frames.flatMap(frame => {
    const [, of, count, body = ''] = frame.split('|')
    expect(of).toBe(tr)
    const values = body.split('^')
    const width = values.length / Number(count)
    return Array.from({ length: Number(count) }, (_, i) => {
      const columns = columnsFor({ tr, ...layout }, width)
      return Object.fromEntries(columns.map(([name], at) => [name, values[i * width + at] ?? 'missing']))
    })
  })
}

const shapes: Readonly<Record<string, RegExp>> = {
  int: /^-?\d+$/,
  decimal: /^[+-]?\d+(\.\d+)?$/,
  // 12 characters in the book of overseas futures.
  time6: /^([01]\d|2[0-3])[0-5]\d[0-5]\d(\d{6})?$/,
  date8: /^20\d{6}$/,
}
/** Empty on the wire. */
const empty = /^(MRKT_TRTM_CLS_CODE|DIVI_APP_CLS_CODE|OVTM_VI_CLS_CODE)$|ENG_NAME/

describe('every channel of the market', () => {
  it.each(market.map(({ tr }) => tr))(
    '%s sends records of a known width, about the key, with sound values',
    async tr => {
      const layout = layoutOf(tr) as Layout
      const frames = await play(tr)
      expect(frames.length).toBeGreaterThan(0)
      const events = decode(frames)
      expect(events.length).toBeGreaterThan(0)
      const types = new Set(events.map(({ type }) => type))
      expect(['trade', 'order-book', 'record'].filter(type => types.has(type as DecodedEvent['type']))).toHaveLength(
        types.size,
      )
      for (const row of rows(layout, frames)) {
        expect(Object.values(row)[0]).toBe(keyOf(tr))
        expect(Object.keys(layout.widths)).toContain(`${Object.keys(row).length}`)
        for (const [name, type] of columnsFor(layout, Object.keys(row).length)) {
          if (empty.test(name)) expect(row[name], name).toBe('')
          else expect(row[name], name).toMatch(shapes[type] ?? /.+/)
        }
      }
    },
  )

  it('stays in step: the future and the index move, and a day goes on without listeners', async () => {
    const day = async (start: number) => rows(layoutOf('H0UPCNT0') as Layout, await play('H0UPCNT0', 1, start))[0]
    const [ten, eleven] = [await day(mondayTen), await day(mondayTen + 3_600_000)]
    expect(Number(eleven?.['ACML_VOL'])).toBeGreaterThan(Number(ten?.['ACML_VOL']))
    expect(eleven?.['OPRC_NMIX']).toBe(ten?.['OPRC_NMIX'])
  })
})

describe('what is said', () => {
  const captured = (tr: string) => {
    const file = new URL(`../fixtures/frames/${tr}.txt`, import.meta.url)
    return rows(layoutOf(tr) as Layout, readFileSync(file, 'utf8').trimEnd().split('\n'))
  }
  const both = async (tr: string, seconds = 3) => [
    ...captured(tr),
    ...rows(layoutOf(tr) as Layout, await play(tr, seconds)),
  ]
  const numbers = (row: Readonly<Record<string, string>>) => (name: string) => Number(row[name])

  it('by an index: open, high and low are compared with the previous close, as in the vendor’s line', async () => {
    for (const row of await both('H0UPCNT0')) {
      const at = numbers(row)
      const previousClose = at('PRPR_NMIX') - at('BSTP_NMIX_PRDY_VRSS')
      expect(at('OPRC_VRSS_NMIX_PRPR')).toBeCloseTo(at('OPRC_NMIX') - previousClose, 2)
      expect(at('HGPR_VRSS_NMIX_PRPR')).toBeCloseTo(at('NMIX_HGPR') - previousClose, 2)
      expect(at('LWPR_VRSS_NMIX_PRPR')).toBeCloseTo(at('NMIX_LWPR') - previousClose, 2)
      expect(at('PRDY_CLPR_VRSS_OPRC_RATE')).toBeCloseTo((at('OPRC_VRSS_NMIX_PRPR') / previousClose) * 100, 1)
    }
  })

  it('by a future: the price is compared with open, high and low, as in the captures', async () => {
    const body = readFileSync(new URL('../fixtures/frames/H0IFCNT0.bodies.txt', import.meta.url), 'utf8').trimEnd()
    const layout = layoutOf('H0IFCNT0') as Layout
    for (const row of rows(layout, [`0|H0IFCNT0|001|${body}`, ...(await play('H0IFCNT0'))])) {
      const at = numbers(row)
      expect(at('OPRC_VRSS_NMIX_PRPR')).toBeCloseTo(at('FUTS_PRPR') - at('FUTS_OPRC'), 2)
      expect(at('HGPR_VRSS_NMIX_PRPR')).toBeCloseTo(at('FUTS_PRPR') - at('FUTS_HGPR'), 2)
      expect(at('NTBY_CNTG_CSNU')).toBe(at('SHNU_CNTG_CSNU') - at('SELN_CNTG_CSNU'))
      expect(at('CTTR')).toBeCloseTo((at('SHNU_CNTG_SMTN') / at('SELN_CNTG_SMTN')) * 100, 1)
      expect(at('ESDG')).toBeCloseTo(at('FUTS_PRPR') - at('HTS_THPR'), 2)
      // A thousand won, of 50,000 won a point.
      expect(at('ACML_TR_PBMN') / at('ACML_VOL') / 50).toBeGreaterThan(at('FUTS_LWPR'))
      expect(at('ACML_TR_PBMN') / at('ACML_VOL') / 50).toBeLessThan(at('FUTS_HGPR'))
    }
  })

  it.each(['H0IFCNT0', 'H0MFCNT0', 'H0IOCNT0', 'H0CFCNT0', 'H0ZFCNT0', 'H0ZOCNT0', 'H0EUCNT0'])(
    'by %s: the totals chain',
    async tr => {
      const sent = rows(layoutOf(tr) as Layout, await play(tr)).map(numbers)
      expect(sent.length).toBeGreaterThan(20)
      for (const [i, at] of sent.entries()) {
        if (i > 0) expect(at('ACML_VOL')).toBe((sent[i - 1]?.('ACML_VOL') ?? 0) + at('LAST_CNQN'))
      }
    },
  )

  it('by programmes: the net is bought less sold, and of what waits bought less sold, as in the vendor’s line', async () => {
    for (const row of await both('H0STPGM0')) {
      const at = numbers(row)
      expect(at('NTBY_CNQN')).toBe(at('SHNU_CNQN') - at('SELN_CNQN'))
      expect(at('NTBY_TR_PBMN')).toBe(at('SHNU_TR_PBMN') - at('SELN_TR_PBMN'))
      expect(at('WHOL_NTBY_QTY')).toBe(at('SHNU_RSQN') - at('SELN_RSQN'))
    }
  })

  it('by programmes of an index: parts add up to the whole', async () => {
    for (const row of rows(layoutOf('H0UPPGM0') as Layout, await play('H0UPPGM0'))) {
      const at = numbers(row)
      const entm = at('ARBT_SELN_ENTM_CNQN') + at('NABT_SELN_ENTM_CNQN')
      expect(Math.abs(at('WHOL_ENTM_SELN_VOL') - entm)).toBeLessThanOrEqual(1)
      expect(Math.abs(at('TOTAL_SELN_QTY') - at('WHOL_ENTM_SELN_VOL') - at('WHOL_ONSL_SELN_VOL'))).toBeLessThanOrEqual(
        1,
      )
      expect(at('WHOL_NTBY_QTY')).toBe(at('SHNU_CNTG_SMTN') - at('TOTAL_SELN_QTY'))
      expect(at('TOTAL_SELN_QTY')).toBeLessThan(at('ACML_VOL'))
    }
  })

  it('by members: what was added since the last record, and parts of the day’s volume', async () => {
    const sent = rows(layoutOf('H0STMBC0') as Layout, await play('H0STMBC0', 45, mondayTen, 4)).map(numbers)
    expect(sent.length).toBeGreaterThan(2)
    for (const [i, at] of sent.entries()) {
      expect(at('GLOB_NTBY_QTY')).toBe(at('GLOB_TOTAL_SHNU_QTY') - at('GLOB_TOTAL_SELN_QTY'))
      const before = sent[i - 1]
      if (before === undefined) continue
      expect(at('SELN_QTY_ICDC1')).toBe(at('TOTAL_SELN_QTY1') - before('TOTAL_SELN_QTY1'))
      expect(at('TOTAL_SELN_QTY1')).toBeGreaterThan(before('TOTAL_SELN_QTY1'))
    }
  })

  it('by market operation: the issue code first and ten values, as in the captures', async () => {
    const ours = await play('H0UNMKO0', 1)
    const wire = readFileSync(new URL('../fixtures/frames/H0UNMKO0.txt', import.meta.url), 'utf8')
      .trimEnd()
      .split('\n')
    const shapeOf = (frame: string) => frame.replace(/\d{6}\^/, 'CODE^')
    expect(wire.map(shapeOf).slice(0, 1)).toEqual([shapeOf(ours[0] ?? '').replace('005930', 'CODE')])
    for (const frame of [...wire, ...ours]) {
      const [event] = decode([frame])
      expect(event).toMatchObject({ type: 'record', columns: { MKSC_SHRN_ISCD: frame.slice(15, 21), TRHT_YN: 'N' } })
    }
  })

  it('by an expected price: quantities that no trade chains, and the share’s own price', async () => {
    for (const row of await both('H0STANC0')) {
      const at = numbers(row)
      expect(at('ACML_TR_PBMN')).toBe(at('ACML_VOL') * at('STCK_PRPR'))
      expect([at('STCK_OPRC'), at('SELN_CNTG_SMTN'), at('SHNU_CNTG_SMTN')]).toEqual([0, 0, 0])
    }
  })

  it('by a night of derivatives: one day from 18:00 on, across midnight', async () => {
    const evening = Date.UTC(2026, 8, 14, 14, 59, 58)
    const sent = rows(layoutOf('H0MFCNT0') as Layout, await play('H0MFCNT0', 4, evening, 4)).map(numbers)
    expect(sent[0]?.('BSOP_HOUR')).toBeGreaterThan(235_900)
    expect(sent.at(-1)?.('BSOP_HOUR')).toBeLessThan(100)
    for (const [i, at] of sent.entries())
      if (i > 0) expect(at('ACML_VOL')).toBe((sent[i - 1]?.('ACML_VOL') ?? 0) + at('LAST_CNQN'))
  })
})

describe('every notice of an account', () => {
  it.each(notices.map(({ tr }) => tr))('%s comes while orders are sent', async tr => {
    const kis = await simulator({ noticesEveryMs: 20 })
    const client = await connect(kis)
    expect(await client.subscribe(tr, 'login-id')).toContain('SUBSCRIBE SUCCESS')
    const [frame] = await client.received(text => text.startsWith('1|'))
    expect(frame?.slice(2, 10)).toBe(tr)
  })
})
