// A day with losses, repairs and a restart, and the certificate of it: what was received in each minute against what REST says.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createQuotations } from '../../kis/quotations.ts'
import { standardCalendar } from '../../market/calendar.ts'
import { systemClock } from '../../market/clock.ts'
import { generatedTape } from '../../simulator/generated-tape.ts'
import { startSimulator } from '../../simulator/server.ts'
import { certify, type DayCertificate } from '../../workers/certificate.ts'
import { writeCertificate } from '../../workers/certificate-file.ts'
import { readDayBook } from '../../workers/day-book.ts'
import { validateGap } from '../../workers/gap-validation.ts'
import { authorizedClient } from '../support/quoting.ts'
import { eventually, feedRig } from '../support/feed-rig.ts'

const date = 20260914
const start = Date.parse('2026-09-14T10:00:00+09:00') - systemClock.now()

it('a day is certified to the share: received, repaired, and what nobody heard', async () => {
  let skippedMs = 0
  const clock = { now: () => systemClock.now() + start + skippedMs }
  const folder = mkdtempSync(join(tmpdir(), 'kis-stream-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const tape = generatedTape({ rate: 24, seed: 5 })
  const simulator = await startSimulator({ clock, tape, quotations: { skippedOneOf: 0, callsPerSecond: 1_000 } })
  onTestFinished(() => simulator.stop())
  const quotations = createQuotations(await authorizedClient(simulator.restUrl, { clock }), clock)
  const deps = { quotations, clock, calendar: standardCalendar }
  const instruments = ['KRX:005930', 'NXT:005930'] as const
  const options = { clock, instruments: [...instruments], running: simulator, dataFolder: folder }
  const certificateNow = () =>
    certify(date, {
      ...deps,
      readBook: wanted => readDayBook(folder, wanted),
      write: certificate => writeCertificate(folder, certificate),
    })

  // A morning in which a few records are lost, and all of them repaired.
  const morning = await feedRig(options)
  await Promise.all(instruments.map(name => morning.until('trade', ({ instrument }) => instrument === name)))
  const fault = simulator.inject({ kind: 'lose', probability: 0.2 })
  await eventually(() => morning.of('gap').length >= 6)
  fault.clear()
  for (const gap of morning.feed.openGaps()) morning.feed.repair(await validateGap(gap, deps))
  expect(morning.feed.openGaps()).toEqual([])
  skippedMs += 60_000
  // The minute in which counting began is not whole; the ones after it are.
  const heard = morning.of('trade').length
  await eventually(() => morning.of('trade').length > heard + 20)
  await morning.feed.stop()

  skippedMs += 120_000
  const repaired = await certificateNow()
  const lost = simulator.withheld().reduce((sum, { volume = 0 }) => sum + volume, 0)
  expect(repaired.instruments.map(({ instrument, verdict }) => [instrument, verdict])).toEqual(
    instruments.map(name => [name, 'repaired']),
  )
  expect(repaired.instruments.reduce((sum, { repairedVolume }) => sum + repairedVolume, 0)).toBe(lost)
  expect(repaired.instruments.every(one => one.minutesCompared > 0 && one.unknownVolume === 0)).toBe(true)

  // A restart: what was traded meanwhile is missing, and nobody asks REST about it.
  const afternoon = await feedRig(options)
  const gaps = await Promise.all(instruments.map(name => afternoon.until('gap', gap => gap.instrument === name)))
  await afternoon.feed.stop()
  skippedMs += 120_000
  const incomplete = await certificateNow()

  for (const gap of gaps) {
    const one = incomplete.instruments.find(({ instrument }) => instrument === gap.instrument)
    expect(one).toMatchObject({ verdict: 'incomplete', unknownVolume: gap.missingVolume })
    expect(one?.unknown).toEqual([expect.objectContaining({ volume: gap.missingVolume })])
    // REST has every share of it, in the minutes in which it was traded.
    expect(one?.missingByRest).toBe(gap.missingVolume)
  }
  const kept = JSON.parse(readFileSync(join(folder, 'certificates', '2026-09-14.json'), 'utf8')) as DayCertificate
  expect(kept).toEqual(incomplete)
  const table = readFileSync(join(folder, 'certificates', '2026-09-14.txt'), 'utf8')
  expect(table).toMatch(/^Day certificate 2026-09-14/)
  for (const name of instruments) expect(table).toMatch(new RegExp(`^${name} +incomplete `, 'm'))
}, 60_000)
