import { describe, expect, it } from 'vitest'
import { createTruth } from '../../simulator/truth.ts'
import { capturedTape, generatedTape } from '../../simulator/tape/tape.ts'
import { frame, recordsOf, story, trades } from './faults/support.ts'
import { captured, connect, handClock, simulator, until } from './support.ts'

const [a = '', b = '', c = '', d = ''] = trades

/** A generated market on a clock that is moved by hand. */
async function market() {
  const clock = handClock()
  const kis = await simulator({ clock, tape: generatedTape({ rate: 100, seed: 3 }), memory: { truth: 10_000 } })
  /** Lets so many seconds pass, each with its trades. */
  async function pass(seconds: number): Promise<void> {
    for (let i = 0; i < seconds; i++) {
      const { records } = kis.stats().tape
      clock.advance(1_000)
      await until(() => kis.stats().tape.records > records)
    }
  }
  return { clock, kis, pass }
}

describe('the truth', () => {
  it('has every record of a key, in order, and to whom it went', async () => {
    const { kis, play } = await story()
    play(frame([a, b]))
    const other = await connect(kis, { appKey: 'other' })
    await other.subscribe('H0STCNT0', '005930')
    kis.inject({ kind: 'mute-session', session: 1 })
    play(frame([c]), frame([d]))
    kis.inject({ kind: 'mute-session', session: 2 })
    play(frame([a]))
    expect(
      kis
        .truth('H0STCNT0', '005930')
        .map(({ record, sentTo, withheldFrom }) => [
          trades.indexOf(record),
          sentTo,
          withheldFrom.map(({ session, why }) => `${session} ${why}`),
        ]),
    ).toEqual([
      [0, [1], []],
      [1, [1], []],
      [2, [2], ['1 mute-session']],
      [3, [2], ['1 mute-session']],
      [0, [], ['1 mute-session', '2 mute-session']],
    ])
    expect(kis.truth('H0STCNT0', '000660')).toEqual([])
  })

  it('is not kept unless it is asked for', async () => {
    const { kis, play } = await story({ memory: {} })
    play(frame([a]))
    expect(() => kis.truth('H0STCNT0', '005930')).toThrow('memory: { truth: 100_000 }')
    expect(kis.stats().truth).toMatchObject({ emitted: 0 })
  })

  it('has what a captured tape sent', async () => {
    const lines = captured('H0STCNT0.txt')
    const kis = await simulator({ tape: capturedTape(lines), memory: { truth: 1_000 } })
    const client = await connect(kis)
    await client.subscribe('H0STCNT0', '000660')
    await until(() => kis.stats().tape.ended)
    const hynix = lines.filter(line => line.split('|')[3]?.startsWith('000660^')).flatMap(recordsOf)
    expect(kis.truth('H0STCNT0', '000660').map(({ record }) => record)).toEqual(hynix)
  })

  it('of a generated market goes on through an outage, and no session got what happened then', async () => {
    const { clock, kis, pass } = await market()
    const before = await connect(kis)
    await before.subscribe('H0STCNT0', '005930')
    await pass(3)
    kis.inject({ kind: 'cut' })
    await until(() => kis.sessions().length === 0)
    clock.advance(60_000)
    const after = await connect(kis)
    await after.subscribe('H0STCNT0', '005930')
    await pass(3)
    kis.cut()
    await Promise.all([before.closed, after.closed])

    const truth = kis.truth('H0STCNT0', '005930')
    for (const [i, { cumulativeVolume, volume, time }] of truth.entries()) {
      const previous = truth[i - 1]
      if (previous === undefined) continue
      expect(cumulativeVolume).toBe((previous.cumulativeVolume ?? 0) + (volume ?? 0))
      expect(time).toBeGreaterThanOrEqual(previous.time)
    }
    const sentTo = (session: number) =>
      truth.filter(record => record.sentTo.includes(session)).map(({ record }) => record)
    const got = (texts: readonly string[]) => texts.filter(text => text.startsWith('0|')).flatMap(recordsOf)
    expect(sentTo(1)).toEqual(got(before.texts))
    expect(sentTo(2)).toEqual(got(after.texts))
    const missed = truth.filter(record => record.sentTo.length === 0)
    expect(missed.length).toBeGreaterThan(1_000)
    expect(missed.every(({ withheldFrom }) => withheldFrom.length === 0)).toBe(true)
    // The outage is what lies between the last record before it and the first one after.
    const [first] = recordsOf(after.texts.find(text => text.startsWith('0|')) ?? '')
    const behind = truth.findIndex(({ record }) => record === first)
    expect(truth.slice(behind - missed.length, behind)).toEqual(missed)
    const span = (missed.at(-1)?.time ?? 0) - (missed[0]?.time ?? 0)
    expect(span).toBeGreaterThan(58_000)
    expect(span).toBeLessThanOrEqual(60_000)
  })

  it('has the trades that happen while only the book is listened to', async () => {
    const { kis, pass } = await market()
    const client = await connect(kis)
    for (const tr of ['H0STCNT0', 'H0STASP0']) await client.subscribe(tr, '005930')
    await pass(2)
    await client.unsubscribe('H0STCNT0', '005930')
    await pass(2)
    await client.subscribe('H0STCNT0', '005930')
    await pass(2)
    const truth = kis.truth('H0STCNT0', '005930')
    expect(truth.some(({ sentTo }) => sentTo.length === 0)).toBe(true)
    for (const [i, { cumulativeVolume, volume }] of truth.entries()) {
      if (i > 0) expect(cumulativeVolume).toBe((truth[i - 1]?.cumulativeVolume ?? 0) + (volume ?? 0))
    }
    expect(kis.truth('H0STASP0', '005930').every(({ sentTo }) => sentTo.length === 1)).toBe(true)
  })

  it('tells the same story as a market of which nothing is kept', async () => {
    const tale = async (truth: number) => {
      const clock = handClock()
      const kis = await simulator({ clock, tape: generatedTape({ rate: 100, seed: 3 }), memory: { truth } })
      const client = await connect(kis)
      await client.subscribe('H0STCNT0', '005930')
      clock.advance(10_000)
      const frames = await client.received(text => text.startsWith('0|'), 20)
      return frames.flatMap(recordsOf).slice(0, 20)
    }
    expect(await tale(1_000)).toEqual(await tale(0))
  })
})

