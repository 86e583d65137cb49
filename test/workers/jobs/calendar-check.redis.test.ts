import { describe, expect, it, onTestFinished } from 'vitest'
import { calendarDays } from '../../../kis/rest/calendar-check.ts'
import { createCalendar } from '../../../market/calendar/calendar.ts'
import { startSimulator } from '../../../simulator/server.ts'
import { calendarDifferences } from '../../../workers/jobs/calendar-check.ts'
import { authorizedClient } from '../../support/rigs/quoting.ts'
import { silentMarket } from '../../support/rigs/feed.ts'
import { connected, isMissing, redisKinds, redisRig } from '../../support/servers/redis.ts'

const clock = { now: () => Date.parse('2026-10-12T10:00:00+09:00') }

describe.each(redisKinds)('our calendar against KIS, kept in %s', kind => {
  it.skipIf(isMissing(kind))('is compared once a day, and every caller gets every difference', async () => {
    const kis = await startSimulator({ clock, tape: silentMarket() })
    onTestFinished(() => kis.stop())
    const client = await authorizedClient(kis.restUrl)
    const redis = await connected(await redisRig(kind))
    const ask = (from: number) => calendarDays(client, from, 1)
    const ours = createCalendar({ holidays: { KR: [20261014] }, openDays: { KR: [20261017] } })
    const differences = [
      '20261014: KIS has the Korean market open, our calendar has it closed',
      '20261017: KIS has the Korean market closed, our calendar has it open',
    ]
    const deps = { redis, prefix: 'test', clock, calendar: ours, ask }
    expect(await calendarDifferences(deps)).toEqual(differences)
    expect(await calendarDifferences(deps)).toEqual(differences)
    expect(await calendarDifferences({ ...deps, calendar: createCalendar() })).toEqual([])
    expect(kis.stats().quotationsAnswered).toBe(1)

    const tomorrow = { now: () => clock.now() + 86_400_000 }
    expect(await calendarDifferences({ ...deps, clock: tomorrow })).toEqual(differences)
    expect(kis.stats().quotationsAnswered).toBe(2)
  })

  it.skipIf(isMissing(kind))('is not asked about again that day when KIS gave no answer', async () => {
    const redis = await connected(await redisRig(kind))
    let asked = 0
    const ask = async () => {
      asked++
      throw new Error('KIS is away')
    }
    const deps = { redis, prefix: 'test', clock, calendar: createCalendar(), ask }
    await expect(calendarDifferences(deps)).rejects.toThrow('KIS is away')
    expect(await calendarDifferences(deps)).toBeUndefined()
    expect(asked).toBe(1)
  })
})
