import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { minuteMs } from '../../../market/basics/durations.ts'
import type { Trade } from '../../../market/events.ts'
import type { Instrument } from '../../../market/instrument.ts'
import { createReceivedVolume } from '../../../streams/continuity/received-volume.ts'

const ten = Date.parse('2026-09-14T10:00:00+09:00')

function trade(eventTime: number | null, volume: number | null, more: Partial<Trade> = {}): Trade {
  return {
    type: 'trade',
    instrument: 'KRX:005930',
    price: 274_000,
    volume,
    side: null,
    cumulativeVolume: 1_000,
    cumulativeValue: null,
    open: null,
    high: null,
    low: null,
    previousClose: null,
    bidPrice: null,
    askPrice: null,
    bidVolume: null,
    askVolume: null,
    businessDate: 20260914,
    eventTime,
    receivedTime: ten,
    ...more,
  }
}

describe('received volume', () => {
  it('adds up by instrument and minute, and is returned once', () => {
    const received = createReceivedVolume()
    received.note(trade(ten + 1_000, 10))
    received.note(trade(ten + 59_999, 5, { cumulativeVolume: 1_005 }))
    received.note(trade(ten + 2_000, 7, { instrument: 'NXT:005930' }))
    received.note(trade(ten + minuteMs, 1, { cumulativeVolume: 1_006 }))
    const common = { businessDate: 20260914 }
    expect(received.take().minutes).toEqual([
      { ...common, instrument: 'KRX:005930', startTime: ten, trades: 2, volume: 15, total: 1_005 },
      { ...common, instrument: 'KRX:005930', startTime: ten + minuteMs, trades: 1, volume: 1, total: 1_006 },
      { ...common, instrument: 'NXT:005930', startTime: ten, trades: 1, volume: 7, total: 1_000 },
    ])
    expect(received.take()).toEqual({ minutes: [], first: [], lost: 0 })
  })

  it('loses nothing when more instruments come than are kept at a time', () => {
    const received = createReceivedVolume()
    for (let round = 0; round < 2; round++)
      for (let index = 0; index < 5_000; index++)
        received.note(trade(ten + round, 1, { instrument: `KRX:${100_000 + index}` }))
    const { minutes } = received.take()
    const volumes = new Map<string, number>()
    for (const { instrument, volume } of minutes) volumes.set(instrument, (volumes.get(instrument) ?? 0) + volume)
    expect(volumes.size).toBe(5_000)
    expect([...volumes.values()].every(volume => volume === 2)).toBe(true)
  })

  it('goes on with a minute of which a part was returned', () => {
    const received = createReceivedVolume()
    received.note(trade(ten, 10))
    received.take()
    received.note(trade(ten + 1, 5))
    expect(received.take().minutes).toMatchObject([{ startTime: ten, trades: 1, volume: 5 }])
  })

  it('says when it began to count a date, and what was traded before', () => {
    const received = createReceivedVolume()
    received.note(trade(ten, 10, { cumulativeVolume: 500 }))
    received.note(trade(ten + 1, 10, { cumulativeVolume: 510 }))
    received.note(trade(ten + 86_400_000, 3, { cumulativeVolume: 3, businessDate: 20260915 }))
    expect(received.take().first).toEqual([
      { instrument: 'KRX:005930', businessDate: 20260914, eventTime: ten, volumeBefore: 490 },
      { instrument: 'KRX:005930', businessDate: 20260915, eventTime: ten + 86_400_000, volumeBefore: 0 },
    ])
  })

  it('passes over a trade that does not tell its volume, time, total or date', () => {
    const received = createReceivedVolume()
    received.note(trade(null, 10))
    received.note(trade(ten, null))
    received.note(trade(ten, 10, { cumulativeVolume: null }))
    received.note(trade(ten, 10, { businessDate: null }))
    expect(received.take()).toEqual({ minutes: [], first: [], lost: 0 })
  })

  it('loses no share, whatever the order of the minutes and however often it is asked', () => {
    const names: Instrument[] = ['KRX:005930', 'NAS:AAPL']
    const step = fc.record({
      name: fc.constantFrom(...names),
      minute: fc.nat(4),
      volume: fc.integer({ min: 1, max: 1_000 }),
      isAsked: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), steps => {
        const received = createReceivedVolume()
        const returned: Record<string, number> = {}
        const wanted: Record<string, number> = {}
        const collect = () => {
          for (const { instrument, startTime, volume } of received.take().minutes) {
            const name = `${instrument} ${startTime}`
            returned[name] = (returned[name] ?? 0) + volume
          }
        }
        for (const { name, minute, volume, isAsked } of steps) {
          received.note(trade(ten + minute * minuteMs, volume, { instrument: name }))
          const key = `${name} ${ten + minute * minuteMs}`
          wanted[key] = (wanted[key] ?? 0) + volume
          if (isAsked) collect()
        }
        collect()
        expect(returned).toEqual(wanted)
      }),
    )
  })

  it('keeps a bounded number of endless names, says how many found no room, and goes on', () => {
    const received = createReceivedVolume()
    const name = (index: number): Instrument => `KRX:${String(index).padStart(6, '0')}`
    for (let index = 0; index < 60_000; index++) received.note(trade(ten, 1, { instrument: name(index) }))
    const { minutes, first, lost } = received.take()
    expect(first).toHaveLength(20_000)
    // Those whose minute ended early, and those that still run.
    expect(minutes).toHaveLength(20_000 + 4_096)
    expect(lost).toBe(40_000 + (60_000 - minutes.length))
    received.note(trade(ten, 7, { instrument: name(60_001) }))
    expect(received.take()).toMatchObject({ minutes: [{ instrument: name(60_001), volume: 7 }], lost: 0 })
  })

  it('ends the minute that began longest ago where there are too many names, not the one that trades', () => {
    const received = createReceivedVolume()
    received.note(trade(ten, 1))
    for (let index = 0; index < 4_094; index++) {
      received.note(trade(ten, 1, { instrument: `KRX:${String(index).padStart(6, '0')}` }))
    }
    received.note(trade(ten + minuteMs, 2, { instrument: 'NXT:005930' }))
    received.note(trade(ten + minuteMs, 2))
    received.note(trade(ten + minuteMs, 2, { instrument: 'NAS:AAPL' }))
    received.note(trade(ten + minuteMs, 3))
    const own = received.take().minutes.filter(({ instrument }) => instrument === 'KRX:005930')
    expect(own.map(({ startTime, volume }) => [startTime - ten, volume])).toEqual([
      [0, 1],
      [minuteMs, 5],
    ])
  })
})
