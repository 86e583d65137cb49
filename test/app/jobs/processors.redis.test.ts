// The certificate job of the table of processors, against a simulator: beside the certificate, its result has
// the differences between our calendar and KIS's.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createAccess } from '../../../app/jobs/shared-access.ts'
import { silentLogger } from '../../../app/observe/log.ts'
import { createProcessors } from '../../../app/jobs/processors.ts'
import { ownerOf } from '../../../app/settings/lines.ts'
import { readSettings } from '../../../app/settings/settings.ts'
import { dayBookFile, dayBookFolder } from '../../../market/day-book.ts'
import { createCalendar } from '../../../market/calendar/calendar.ts'
import { startSimulator } from '../../../simulator/server.ts'
import { prefixOf } from '../../../workers/redis/scope.ts'
import { planted, silentMarket } from '../../support/rigs/feed.ts'
import { connected, redisRig, temporaryFolder } from '../../support/servers/redis.ts'

const clock = { now: () => Date.parse('2026-10-12T20:30:00+09:00') }

it.each([
  ['prod', ['20261014: KIS has the Korean market open, our calendar has it closed']],
  ['paper', undefined],
] as const)(
  'a certificate comes with the differences between the calendars, where KIS tells: %s',
  async (environment, differences) => {
    const kis = await startSimulator({ clock, tape: silentMarket() })
    onTestFinished(() => kis.stop())
    const redis = await connected(await redisRig('the embedded server'))
    const settings = readSettings({
      ...planted,
      environment,
      restUrl: kis.restUrl,
      socketUrl: kis.wsUrl,
      instruments: ['KRX:005930'],
      calendarChanges: { holidays: { KR: [20261014] } },
    })
    const dataFolder = temporaryFolder()
    const said: object[] = []
    const log = { ...silentLogger, warn: (facts: object) => void said.push(facts) }
    const access = createAccess({ settings, line: settings.lines[0], redis, clock, log, onSecret: () => {} })
    onTestFinished(() => access.close())
    const calendar = createCalendar(settings.calendarChanges)
    const shared = { redis, prefix: prefixOf(ownerOf(settings)) }
    const processors = createProcessors({
      settings,
      access,
      clock,
      calendar,
      log,
      shared,
      dataFolder,
    })
    // A day on which a feed ran and nothing was traded.
    mkdirSync(join(dataFolder, dayBookFolder))
    writeFileSync(join(dataFolder, dayBookFolder, dayBookFile(20261012)), '')
    const context = { progress() {}, signal: new AbortController().signal }
    const certificate = await processors.certificate?.({ date: 20261012 }, context)
    expect(certificate).toMatchObject({ date: 20261012, instruments: [] })
    expect(certificate?.calendarDifferences).toEqual(differences)
    expect(said).toEqual((differences ?? []).map(difference => ({ difference })))
  },
)
