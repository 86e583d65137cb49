import { describe, expect, it } from 'vitest'
import { runCommand, startCommand } from '../support/command.ts'

describe('kis-stream simulate --fault', () => {
  it('makes the trouble it is told to, says so, and takes more over HTTP', async () => {
    const simulating = startCommand(['simulate', '--port', '0', '--fault', 'occupied', '--fault', 'lose:10%+1h'])
    let printed = ''
    await simulating.printed(out => (printed = out).includes('/simulator/withheld'))
    const faults = /\S+\/simulator\/faults/.exec(printed)?.[0] ?? ''
    const response = await fetch(faults, { method: 'POST', body: '{"kind":"cut"}' })
    expect(response.status).toBe(201)
    const { faults: listed } = (await (await fetch(faults)).json()) as { faults: object[] }
    expect(listed).toMatchObject([
      { fault: { kind: 'occupied' }, state: 'in-force' },
      { fault: { kind: 'lose', probability: 0.1, forMs: 3_600_000 }, state: 'in-force' },
      { fault: { kind: 'cut' }, state: 'over' },
    ])
    simulating.process.kill('SIGINT')
    const { code, err } = await simulating.finished
    expect(code).toBe(0)
    expect(err).toMatch(/fault 1 occupied: begins\n(.*\n)*fault 3 cut: over/)
  })

  it('lists every mistake in its faults beside those in its other flags', async () => {
    const flags = ['--port', 'x', '--fault', 'cut@soon', '--fault', 'lose', '--fault', 'explode']
    const { code, err } = await runCommand(['simulate', ...flags])
    expect(code).toBe(2)
    expect(err).toMatch(/4 mistakes/)
    expect(err).toMatch(/--port/)
    expect(err).toMatch(/--fault 'cut@soon': @soon: expected a time.*\n.*--fault 'lose': lose needs.*\n.*'explode'/)
  })

  it('wants to know which fault', async () => {
    const { code, err } = await runCommand(['simulate', '--fault'])
    expect(code).toBe(2)
    expect(err).toContain('--fault needs a fault, as cut@30s')
  })

  it('is explained in the help, kind by kind', async () => {
    const { code, out } = await runCommand(['simulate', '--help'])
    expect(code).toBe(0)
    expect(out).toContain('mute-symbol:005930')
    expect(out).toContain('@TIME')
  })
})
