import { describe, expect, it } from 'vitest'
import { entriesOf, frameOf, give, nine, recorderFor, subscriptionOf, temporaryFolder, textsOf } from '../support.ts'

describe('a recorder', () => {
  it('gives back every frame and marker, byte for byte and in order', async () => {
    // Arrange
    const folder = temporaryFolder()
    const recorder = recorderFor(folder)
    const frames = Array.from({ length: 5_000 }, (_, i) =>
      frameOf(String(100_000 + (i % 40)), 'H0STCNT0.txt', 1 + (i % 9)),
    )

    // Act
    recorder.marker(subscriptionOf('KRX:005930', nine))
    frames.forEach((frame, i) => give(recorder, frame, nine + i))
    recorder.marker(subscriptionOf('KRX:000660', nine + 5_000), 2)
    await recorder.stop()

    // Assert
    const texts = textsOf(await entriesOf(folder))
    expect(texts).toHaveLength(5_003)
    expect(texts[0]).toBe('begin')
    expect(texts[1]).toBe(`${nine} +0 ${JSON.stringify(subscriptionOf('KRX:005930', nine))}`)
    expect(texts.slice(2, -1)).toEqual(frames.map((frame, i) => `${nine + i} ${frame.toString()}`))
    expect(texts.at(-1)).toBe(`${nine + 5_000} +2 ${JSON.stringify(subscriptionOf('KRX:000660', nine + 5_000))}`)
    expect(recorder.lost).toBe(0)
  })

  it('files under the right date again once a clock that was a month ahead is set back', async () => {
    const folder = temporaryFolder()
    const recorder = recorderFor(folder)
    const month = 30 * 86_400_000
    const times = [nine, nine + 1, nine + month, nine + 2, nine + 3]
    for (const [i, time] of times.entries()) give(recorder, frameOf(String(100_000 + i)), time)
    await recorder.stop()
    const on = async (date: number) => {
      const entries = await entriesOf(folder, { date })
      return entries.filter(({ kind }) => kind === 'frame').map(({ receivedTime }) => receivedTime)
    }
    expect(await on(20260914)).toEqual([nine, nine + 1, nine + 2, nine + 3])
    expect(await on(20261014)).toEqual([nine + month])
    expect(recorder.lost).toBe(0)
  })
})
