import { describe, expect, it } from 'vitest'
import type { Fault } from '../../../simulator/faults/faults.ts'
import { frame, story, trades } from './support.ts'
import { connect, mondayTen, until } from '../support.ts'

const [a = '', b = '', c = ''] = trades

describe('injecting', () => {
  it('throws, with everything that is wrong, what is no fault', async () => {
    const { kis } = await story()
    const fault = { kind: 'lose', probability: 0, tr: 'X' } as Fault
    expect(() => kis.inject(fault)).toThrow(/no fault: lose: probability 0: .*; lose: tr "X": /)
    expect(kis.faults()).toEqual([])
  })

  it('numbers the faults and says what each did', async () => {
    const { clock, kis, play } = await story()
    const lose = kis.inject({ kind: 'lose', probability: 1, forMs: 2_000 })
    clock.advance(1_000)
    const muted = kis.inject({ kind: 'mute-symbol', key: '000660' })
    play(frame([a]))
    muted.clear()
    clock.advance(1_000)
    await until(() => lose.report().state === 'over')
    expect(kis.faults()).toMatchObject([
      { id: 1, fault: lose.fault, state: 'over', began: mondayTen, ended: mondayTen + 2_000, acted: 1 },
      { id: 2, fault: muted.fault, state: 'over', began: mondayTen + 1_000, ended: mondayTen + 1_000, acted: 0 },
    ])
    expect(kis.faults()[0]?.withheld).toHaveLength(1)
  })

  it('may be cleared twice, which ends a fault once', async () => {
    const { kis, lines } = await story()
    const fault = kis.inject({ kind: 'occupied', forMs: 1_000 })
    fault.clear()
    fault.clear()
    expect(lines.filter(line => line.startsWith('fault'))).toEqual([
      'fault 1 occupied: begins: forMs 1000',
      'fault 1 occupied: over, cleared',
    ])
  })

  it('stops at a hundred in force, and remembers a thousand that are over', async () => {
    const { kis } = await story()
    const first = kis.inject({ kind: 'occupied' })
    for (let i = 0; i < 1_500; i++) kis.inject({ kind: 'expire-approval-keys' })
    expect(kis.faults()).toHaveLength(1_000)
    expect(kis.faults()[0]?.id).toBe(1)
    for (let i = 1; i < 100; i++) kis.inject({ kind: 'occupied' })
    expect(() => kis.inject({ kind: 'occupied' })).toThrow('100 faults are in force: clear some first')
    first.clear()
    kis.inject({ kind: 'occupied' })
  })

  it('leaves no timers behind when the simulator stops', async () => {
    const timers = () => process.getActiveResourcesInfo().filter(name => name === 'Timeout').length
    const before = timers()
    const { kis } = await story()
    kis.inject({ kind: 'occupied', forMs: 60_000 })
    expect(timers()).toBeGreaterThan(before)
    await kis.stop()
    expect(timers()).toBeLessThanOrEqual(before)
  })
})

describe('the log of a fault', () => {
  it('says exactly what was withheld: each record in one line, and all of them at the end', async () => {
    const { client, clock, kis, lines, play } = await story()
    await client.subscribe('H0STCNT0', '000660')
    const fault = kis.inject({ kind: 'mute-session' })
    const volumeOf = (...records: string[]) => records.reduce((sum, record) => sum + Number(record.split('^')[12]), 0)
    play(frame([a, b]))
    // Within the second: said with what comes next.
    play(frame([c]))
    clock.advance(1_000)
    play(frame([a]), frame([trades[3]?.replace('005930', '000660') ?? '']))
    fault.clear()
    expect(lines.filter(line => line.startsWith('fault'))).toEqual([
      'fault 1 mute-session: begins',
      'fault 1 mute-session: session 1: mute, 3 registrations in it',
      `fault 1 mute-session: 2 × H0STCNT0 005930 withheld from session 1, volume ${volumeOf(a, b)}`,
      `fault 1 mute-session: 2 × H0STCNT0 005930 withheld from session 1, volume ${volumeOf(c, a)}`,
      `fault 1 mute-session: 1 × H0STCNT0 000660 withheld from session 1, volume ${volumeOf(trades[3] ?? '')}`,
      `fault 1 mute-session: over, cleared; withheld in all: H0STCNT0 005930 4 records of volume ${volumeOf(a, b, c, a)}, H0STCNT0 000660 1 records of volume ${volumeOf(trades[3] ?? '')}`,
    ])
  })

  it('names no approval key, app key or login id', async () => {
    const { client, kis, lines } = await story()
    await client.subscribe('H0STCNI0', 'login-id')
    kis.inject({ kind: 'ghosts', delivering: false, occupiedMs: 1 })
    kis.inject({ kind: 'lost-acks', key: 'login-id', tr: 'H0STCNI0' })
    kis.inject({ kind: 'refuse', code: 'OPSP0011', key: 'login-id', tr: 'H0STCNI0', count: 1 })
    client.send(client.texts[0] ?? '')
    kis.cut()
    await until(() => kis.sessions().length === 0)
    const next = await connect(kis)
    await next.subscribe('H0STCNT0', '005930')
    await kis.stop()
    expect(lines.join('\n')).toContain('[redacted]')
    for (const secret of ['login-id', 'app-key-1']) expect(lines.join('\n')).not.toContain(secret)
  })
})
