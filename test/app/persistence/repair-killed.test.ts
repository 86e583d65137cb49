// A process is killed right after it delivered a repair. The next process does not deliver it again, although
// the last seen state is saved only once a second.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import type { Backfill, Gap } from '../../../market/events.ts'
import type { GapFinding } from '../../../market/gap-finding.ts'
import { clockStartingAt } from '../../../market/clock.ts'
import { generatedTape } from '../../../simulator/tape/generated-tape.ts'
import { startSimulator } from '../../../simulator/server.ts'
import { temporaryFolder } from '../../support/servers/redis.ts'
import { bundledProgram } from '../../support/processes/bundled.ts'

type Said = { readonly gap?: Gap; readonly finding?: GapFinding; readonly backfill?: Backfill; readonly done?: true }

const program = bundledProgram(fileURLToPath(new URL('./repair-child.ts', import.meta.url)))

function startChild(...words: readonly string[]) {
  const child = spawn(process.execPath, [program, ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const said: Said[] = []
  createInterface({ input: child.stdout }).on('line', line => said.push(JSON.parse(line) as Said))
  return {
    child,
    said,
    async until(holds: (one: Said) => boolean): Promise<void> {
      while (!said.some(holds)) await once(child.stdout, 'data')
    },
  }
}

it('a repair is not delivered again by the process that follows one that was killed', async () => {
  const clock = clockStartingAt(Date.parse('2026-09-14T10:00:00+09:00'))
  const simulator = await startSimulator({ clock, tape: generatedTape({ rate: 200, seed: 5 }) })
  onTestFinished(() => simulator.stop())
  const place = [temporaryFolder(), simulator.restUrl, simulator.wsUrl, String(clock.now())]

  const first = startChild(...place, 'deadly')
  await first.until(() => true)
  const fault = simulator.inject({ kind: 'lose', probability: 0.2 })
  const [, signal] = (await once(first.child, 'close')) as [number | null, string | null]
  fault.clear()
  const repaired = first.said.flatMap(({ backfill }) => backfill ?? [])
  expect(signal).toBe('SIGKILL')
  expect(repaired).toHaveLength(1)

  // The same finding again: a queue that does not know of its delivery still has it.
  const finding = first.said.find(({ finding: one }) => one?.question.fromVolume === repaired[0]?.fromVolume)?.finding
  const second = startChild(...place, 'careful', JSON.stringify(finding))
  await second.until(({ done }) => done === true)
  expect(second.said.filter(({ backfill }) => backfill !== undefined)).toEqual([])
  // What was missed between the two processes begins after the repair, and after every trade up to it.
  const missed = second.said.flatMap(({ gap }) => gap ?? [])
  expect(missed.map(({ cause }) => cause)).toContain('restart')
  for (const gap of missed) expect(gap.fromVolume).toBeGreaterThanOrEqual(repaired[0]?.toVolume ?? Number.NaN)
})
