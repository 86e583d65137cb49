// A service as the command opens it: in order, and stopped within its time.
import { describe, expect, it, onTestFinished } from 'vitest'
import { silentLogger } from '../../app/observe/log.ts'
import { lockFolder } from '../../app/persistence/folder-lock.ts'
import { openService, type ServiceOptions } from '../../app/service.ts'
import { readSettings } from '../../app/settings/settings.ts'
import { systemClock } from '../../market/clock.ts'
import { startSimulator } from '../../simulator/server.ts'
import { planted, shortTiming, silentMarket } from '../support/rigs/feed.ts'
import { temporaryFolder } from '../support/servers/redis.ts'

function optionsOf(more: Partial<ServiceOptions> & { timing?: Partial<typeof shortTiming> } = {}): ServiceOptions {
  const { timing, ...options } = more
  const settings = readSettings({
    ...planted,
    market: 'KR',
    instruments: ['KRX:005930'],
    timing: { ...shortTiming, ...timing },
  })
  return {
    settings,
    clock: systemClock,
    log: silentLogger,
    isDemonstration: true,
    dataFolder: undefined,
    recordFolder: undefined,
    jobs: 'off',
    redisUrl: undefined,
    dashboard: undefined,
    ...options,
  }
}

const nothing = () => Promise.resolve()

describe('a service', () => {
  it('of a demonstration has a market, a page with its metrics, and jobs; after stop() nothing of it answers', async () => {
    const page = { port: 0, host: '127.0.0.1', inspect: false }
    const service = await openService(optionsOf({ jobs: 'here', dashboard: page }))
    const { dashboard } = await service.start()
    if (dashboard === undefined || dashboard instanceof Error) throw new Error('there is no dashboard')
    await service.feed.confirmed('KRX:005930')
    const read = async (path: string) => (await fetch(`${dashboard.url}${path}`)).text()
    expect(await read('metrics')).toContain('kis_stream_queue_jobs{queue="gap-validation"')
    expect(JSON.parse(await read('status'))).toMatchObject({ subscriptions: [{ status: 'active' }] })
    const isFlushedWhen: string[] = []
    const leftBehind = await service.stop(async () => void isFlushedWhen.push(service.feed.status().handOver.state))
    expect(leftBehind).toEqual([])
    expect(isFlushedWhen).toEqual(['stopped'])
    await expect(fetch(dashboard.url)).rejects.toThrow()
  })

  it('names what did not end in its time', async () => {
    const service = await openService(optionsOf({ timing: { stopTimeoutMs: 200 } }))
    await service.start()
    expect(await service.stop(() => new Promise(() => {}))).toContain('what is printed')
  })

  it('is not opened on a folder of another one, and runs without a page that cannot be had', async () => {
    const folder = temporaryFolder()
    const lock = lockFolder({ folder, use: 'recording' })
    await expect(openService(optionsOf({ recordFolder: folder }))).rejects.toThrow(/recording/)
    lock.release()
    const service = await openService(optionsOf({ dashboard: { port: 0, host: '0.0.0.0' } }))
    const { dashboard } = await service.start()
    expect(dashboard).toMatchObject({ message: expect.stringContaining('needs a token') as string })
    await service.feed.confirmed('KRX:005930')
    expect(await service.stop(nothing)).toEqual([])
  })

  it('of a line of its own warns that it counts for itself, when nothing else does', async () => {
    const simulator = await startSimulator({ tape: silentMarket() })
    onTestFinished(() => simulator.stop())
    const settings = readSettings({ ...planted, restUrl: simulator.restUrl, socketUrl: simulator.wsUrl })
    const warnings: string[] = []
    const log = { ...silentLogger, warn: (_: object, message: string) => void warnings.push(message) }
    const service = await openService(optionsOf({ settings, log, isDemonstration: false }))
    expect(warnings).toEqual([expect.stringMatching(/no data folder and no Redis/)])
    expect(await service.stop(nothing)).toEqual([])
  })
})
