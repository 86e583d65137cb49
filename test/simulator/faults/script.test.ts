import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { faultKinds, forms } from '../../../simulator/faults/form.ts'
import { faultHelp, readFaultScript } from '../../../simulator/faults/script.ts'
import type { Fault } from '../../../simulator/faults/faults.ts'
import { simulator, until } from '../support.ts'
import { story } from './support.ts'

describe('a fault on the command line', () => {
  it.each<[string, number, Fault]>([
    ['cut', 0, { kind: 'cut' }],
    ['cut@5s', 5_000, { kind: 'cut' }],
    ['cut:2@1.5m', 90_000, { kind: 'cut', session: 2 }],
    ['half-open@10m', 600_000, { kind: 'half-open' }],
    ['mute-session+500ms', 0, { kind: 'mute-session', forMs: 500 }],
    ['mute-symbol:005930@10s+30s', 10_000, { kind: 'mute-symbol', key: '005930', forMs: 30_000 }],
    ['mute-symbol:NYS_BRK.B,tr=HDFSCNT0', 0, { kind: 'mute-symbol', key: 'NYS_BRK.B', tr: 'HDFSCNT0' }],
    ['refuse:OPSP0008,key=000660,count=1', 0, { kind: 'refuse', code: 'OPSP0008', key: '000660', count: 1 }],
    ['occupied+2h', 0, { kind: 'occupied', forMs: 7_200_000 }],
    ['ghosts', 0, { kind: 'ghosts' }],
    [
      'ghosts:60s,delivering=no,occupiedMs=45s',
      0,
      { kind: 'ghosts', rememberMs: 60_000, delivering: false, occupiedMs: 45_000 },
    ],
    ['cut:appKey=#2@5s', 5_000, { kind: 'cut', appKey: '#2' }],
    ['occupied:appKey=PSabc123+5s', 0, { kind: 'occupied', appKey: 'PSabc123', forMs: 5_000 }],
    ['late-acks:2s', 0, { kind: 'late-acks', byMs: 2_000 }],
    ['lost-acks:3', 0, { kind: 'lost-acks', count: 3 }],
    ['lose:10%', 0, { kind: 'lose', probability: 0.1 }],
    ['lose:7,key=005930', 0, { kind: 'lose', records: 7, key: '005930' }],
    ['lose:0.5%,records=7', 0, { kind: 'lose', records: 7, probability: 0.005 }],
    ['duplicate:10%,where=between', 0, { kind: 'duplicate', probability: 0.1, where: 'between' }],
    ['reorder:100%', 0, { kind: 'reorder', probability: 1 }],
    ['new-column:2,tr=H0STCNT0@1s', 1_000, { kind: 'new-column', extra: 2, tr: 'H0STCNT0' }],
    ['rubbish', 0, { kind: 'rubbish' }],
    ['rubbish:0|a,b=c:d@home@2s', 2_000, { kind: 'rubbish', texts: ['0|a,b=c:d@home'] }],
    ['expire-approval-keys@1h', 3_600_000, { kind: 'expire-approval-keys' }],
    [
      'rest-500:/oauth2/Approval,code=EGW00201,count=2',
      0,
      { kind: 'rest-500', path: '/oauth2/Approval', code: 'EGW00201', count: 2 },
    ],
    ['rest-slow:5s,path=/oauth2/tokenP', 0, { kind: 'rest-slow', byMs: 5_000, path: '/oauth2/tokenP' }],
    ['refuse-handshake:3,status=502', 0, { kind: 'refuse-handshake', count: 3, status: 502 }],
    ['slow-close:5s+1m', 0, { kind: 'slow-close', byMs: 5_000, forMs: 60_000 }],
  ])('%s', (text, atMs, fault) => {
    expect(readFaultScript([text])).toEqual({ faults: [{ fault, atMs }], mistakes: [] })
  })

  it('may be one of many, and every mistake in any of them is reported', () => {
    const { faults, mistakes } = readFaultScript([
      'cut@soon+5s',
      'lose:10%',
      'lose',
      'lose:110%',
      'mute-symbol:a b,for=3',
      'explode',
      'occupied:5s',
    ])
    expect(faults).toHaveLength(1)
    expect(mistakes).toEqual([
      "'cut@soon+5s': @soon: expected a time as 500ms, 30s, 5m or 1h",
      "'cut@soon+5s': cut is over at once, so +5s says nothing",
      "'lose': lose needs probability or records",
      "'lose:110%': '110%': expected more than 0% and at most 100%, as 10%, or a whole number from 1 to 1000000",
      "'mute-symbol:a b,for=3': 'a b': expected a key of 1 to 40 letters and digits, as 005930 or DNASAAPL",
      "'mute-symbol:a b,for=3': 'for=3': mute-symbol takes key, tr, forMs, appKey",
      expect.stringContaining("'explode': no fault is called 'explode'; expected one of cut, half-open"),
      "'occupied:5s': '5s': occupied takes forMs, appKey",
    ])
  })

  it('has no app key in its mistakes', () => {
    const { mistakes } = readFaultScript([
      'cut:appKey=PSplanted!',
      'lose:appKey=PSplanted,probability=2',
      'cut:2,appKey=PSplanted@soon',
    ])
    expect(mistakes).toHaveLength(3)
    expect(mistakes.join('\n')).not.toContain('planted')
  })

  it('is never more than a mistake, whatever it is', () => {
    const near = fc
      .tuple(fc.constantFrom(...faultKinds), fc.string({ maxLength: 30 }))
      .map(([kind, rest]) => `${kind}:${rest}`)
    fc.assert(
      fc.property(fc.oneof(near, fc.string()), text => {
        const { faults, mistakes } = readFaultScript([text])
        expect(faults.length + Math.min(1, mistakes.length)).toBe(1)
      }),
      { numRuns: 2_000 },
    )
  })

  it('is in the help, every kind of it, with an example that can be read', () => {
    for (const kind of faultKinds) {
      expect(faultHelp).toContain(forms[kind].example)
      expect(readFaultScript([`${forms[kind].example}@5s`])).toMatchObject({
        faults: [{ fault: { kind } }],
        mistakes: [],
      })
    }
  })
})

describe('a simulator that is started with faults', () => {
  it('begins them when their time has come', async () => {
    const { client, clock, kis } = await story({
      faults: [
        { fault: { kind: 'lose', records: 1, forMs: 1_000 }, atMs: 4_000 },
        { fault: { kind: 'cut' }, atMs: 5_000 },
      ],
    })
    expect(kis.faults()).toEqual([])
    clock.advance(4_000)
    await until(() => kis.faults().length === 1)
    clock.advance(1_000)
    expect(await client.closed).toBe(1006)
    expect(
      kis.faults().map(({ began, fault, state }) => [fault.kind, state, began - Date.UTC(2026, 8, 14, 1)]),
    ).toEqual([
      ['lose', 'over', 4_000],
      ['cut', 'over', 5_000],
    ])
  })

  it('begins those without a time at once', async () => {
    const kis = await simulator({ faults: readFaultScript(['refuse-handshake']).faults })
    expect(kis.faults()).toMatchObject([{ id: 1, state: 'in-force' }])
  })

  it('does not start with what is no fault', async () => {
    const faults = [{ fault: { kind: 'lose' } as Fault, atMs: 1_000 }]
    await expect(simulator({ faults })).rejects.toThrow('no fault: lose needs probability or records')
  })
})
