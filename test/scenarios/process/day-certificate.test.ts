// A day with losses, repairs and a restart, and the certificate of it: what was received in each minute
// against what REST says.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createQuotations } from '../../../kis/rest/quotations.ts'
import { standardCalendar } from '../../../market/calendar/calendar.ts'
import { generatedTape } from '../../../simulator/tape/generated-tape.ts'
import { startSimulator } from '../../../simulator/server.ts'
import { certify, type DayCertificate } from '../../../workers/jobs/certificate.ts'
import { writeCertificate } from '../../../workers/jobs/certificate-file.ts'
import { readDayBook } from '../../../workers/jobs/day-book-reader.ts'
import { validateGap } from '../../../workers/jobs/gap-validation.ts'
import { authorizedClient } from '../../support/rigs/quoting.ts'
import { eventually, type FeedRig, feedRig } from '../../support/rigs/feed.ts'

const date = 20260914

/**
 * A clock that goes on by a step each time a timer comes round. A machine that pauses stops it, so that no
 * second holds more trades than REST returns; and it can be made to stand still.
 */
function steppingClock(start: number) {
  let time = start
  let isStill = false
  const timer = setInterval(() => {
    if (!isStill) time += 20
  }, 10)
  onTestFinished(() => clearInterval(timer))
  return {
    now: () => time,
    skip(ms: number) {
      time += ms
    },
    stand(still: boolean) {
      isStill = still
    },
  }
}

it('a day is certified to the share: received, repaired, and what did not arrive', async () => {
  const clock = steppingClock(Date.parse('2026-09-14T10:00:00+09:00'))
  const folder = mkdtempSync(join(tmpdir(), 'kis-stream-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const tape = generatedTape({ rate: 20, seed: 5 })
  const quoting = { skippedOneOf: 0, callsPerSecond: 1_000 }
  const simulator = await startSimulator({ clock, tape, quotations: quoting, memory: { truth: 100_000 } })
  onTestFinished(() => simulator.stop())
  const client = await authorizedClient(simulator.restUrl, { clock })
  const quotations = createQuotations(client, clock)
  const deps = { quotations, clock, calendar: standardCalendar }
  const instruments = ['KRX:005930', 'NXT:005930'] as const
  const options = { clock, instruments: [...instruments], running: simulator, dataFolder: folder }
  // Made two minutes after the market stood still: it goes on without a subscriber, and REST would have more.
  const later = { now: () => clock.now() + 120_000 }
  const quotationsLater = createQuotations(client, later)
  const certificateLater = () =>
    certify(date, {
      ...deps,
      clock: later,
      quotations: quotationsLater,
      readBook: wanted => readDayBook(folder, wanted),
      write: certificate => writeCertificate(folder, certificate),
    })

  /**
   * What is on its way when a line is closed is lost: the market stands still, all of it arrives,
   * then the line goes.
   */
  async function close(rig: FeedRig): Promise<void> {
    clock.stand(true)
    const emitted = (name: string) => simulator.truth(name.startsWith('KRX') ? 'H0STCNT0' : 'H0NXCNT0', '005930').at(-1)
    const received = (name: string) => rig.of('trade').findLast(({ instrument }) => instrument === name)
    await eventually(() =>
      instruments.every(name => received(name)?.cumulativeVolume === emitted(name)?.cumulativeVolume),
    )
    await rig.feed.stop()
  }

  // A morning in which a few records are lost, and all of them repaired.
  const morning = await feedRig(options)
  await Promise.all(instruments.map(name => morning.until('trade', ({ instrument }) => instrument === name)))
  const fault = simulator.inject({ kind: 'lose', probability: 0.3 })
  const gapsOf = (name: string) => morning.of('gap').filter(({ instrument }) => instrument === name).length
  await eventually(() => instruments.every(name => gapsOf(name) >= 2))
  fault.clear()
  // A trade behind the last one lost tells that it is missing.
  const lastLost = Math.max(...simulator.withheld().map(({ time }) => time))
  await Promise.all(
    instruments.map(name =>
      morning.until('trade', ({ instrument, eventTime }) => instrument === name && Number(eventTime) > lastLost),
    ),
  )
  for (const gap of morning.feed.status().openGaps) morning.internals.repair(await validateGap(gap, deps))
  expect(morning.feed.status().openGaps).toEqual([])
  clock.skip(60_000)
  // The minute in which counting began is not whole; the ones after it are.
  const received = morning.of('trade').length
  await eventually(() => morning.of('trade').length > received + 20)
  await close(morning)

  const repaired = await certificateLater()
  const lost = simulator.withheld().reduce((sum, { volume = 0 }) => sum + volume, 0)
  expect(repaired.instruments.map(({ instrument, verdict }) => [instrument, verdict])).toEqual(
    instruments.map(name => [name, 'repaired']),
  )
  expect(repaired.instruments.reduce((sum, { repairedVolume }) => sum + repairedVolume, 0)).toBe(lost)
  expect(repaired.instruments.every(one => one.minutesCompared > 0 && one.unknownVolume === 0)).toBe(true)

  // A restart: what was traded meanwhile is missing, and REST is not asked about it.
  clock.skip(120_000)
  clock.stand(false)
  const afternoon = await feedRig(options)
  const gaps = await Promise.all(instruments.map(name => afternoon.until('gap', gap => gap.instrument === name)))
  await close(afternoon)
  const incomplete = await certificateLater()

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
})
