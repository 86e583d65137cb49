import { describe, expect, it } from 'vitest'
import type { Simulator } from '../../../simulator/server.ts'
import { type Client, code, connect, simulator } from '../support.ts'

/** Products of Korea, the US and its day market in turns. */
const products = ['H0STMBC0', 'HDFSCNT0', 'H0UPCNT0', 'HDFSASP0'] as const

async function fill(client: Client, slots: number): Promise<string[]> {
  const codes: string[] = []
  for (let i = 0; i < slots; i++) {
    const tr = products[i % products.length] ?? 'H0STMBC0'
    codes.push(code(await client.subscribe(tr, tr.startsWith('HDFS') ? `DNAS${100 + i}` : String(100_000 + i))))
  }
  return codes
}

const held = (kis: Simulator, appKey: string) => kis.sessions(appKey).map(({ registrations }) => registrations.length)

describe('the slots of an app key', () => {
  it('are 41 for each, over all products: the 42nd of one is refused, and the other goes on', async () => {
    const kis = await simulator()
    const [one, other] = await Promise.all([connect(kis, { appKey: 'key-a' }), connect(kis, { appKey: 'key-b' })])
    expect(new Set(await fill(one, 41))).toEqual(new Set(['OPSP0000']))
    expect(new Set(await fill(other, 40))).toEqual(new Set(['OPSP0000']))
    expect(code(await one.subscribe('H0STCNT0', '005930'))).toBe('OPSP0008')
    expect(code(await other.subscribe('H0STCNT0', '005930'))).toBe('OPSP0000')
    expect(code(await other.subscribe('H0STASP0', '005930'))).toBe('OPSP0008')
    expect([held(kis, 'key-a'), held(kis, 'key-b')]).toEqual([[41], [41]])
  })

  it('are another number for all, and for one key', async () => {
    const kis = await simulator({ slots: 3, slotsOf: { 'key-b': 5 } })
    const [one, other] = await Promise.all([connect(kis, { appKey: 'key-a' }), connect(kis, { appKey: 'key-b' })])
    expect(await fill(one, 4)).toEqual(['OPSP0000', 'OPSP0000', 'OPSP0000', 'OPSP0008'])
    expect((await fill(other, 6)).at(-1)).toBe('OPSP0008')
    expect([held(kis, 'key-a'), held(kis, 'key-b')]).toEqual([[3], [5]])
    const slots = new Map(kis.stats().appKeys.map(stats => [stats.appKey, [stats.slots, stats.registrations]]))
    expect(slots.get(kis.shownAs('key-a'))).toEqual([3, 3])
    expect(slots.get(kis.shownAs('key-b'))).toEqual([5, 5])
  })

  it.each([0, -1, 1.5, Number.NaN])('are a mistake as %d', async slots => {
    await expect(simulator({ slots })).rejects.toThrow(`slots ${slots}: expected a whole number above 0`)
    await expect(simulator({ slotsOf: { planted: slots } })).rejects.not.toThrow('planted')
  })
})