describe('the memory of a truth', () => {
  it('keeps the newest, and counts what it has forgotten', () => {
    const truth = createTruth({ withheld: 3, truth: 5 })
    for (let i = 0; i < 20; i++) {
      const text = `0|H0STCNT0|001|005930^${i}`
      truth.add('H0STCNT0', '005930', text, i)
      for (const record of truth.recordsOf('H0STCNT0', '005930', text, i)) truth.withhold(record, 1, 'lose', 1)
    }
    expect(truth.withheld().map(({ time }) => time)).toEqual([17, 18, 19])
    expect(truth.truth('H0STCNT0', '005930').map(({ time }) => time)).toEqual([15, 16, 17, 18, 19])
    expect(truth.stats()).toEqual({ withheld: 20, withheldForgotten: 17, emitted: 20, emittedForgotten: 15 })
  })

  it('is as large as the option says', async () => {
    const { kis, play } = await story({ memory: { withheld: 2 } })
    kis.inject({ kind: 'lose', probability: 1 })
    play(frame([a, b, c]))
    expect(kis.withheld().map(({ record }) => record)).toEqual([b, c])
    expect(kis.stats().truth).toMatchObject({ withheld: 3, withheldForgotten: 1 })
  })

  it('may be none at all', () => {
    const truth = createTruth({ withheld: 0, truth: 0 })
    for (const record of truth.recordsOf('H0STCNT0', '005930', frame([a]), 1)) truth.withhold(record, 1, 'lose', 1)
    expect(truth.withheld()).toEqual([])
    expect(truth.stats()).toMatchObject({ withheld: 1, withheldForgotten: 1 })
  })

  it('takes a tape that tells no history at its frames', () => {
    const truth = createTruth({ withheld: 1, truth: 5 })
    for (const session of [1, 2]) {
      for (const record of truth.recordsOf('HDFSCNT0', 'DNASAAPL', frame([a], 'HDFSCNT0'), 1))
        truth.sent(record, session)
    }
    expect(truth.truth('HDFSCNT0', 'DNASAAPL')).toMatchObject([{ sentTo: [1, 2] }])
  })

  it('reads the volumes of US trades, and none where there are none', () => {
    const truth = createTruth({ withheld: 10, truth: 0 })
    const [apple = ''] = captured('HDFSCNT0.txt')
    const trade = recordsOf(apple)[0] ?? ''
    const values = trade.split('^')
    for (const text of [frame([trade], 'HDFSCNT0'), '0|H0STCNT0|001|005930^1', '0|H0STMBC0|001|005930^1', 'no frame']) {
      for (const record of truth.recordsOf(text.slice(2, 10), 'x', text, 1)) truth.withhold(record, 1, 'lose', 1)
    }
    expect(truth.withheld().map(({ cumulativeVolume, volume }) => [volume, cumulativeVolume])).toEqual([
      [Number(values[19]), Number(values[20])],
      [undefined, undefined],
      [undefined, undefined],
    ])
  })
})
