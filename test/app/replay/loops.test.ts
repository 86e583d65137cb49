import { cpSync, readFileSync, rmSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { createReplay } from '../../../app/replay/replay.ts'
import type { MarketEvent } from '../../../market/events.ts'
import { frameOf, give, nine, recorderFor, temporaryFolder, tradeAt } from '../../recording/support.ts'

const fast = { speed: Number.POSITIVE_INFINITY }
const turn = () => new Promise(resolve => setImmediate(resolve))

const fixture = new URL('../../fixtures/recordings/v1/', import.meta.url)

function fixtureFolder(): string {
  const folder = temporaryFolder()
  cpSync(new URL('recording/', fixture), folder, { recursive: true })
  return folder
}

/** Trades, ten seconds apart. */
async function recordingOf(trades: number): Promise<string> {
  const folder = temporaryFolder()
  const recorder = recorderFor(folder)
  for (let i = 0; i < trades; i++) give(recorder, tradeAt('090000', 100 * (i + 1)), nine + i * 10_000)
  await recorder.stop()
  return folder
}

describe('a loop over a replay', () => {
  it('plays it, and gets every event', async () => {
    const types: string[] = []
    for await (const { type } of createReplay({ folder: fixtureFolder(), ...fast })) types.push(type)
    const expected = gunzipSync(readFileSync(new URL('events.ndjson.gz', fixture)))
      .toString()
      .trimEnd()
      .split('\n')
    expect(types).toEqual(expected.map(line => (JSON.parse(line) as MarketEvent).type))
  })

  it('is waited for: the clock is at the event that it has in hand', async () => {
    const replay = createReplay({ folder: await recordingOf(20), ...fast })
    let seen = 0
    replay.events$.subscribe(() => seen++)
    let read = 0
    for await (const { receivedTime } of replay.stream({ types: ['trade'] })) {
      await turn()
      read++
      expect([replay.clock.now(), seen]).toEqual([receivedTime, read])
    }
    expect(read).toBe(20)
  })

  it('goes in step with a second one, of other events', async () => {
    const folder = temporaryFolder()
    const recorder = recorderFor(folder)
    give(recorder, tradeAt('090000', 100), nine)
    give(recorder, frameOf('000660'), nine + 1)
    for (const at of [2, 3]) give(recorder, tradeAt('090000', 100 * at), nine + at)
    await recorder.stop()
    const replay = createReplay({ folder, ...fast })
    const read: string[] = []
    async function readAll(instrument: string): Promise<void> {
      for await (const event of replay.stream({ instruments: [instrument], types: ['trade'] })) {
        await turn()
        read.push(`${event.instrument} ${event.receivedTime - nine}`)
      }
    }
    await Promise.all([readAll('KRX:005930'), readAll('KRX:000660')])
    expect([...new Set(read)]).toEqual(['KRX:005930 0', 'KRX:000660 1', 'KRX:005930 2', 'KRX:005930 3'])
  })

  it('that is left stops the replay, unless `play` began it', async () => {
    const folder = await recordingOf(20)
    const counts: number[] = []
    for (const isPlayedByCall of [false, true]) {
      const replay = createReplay({ folder, ...fast })
      let seen = 0
      replay.events$.subscribe(() => seen++)
      const loop = replay.stream()
      if (isPlayedByCall) void replay.play()
      for await (const _ of loop) break
      await replay.play()
      counts.push(seen)
    }
    expect(counts).toEqual([1, 20])
  })

  it('ends with a stop, after what was emitted', async () => {
    const replay = createReplay({ folder: await recordingOf(3) })
    let read = 0
    for await (const _ of replay) {
      read++
      replay.stop()
    }
    expect(read).toBe(1)
    for await (const _ of replay) read++
    expect(read).toBe(1)
  })

  it('that does not ask does not hold up a stop', async () => {
    const replay = createReplay({ folder: await recordingOf(3), ...fast })
    replay.stream()
    const playing = replay.play()
    await turn()
    replay.stop()
    await playing
  })

  it('throws the reason of its signal, and stops the replay', async () => {
    const folder = await recordingOf(3)
    const controller = new AbortController()
    const replay = createReplay({ folder })
    const reading = (async () => {
      for await (const _ of replay.stream({ signal: controller.signal })) controller.abort(new Error('enough'))
    })()
    await expect(reading).rejects.toThrow('enough')
    await replay.play()
    expect(() => createReplay({ folder }).stream({ signal: controller.signal })).toThrow('enough')
  })

  it('throws where the recording cannot be read', async () => {
    const folder = await recordingOf(3)
    const replay = createReplay({ folder })
    rmSync(folder, { recursive: true })
    await expect(replay[Symbol.asyncIterator]().next()).rejects.toThrow('ENOENT')
  })

  it('of a misspelt choice is a mistake', async () => {
    const replay = createReplay({ folder: await recordingOf(1) })
    expect(() => replay.stream({ types: ['trades' as 'trade'] })).toThrow('did you mean trade?')
    expect(() => replay.stream({ limit: 1 } as object)).toThrow('limit is no option here')
  })
})

it('a signal stops a replay, which rejects with its reason once it is over', async () => {
  const folder = await recordingOf(3)
  const controller = new AbortController()
  const replay = createReplay({ folder })
  let isComplete = false
  replay.events$.subscribe({
    next: () => controller.abort(new Error('enough')),
    complete: () => {
      isComplete = true
    },
  })
  await expect(replay.play({ signal: controller.signal })).rejects.toThrow('enough')
  expect(isComplete).toBe(true)
  await expect(createReplay({ folder }).play({ signal: controller.signal })).rejects.toThrow('enough')
})
