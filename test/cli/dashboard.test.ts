import { describe, expect, it } from 'vitest'
import { dashboardSettings } from '../../cli/dashboard.ts'
import { runCommand, saidIn, startCommand } from '../support/processes/command.ts'

const hurry = { KIS_GRACE_MS: '50', KIS_DASHBOARD: 'on', KIS_DASHBOARD_PORT: '0' }

/** Where the command says its dashboard is. */
function addressIn(err: string): string {
  return /^Dashboard: (http:\S+)/m.exec(saidIn(err))?.[1] ?? ''
}

describe('kis-stream run', () => {
  it('prints where its dashboard is, on standard error, and serves it until it ends', async () => {
    const running = startCommand(['run', '--market', 'KR', '--format', 'ndjson'], hurry)
    let url = ''
    await running.printed((out, err) => (url = addressIn(err)) !== '' && out.includes('"type":"trade"'))
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/)
    expect(await (await fetch(url)).text()).toContain('<title>kis-stream</title>')
    expect(await (await fetch(`${url}status`)).json()).toMatchObject({ verdicts: [{ market: 'KR' }] })
    expect(await (await fetch(`${url}metrics`)).text()).toContain('# EOF')
    expect(await (await fetch(`${url}health`)).json()).toHaveProperty('ready')
    running.process.kill('SIGINT')
    const { code, out } = await running.finished
    expect(code).toBe(0)
    expect(out).not.toContain('Dashboard')
    await expect(fetch(url)).rejects.toThrow()
  })

  it('says where the machines can be watched when asked to', async () => {
    const running = startCommand(['run', '--market', 'KR', '--inspect'], hurry)
    await running.printed((_, err) => /inspector: http:\/\/127\.0\.0\.1:\d+\/stately/.test(err))
    running.process.kill('SIGINT')
    expect((await running.finished).code).toBe(0)
  })

  it('names no place for the hosted inspector where others could reach it', async () => {
    const token = { KIS_DASHBOARD_TOKEN: 'sixteen-or-more-characters' }
    const flags = ['--market', 'KR', '--inspect', '--dashboard-host', '0.0.0.0']
    const running = startCommand(['run', ...flags], { ...hurry, ...token })
    await running.printed((_, err) =>
      /^Machines are recorded for the inspector on http:\/\/0\.0\.0\.0/m.test(saidIn(err)),
    )
    running.process.kill('SIGINT')
    const { code, err } = await running.finished
    expect(code).toBe(0)
    expect(err).not.toContain('/stately')
    expect(err).not.toContain(token.KIS_DASHBOARD_TOKEN)
  })

  it.each([
    [['--no-dashboard'], {}],
    [[], { KIS_DASHBOARD: 'off' }],
  ])('has none with %j %j', async (flags, environment) => {
    const running = startCommand(['run', '--market', 'KR', '--format', 'ndjson', ...flags], {
      ...hurry,
      ...environment,
    })
    await running.printed(out => out.includes('"type":"trade"'))
    running.process.kill('SIGINT')
    expect((await running.finished).err).not.toContain('Dashboard')
  })

  it('lists what is wrong with the settings of its dashboard', async () => {
    const { code, err } = await runCommand(['run', '--dashboard-host', '0.0.0.0', '--dashboard-port', '99999'], {
      KIS_DASHBOARD: 'maybe',
    })
    expect(code).toBe(2)
    expect(err).toContain("KIS_DASHBOARD 'maybe'; expected on or off")
    expect(err).toContain("--dashboard-port '99999'; expected a port")
  })
})

describe('the settings of a dashboard', () => {
  const complaints = (settings: object) =>
    dashboardSettings.safeParse(settings).error?.issues.map(({ path, message }) => [path[0], message]) ?? []

  it('open no door to elsewhere without a token that cannot be guessed', () => {
    const token = 'sixteen-or-more-characters'
    expect(complaints({ dashboardHost: '0.0.0.0' })).toEqual([
      ['dashboardHost', expect.stringContaining('KIS_DASHBOARD_TOKEN')],
    ])
    expect(complaints({ dashboardHost: '0.0.0.0', dashboardToken: token })).toEqual([])
    const short = complaints({ dashboardHost: '0.0.0.0', dashboardToken: 'short' })
    expect(short).toEqual([['dashboardToken', 'is too short; expected 16 characters or more']])
    for (const dashboardHost of ['127.0.0.1', 'localhost', '::1']) expect(complaints({ dashboardHost })).toEqual([])
    expect(complaints({ dashboard: 'off', dashboardHost: '0.0.0.0' })).toEqual([])
  })
})
