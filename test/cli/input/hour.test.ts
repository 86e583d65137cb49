import { describe, expect, it } from 'vitest'
import { clockOf } from '../../../cli/input/hour.ts'
import { systemClock } from '../../../market/clock.ts'

const hour = '2026-11-20T08:29:45+09:00'
const loopback = 'ws://127.0.0.1:18800/tryitout'

function mistakesOf(flag: unknown, addresses: readonly string[] = []): string[] {
  const mistakes: string[] = []
  clockOf(flag, addresses, mistakes)
  return mistakes
}

describe('an hour of one’s own', () => {
  it('is one, on any address of this machine', () => {
    const mistakes: string[] = []
    const addresses = [loopback, 'http://localhost:1', 'ws://[::1]:2', 'http://127.1.2.3:4']
    const clock = clockOf(hour, addresses, mistakes)
    expect(mistakes).toEqual([])
    expect(clock.now() - Date.parse(hour)).toBeLessThan(60_000)
    expect(clockOf(undefined, ['ws://ops.koreainvestment.com:21000'], mistakes)).toBe(systemClock)
    expect(mistakes).toEqual([])
  })

  it.each([
    ['ws://ops.koreainvestment.com:21000/tryitout', 'ops.koreainvestment.com:21000'],
    ['ws://ops.koreainvestment.com:31000', 'ops.koreainvestment.com:31000'],
    ['https://openapivts.koreainvestment.com:29443', 'openapivts.koreainvestment.com:29443'],
    ['ws://127.0.0.1@ops.koreainvestment.com:21000', 'ops.koreainvestment.com:21000'],
    ['ws://localhost.evil.example:21000', 'localhost.evil.example:21000'],
    ['ws://127.0.0.1.evil.example:21000', '127.0.0.1.evil.example:21000'],
    ['ws://192.168.0.7:18800', '192.168.0.7:18800'],
    ['ws://0.0.0.0:18800', '0.0.0.0:18800'],
  ])('is refused with %s, even where every other address is on this machine', (address, host) => {
    const said = `--at is for a simulator or another stand-in on this machine, and ${host} is none`
    expect(mistakesOf(hour, [loopback, address])).toEqual([said])
    expect(mistakesOf(hour, [address, loopback])).toEqual([said])
  })

  it.each([['noon'], ['2026-11-20T08:29:45'], ['2026-02-31T08:00:00+09:00'], ['1795158000000'], [''], [true]])(
    'is no %j',
    flag => {
      expect(mistakesOf(flag)).toEqual([
        expect.stringContaining('expected one with its zone, as 2026-11-20T08:29:45+09:00'),
      ])
    },
  )
})
