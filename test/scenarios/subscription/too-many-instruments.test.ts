// A data folder that knows more instruments than are kept: the feed forgets those that traded longest ago,
// and says so.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { lastSeenFile } from '../../../app/persistence/last-seen.ts'
import type { Logger } from '../../../app/observe/log.ts'
import { clockStartingAt } from '../../../market/clock.ts'
import { feedRig, silentMarket } from '../../support/rigs/feed.ts'
import { tradeFrame } from '../../support/wire/frames.ts'

it('says so once, in the stream, the log and the counters', async () => {
  const clock = clockStartingAt(Date.parse('2026-06-08T10:00:00+09:00'))
  const dataFolder = mkdtempSync(join(tmpdir(), 'kis-stream-'))
  onTestFinished(() => rmSync(dataFolder, { recursive: true, force: true }))
  const first = await feedRig({ dataFolder, clock, simulator: { clock, tape: silentMarket() } })
  await first.until('subscription', ({ status }) => status === 'active')
  first.simulator.send(String(tradeFrame('100000', '70000', 5, 105)))
  await first.until('trade')
  await first.feed.stop()

  const file = join(dataFolder, lastSeenFile)
  const saved = JSON.parse(readFileSync(file, 'utf8')) as { instruments: Record<string, { eventTime: number }[]> }
  const [count] = saved.instruments['KRX:005930'] ?? []
  if (count === undefined) throw new Error('the first feed kept nothing')
  for (let index = 0; index < 1_000; index++) {
    saved.instruments[`KRX:${100_000 + index}`] = [{ ...count, eventTime: count.eventTime - 1_000 - index }]
  }
  writeFileSync(file, JSON.stringify(saved))

  const logged: string[] = []
  const ignore = () => {}
  const log: Logger = { debug: ignore, info: ignore, error: ignore, warn: (_facts, text) => void logged.push(text) }
  const second = await feedRig({ dataFolder, clock, running: first.simulator, log })
  const event = await second.until('instruments-forgotten')
  expect(event).toMatchObject({ of: 'last-seen', most: 1_000 })
  await second.until('subscription', ({ status }) => status === 'active')
  // The newest of them is still followed.
  first.simulator.send(String(tradeFrame('100001', '70000', 5, 120)))
  expect(await second.until('gap')).toMatchObject({ instrument: 'KRX:005930', cause: 'restart', missingVolume: 10 })
  expect(second.of('instruments-forgotten')).toHaveLength(1)
  expect(second.feed.status().counts.events['instruments-forgotten']).toBe(1)
  expect(logged.filter(text => text.includes('more than 1000 instruments'))).toHaveLength(1)
})
