// How `kis-stream run` ends.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startCommand } from '../support/processes/command.ts'
import { againstSimulator } from '../support/rigs/command.ts'

const hurry = { KIS_GRACE_MS: '50' }

describe('kis-stream run', () => {
  it('leaves nothing of a demonstration behind, its Redis included', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kis-run-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const ours = () => readdirSync(folder).filter(name => name.startsWith('kis-stream-'))
    const running = startCommand(['run', '--market', 'KR', '--no-dashboard'], { ...hurry, TMPDIR: folder })
    await running.printed(out => out.includes('KRX:005930'))
    const whileItRuns = ours()
    running.process.kill('SIGINT')
    expect((await running.finished).code).toBe(0)
    expect(whileItRuns).toHaveLength(1)
    expect(ours()).toEqual([])
  })

  it('leaves at once on another signal, a second or more after the first', async () => {
    const { simulator, environment } = await againstSimulator(hurry)
    const running = startCommand(['run', '--market', 'KR', '--format', 'ndjson'], {
      ...environment,
      KIS_GRACE_MS: '3600000',
    })
    await running.printed(out => out.includes('"type":"trade"'))
    running.process.kill('SIGINT')
    await running.printed((_, err) => err.includes('Stopping'))
    const askedAt = performance.now()
    const pressing = setInterval(() => running.process.kill('SIGINT'), 50)
    const { code, err } = await running.finished
    clearInterval(pressing)
    expect(code).toBe(130)
    expect(performance.now() - askedAt).toBeGreaterThan(900)
    expect(err.match(/Stopping/g)).toHaveLength(1)
    expect(simulator.stats().socketsOpened).toBe(1)
  })

  it('ends without an error when its output is closed', async () => {
    const { environment } = await againstSimulator(hurry)
    for (const output of ['ndjson', 'pretty']) {
      const running = startCommand(['run', '--market', 'KR', '--format', output], environment)
      await running.printed(out => out.length > 0)
      running.process.stdout?.destroy()
      expect((await running.finished).code).toBe(0)
    }
  })

  it('goes on when the reader of its log leaves, and ends in order', async () => {
    const { simulator, environment } = await againstSimulator(hurry)
    const folder = mkdtempSync(join(tmpdir(), 'kis-run-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const settings = { ...environment, KIS_DATA_FOLDER: folder, KIS_JOBS: 'off' }
    const running = startCommand(['run', '--market', 'KR', '--format', 'ndjson'], settings)
    await running.printed((_, err) => err.includes('"msg"'))
    running.process.stderr?.destroy()
    await running.printed(out => out.includes('"type":"trade"'))
    running.process.kill('SIGINT')
    expect((await running.finished).code).toBe(0)
    expect(simulator.stats().requests.some(({ verb }) => verb === 'unsubscribe')).toBe(true)
    expect(JSON.parse(readFileSync(join(folder, 'support.json'), 'utf8'))).toMatchObject({ moment: 'stopped' })
  })
})
