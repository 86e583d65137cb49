import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createReplay, type ReplayOptions } from '../../../app/replay/replay.ts'
import { clockStartingAt, systemClock } from '../../../market/clock.ts'
import type { Bar, MarketEvent } from '../../../market/events.ts'
import type { Instrument } from '../../../market/instrument.ts'
import { toBars } from '../../../streams/bars/bars.ts'
import { frameOf, give, nine, recorderFor, subscriptionOf, temporaryFolder, tradeAt } from '../../recording/support.ts'
import { generatedTape } from '../../../simulator/tape/generated-tape.ts'
import { feedRig } from '../../support/rigs/feed.ts'
import { kst } from '../../support/wire/frames.ts'

const fast = { speed: Number.POSITIVE_INFINITY }

async function played(folder: string, options: Partial<ReplayOptions> = {}): Promise<MarketEvent[]> {
  const events: MarketEvent[] = []
  const replay = createReplay({ folder, ...fast, ...options })
  replay.events$.subscribe(event => events.push(event))
  await replay.play()
  return events
}

describe('a replay', () => {
  it('of some instruments tells theirs, and what concerns all', async () => {
    const folder = temporaryFolder()
    const recorder = recorderFor(folder)
    give(recorder, frameOf('005930'), nine)
    give(recorder, frameOf('000660'), nine + 1)
    recorder.marker(subscriptionOf('KRX:000660' as Instrument, nine + 2))
    recorder.marker({ type: 'disconnect', line: '1', market: 'KR', reason: 'cut', receivedTime: nine + 3 })
    await recorder.stop()
    const events = await played(folder, { instruments: ['KRX:005930'] })
    expect([...new Set(events.map(event => ('instrument' in event ? event.instrument : event.type)))]).toEqual([
      'KRX:005930',
      'disconnect',
    ])
  })

  it('of a part begins and ends at the given times, and reports nothing outside them as missing', async () => {
    const folder = temporaryFolder()
    const recorder = recorderFor(folder)
    for (let i = 0; i < 100; i++) give(recorder, tradeAt('090000', 100 * (i + 1)), nine + i * 10)
    await recorder.stop()
    const events = await played(folder, { from: nine + 500, to: nine + 800 })
    expect(events.map(({ type }) => type)).toEqual(Array.from({ length: 30 }, () => 'trade'))
    expect(events[0]?.receivedTime).toBe(nine + 500)
  })

  it('gives columns that its recording did not ask for', async () => {
    const folder = temporaryFolder()
    const recorder = recorderFor(folder)
    give(recorder, tradeAt('090000', 100), nine)
    await recorder.stop()
    const [event] = await played(folder, { columns: ['VI_STND_PRC'] })
    expect(event).toMatchObject({ type: 'trade', columns: { VI_STND_PRC: expect.any(String) } })
  })

  it('makes the bars of then, by its own clock, the last one included', async () => {
    // Arrange
    const folder = temporaryFolder()
    const recorder = recorderFor(folder)
    recorder.marker(subscriptionOf('KRX:005930' as Instrument, nine - 60_000))
    give(recorder, tradeAt('090001', 100), nine + 1_000)
    give(recorder, tradeAt('090059', 200), nine + 59_000)
    give(recorder, tradeAt('090110', 300), nine + 70_000)
    // Nothing more is traded; the clock alone ends the second minute.
    recorder.marker(subscriptionOf('KRX:005930' as Instrument, nine + 200_000))
    await recorder.stop()
    const bars: Bar[] = []
    const replay = createReplay({ folder, ...fast })
    replay.events$.pipe(toBars('1m', replay)).subscribe(bar => bars.push(bar))

    // Act
    await replay.play()

    // Assert
    expect(bars).toMatchObject([
      { startTime: nine, volume: 200, tradeCount: 2 },
      { startTime: nine + 60_000, volume: 100, tradeCount: 1 },
    ])
  })

  it('keeps the given pace', async () => {
    // Arrange: ten seconds between two trades become ten milliseconds.
    const folder = temporaryFolder()
    const recorder = recorderFor(folder)
    for (let i = 0; i < 5; i++) give(recorder, tradeAt('090000', 100 * (i + 1)), nine + i * 10_000)
    await recorder.stop()
    const emitted: { at: number; came: number }[] = []
    const replay = createReplay({ folder, speed: 1_000 })
    replay.events$.subscribe(({ receivedTime }) => emitted.push({ at: systemClock.now(), came: receivedTime }))
    const began = systemClock.now()

    // Act
    await replay.play()

    // Assert: never early.
    expect(emitted).toHaveLength(5)
    for (const { at, came } of emitted) expect(at - began).toBeGreaterThanOrEqual((came - nine) / 1_000)
    expect(replay.clock.now()).toBe(nine + 40_000)
  })

  it('is refused where it asks for what is not there', async () => {
    const folder = temporaryFolder()
    const recorder = recorderFor(folder)
    give(recorder, tradeAt('090000', 100), nine)
    await recorder.stop()
    const options = {
      date: 20260915,
      sped: 2,
      from: nine,
      to: nine,
      instruments: ['krx:005930', '005930'],
      columns: ['VI_STD_PRC'],
    }
    let message = ''
    try {
      createReplay({ folder, ...options })
    } catch (error) {
      message = (error as Error).message
    }
    expect(message.split('\n')).toEqual([
      'sped is no option here; did you mean speed?',
      `date 2026-09-15: not recorded in ${folder}; there is 2026-09-14; did you mean 2026-09-14?`,
      `from ${nine} is not before to ${nine}`,
      "instruments 'krx:005930': write KRX:005930",
      expect.stringContaining("instruments '005930' has no venue"),
      "columns 'VI_STD_PRC' is no column of trades or books; did you mean VI_STND_PRC?",
    ])
    for (const date of ['2026-09-14', '20260914'])
      expect(() => createReplay({ folder, date: date as never })).toThrow(
        `date '${date}': expected a number of eight digits, as 20260914`,
      )
    expect(() => createReplay({ folder, from: Number.NaN })).toThrow('from NaN: expected epoch milliseconds')
    expect(() => createReplay({ folder, speed: 0 })).toThrow('speed 0')
    expect(() => createReplay({ folder, date: 20260914, from: -Infinity, to: Infinity })).not.toThrow()
  })

  it('completes when it is stopped', async () => {
    const folder = temporaryFolder()
    const recorder = recorderFor(folder)
    for (let i = 0; i < 3; i++) give(recorder, tradeAt('090000', 100 * (i + 1)), nine + i * 3_600_000)
    await recorder.stop()
    const replay = createReplay({ folder })
    let [count, isComplete] = [0, false]
    replay.events$.subscribe({
      next: () => {
        count++
        replay.stop()
      },
      complete: () => {
        isComplete = true
      },
    })
    await replay.play()
    expect([count, isComplete]).toEqual([1, true])
  })

  it('waits until its consumer is ready', async () => {
    const folder = temporaryFolder()
    const recorder = recorderFor(folder)
    for (let i = 0; i < 1_000; i++) give(recorder, tradeAt('090000', 100 * (i + 1)), nine)
    await recorder.stop()
    let [emitted, asked, mostAtOnce] = [0, 0, 0]
    const ready = async () => {
      asked++
      const before = emitted
      await new Promise(resolve => setImmediate(resolve))
      mostAtOnce = Math.max(mostAtOnce, emitted - before)
    }
    const replay = createReplay({ folder, ...fast, ready })
    replay.events$.subscribe(() => emitted++)
    await replay.play()
    expect(emitted).toBe(1_000)
    expect(asked).toBeGreaterThan(2)
    expect(mostAtOnce).toBe(0)
  })

  it('of what is damaged says so where it is', async () => {
    const folder = temporaryFolder()
    const clock = clockStartingAt(kst('2026-09-14T09:00:00'))
    const rig = await feedRig({ simulator: { tape: generatedTape({ rate: 2_000 }) }, recordFolder: folder, clock })
    await rig.until('trade')
    await rig.feed.stop()
    const file = `${folder}/2026-09-14/000001.kisrec`
    const bytes = readFileSync(file)
    bytes[100] = (bytes[100] as number) ^ 1
    writeFileSync(file, bytes)
    const events = await played(folder)
    expect(events).toMatchObject([{ type: 'recording-trouble', isOver: true }])
    expect(events[0]).toMatchObject({ reason: expect.stringContaining('damaged') })
  })

  it('of no recording, or at no speed, is refused in a sentence', () => {
    expect(() => createReplay({ folder: '/nowhere' })).toThrow('no recording at /nowhere')
    expect(() => createReplay({ folder: temporaryFolder(), speed: 0 })).toThrow('speed 0: expected more than 0')
  })
})
