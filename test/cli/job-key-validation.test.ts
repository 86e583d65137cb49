import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { jsonLinesOf, runCommand } from '../support/processes/command.ts'
import { patient } from '../support/rigs/command.ts'
import { temporaryFolder } from '../support/servers/redis.ts'

describe('kis-stream job key-validation', () => {
  it.each([
    ['2026-11-24T16:45:00+09:00', { allowed: false, reason: 'Market is Open', next: '2026-11-24T20:00:00.000+09:00' }],
    [
      '2026-11-28T12:00:00+09:00',
      { allowed: false, reason: 'Outside the allowed windows', next: '2026-11-28T17:00:00.000+09:00' },
    ],
    ['2026-11-24T20:30:00+09:00', { allowed: true, reason: null, next: '2026-11-24T20:30:00.000+09:00' }],
  ])('answers about %s in one line, without keys and without Redis', patient, async (time, answer) => {
    const nowhere = { REDIS_URL: 'redis://127.0.0.1:1' }
    const { code, out } = await runCommand(['job', 'key-validation', '--dry-run', '--at', time], nowhere)
    expect(code).toBe(0)
    expect(jsonLinesOf(out)).toEqual([answer])
  })

  it('counts Nextrade where it is configured', patient, async () => {
    const time = '2026-08-13T17:30:00+09:00'
    const { out } = await runCommand(['job', 'key-validation', '--at', time], { KIS_INSTRUMENTS: 'NXT:005930' })
    expect(jsonLinesOf(out)).toEqual([
      { allowed: false, reason: 'Market is Open', next: '2026-08-13T20:00:00.000+09:00' },
    ])
  })

  it('heeds the days that the user knows better', patient, async () => {
    const time = '2026-11-24T17:30:00+09:00'
    const file = join(temporaryFolder(), 'calendar.json')
    writeFileSync(file, JSON.stringify({ holidays: { KR: [20261124] } }))
    const { out } = await runCommand(['job', 'key-validation', '--at', time], { KIS_CALENDAR: file })
    expect(jsonLinesOf(out)).toEqual([{ allowed: true, reason: null, next: '2026-11-24T17:30:00.000+09:00' }])
  })
})
