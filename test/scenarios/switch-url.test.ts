import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { generatedTape } from '../../simulator/generated-tape.ts'
import { feedRig, shortTiming } from '../support/feed-rig.ts'

/** Another address of the same server. */
async function secondAddress(port: number): Promise<{ url: string; connections: () => number }> {
  let connections = 0
  const proxy = createServer(near => {
    connections++
    const far = connect(port, '127.0.0.1')
    near.pipe(far).pipe(near)
    near.on('error', () => far.destroy())
    far.on('error', () => near.destroy())
  })
  await once(proxy.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void proxy.close())
  return { url: `ws://127.0.0.1:${(proxy.address() as AddressInfo).port}`, connections: () => connections }
}

it('switchUrl moves a market to another address: release, grace, close, open there', async () => {
  const rig = await feedRig({ simulator: { tape: generatedTape({ rate: 200 }) } })
  const other = await secondAddress(rig.simulator.port)
  await rig.until('trade')

  rig.feed.switchUrl('KR', other.url)
  const resume = await rig.until('resume')

  expect(resume.outageMs).toBeLessThan(shortTiming.graceMs * 5)
  expect(rig.of('disconnect')).toMatchObject([{ market: 'KR', reason: 'endpoint-switch' }])
  expect(other.connections()).toBe(1)
  const { requests, mostSocketsOpen } = rig.simulator.stats()
  expect(requests.map(({ verb, session }) => `${verb} ${session}`)).toEqual([
    'subscribe 1',
    'unsubscribe 1',
    'subscribe 2',
  ])
  expect(mostSocketsOpen).toBe(1)
})

it('switchUrl refuses what is no address, and says what it expected', async () => {
  const rig = await feedRig()
  expect(() => rig.feed.switchUrl('KR', 'ops.koreainvestment.com')).toThrow(/expected ws:\/\//)
})
