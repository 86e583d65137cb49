import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type ImportOptions, type Imported, importCapture } from '../../../app/replay/import.ts'
import { createReplay } from '../../../app/replay/replay.ts'
import type { MarketEvent } from '../../../market/events.ts'
import { temporaryFolder } from '../../recording/support.ts'
import { kst, lineOf, linesOf } from '../../support/wire/frames.ts'

async function replayed(folder: string): Promise<MarketEvent[]> {
  const events: MarketEvent[] = []
  const replay = createReplay({ folder, speed: Number.POSITIVE_INFINITY })
  replay.events$.subscribe(event => events.push(event))
  await replay.play()
  return events
}

async function* bytesOf(lines: readonly string[]) {
  for (const line of lines) yield Buffer.from(line)
}

/** Into a new folder by default. */
async function importing(
  lines: readonly string[],
  options: Partial<ImportOptions> = {},
): Promise<Imported & { readonly output: string; readonly problems: string[] }> {
  const output = options.output ?? temporaryFolder()
  const problems: string[] = []
  const onMalformed = (line: number, reason: string) => problems.push(`${line}: ${reason}`)
  return { ...(await importCapture({ lines: bytesOf(lines), output, onMalformed, ...options })), output, problems }
}

const date = 20_260_608

describe('a capture that is imported', () => {
  it('replays as its trades, books and answers', async () => {
    const lines = [lineOf('control.txt', 1), ...linesOf('H0STCNT0.txt').slice(0, 9), ...linesOf('H0STASP0.txt')]
    const { output, problems, ...counts } = await importing(lines, { date })
    expect(problems).toEqual([])
    expect(counts).toEqual({ lines: 21, frames: 20, answers: 1, malformed: 0, dates: ['2026-06-08'] })
    const events = await replayed(output)
    const counted = (type: string) => events.filter(event => event.type === type).length
    expect([counted('trade'), counted('order-book'), counted('subscription'), counted('malformed')]).toEqual([
      32, 11, 1, 0,
    ])
  })

  it('came when its data happened, where no time stands in front', async () => {
    const { output } = await importing(linesOf('H0STCNT0.txt').slice(0, 9))
    const times = (await replayed(output)).flatMap(event => (event.type === 'trade' ? [event.receivedTime] : []))
    expect([times.at(0), times.at(-1)]).toEqual([kst('2026-06-08T11:48:27'), kst('2026-06-08T11:48:29')])
  })

  it('came when it says, past midnight too', async () => {
    const [first, second] = linesOf('HDFSCNT0.txt')
    const lines = [`23:59:59.500 ${first}`, `00:00:01.250 ${second}`]
    const { output, dates } = await importing(lines, { date: 20_230_502 })
    const times = (await replayed(output)).flatMap(event => (event.type === 'trade' ? [event.receivedTime] : []))
    expect(times.at(0)).toBe(kst('2023-05-02T23:59:59.500'))
    expect(times.at(-1)).toBe(kst('2023-05-03T00:00:01.250'))
    expect(dates).toEqual(['2023-05-02']) // one American night is one date
  })

  it('keeps a line that is no frame, and says which it was', async () => {
    const broken = 'connection lost, trying again'
    const { output, problems, ...counts } = await importing([
      lineOf('H0STCNT0.txt', 1),
      '',
      broken,
      lineOf('H0STCNT0.txt', 2),
    ])
    expect(problems).toEqual([expect.stringMatching(/^3: no envelope/)])
    expect(counts).toMatchObject({ lines: 4, frames: 2, malformed: 1 })
    const malformed = (await replayed(output)).filter(event => event.type === 'malformed')
    expect(malformed).toMatchObject([{ raw: broken, receivedTime: kst('2026-06-08T11:48:27') }])
  })

  it('is kept to the last frame, however many there are', async () => {
    const lines = Array.from({ length: 30_000 }, () => lineOf('H0STPGM0.txt', 1))
    const { output, frames } = await importing(lines, { date })
    expect(frames).toBe(30_000)
    expect((await replayed(output)).filter(({ type }) => type === 'record')).toHaveLength(30_000)
  })

  it('keeps nothing of who holds an account', async () => {
    const { output } = await importing([`0|H0STCNI0|001|${lineOf('H0STCNI0.decrypted.txt', 1)}`], { date })
    const [event] = await replayed(output)
    expect(event).toMatchObject({ type: 'record', tr: 'H0STCNI0' })
    expect(JSON.stringify(event)).not.toContain('김한투')
  })

  it.each([
    ['nothing tells its date', lineOf('H0STASP0.txt', 1)],
    ['only a time of day stands in front', `11:48:27 ${lineOf('H0STCNT0.txt', 1)}`],
    ['the first line is broken', 'rubbish'],
  ])('is refused when %s, and nothing is written', async (_what, line) => {
    const output = temporaryFolder()
    await expect(importing([line], { output, date: 20260230 })).rejects.toThrow(
      'date 20260230: expected one as 20260608',
    )
    await expect(importing([line], { output, dat: 20260608 } as never)).rejects.toThrow('did you mean date?')
    await expect(importing([line], { output })).rejects.toThrow(/^line 1 .* --date 2026-06-08/)
    expect(readdirSync(output)).toEqual([])
  })

  it('does not mix with a recording that is there', async () => {
    const { output } = await importing([lineOf('H0STCNT0.txt', 1)])
    await expect(importing([lineOf('H0STCNT0.txt', 1)], { output })).rejects.toThrow(
      'a recording of 2026-06-08 already',
    )
    expect(readdirSync(output)).toEqual(['2026-06-08'])
    expect((await replayed(output)).filter(({ type }) => type === 'trade')).toHaveLength(5)
  })
})
