import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { give, nine, recorderFor, temporaryFolder, tradeAt } from '../recording/support.ts'
import { jsonLinesOf, runCommand, startCommand } from '../support/processes/command.ts'

async function recordedMinute(): Promise<string> {
  const folder = temporaryFolder()
  const recorder = recorderFor(folder)
  for (let i = 0; i < 60; i++) {
    give(recorder, tradeAt('090000', 100 * (i + 1), i % 2 === 0 ? '005930' : '000660'), nine + i * 1_000)
  }
  await recorder.stop()
  return folder
}

// Several processes, one after another, on a machine that may be busy: hence the time they are given.
describe('kis-stream record', () => {
  it('records a demonstration without a word on standard output, and what it recorded can be listed and replayed', async () => {
    const folder = temporaryFolder()
    rmSync(folder, { recursive: true })
    const recording = startCommand(['record', folder, '--market', 'KR', '--log-level', 'info'])
    await recording.printed((_, err) => err.includes('→ subscribed'))
    recording.process.kill('SIGINT')
    const { code, out } = await recording.finished
    const listed = await runCommand(['recordings', folder, '--json'])
    const replayed = await runCommand(['replay', folder, '--speed', 'max', '--format', 'ndjson'])
    expect([code, out, listed.code, replayed.code]).toEqual([0, '', 0, 0])
    expect(jsonLinesOf(listed.out)).toMatchObject([{ runs: 1, segments: 1, lost: 0, unclosed: 0, damaged: 0 }])
    const kinds = jsonLinesOf(replayed.out).map(({ type }) => type)
    expect(kinds[0]).toBe('subscription')
    expect(kinds.at(-1)).toBe('disconnect')
  })
})

describe('kis-stream recordings', () => {
  it('lists days with what is in them, for people and for programs', async () => {
    const folder = await recordedMinute()
    const people = await runCommand(['recordings', folder, '--verify'])
    const programs = await runCommand(['recordings', folder, '--json'])
    expect(people.out).toMatch(/2026-09-14 +09:00:00 +09:00:59 +\d+ +0 +0 +[\d.]+ KiB +verified +KRX:000660 KRX:005930/)
    expect(jsonLinesOf(programs.out)).toMatchObject([
      { date: 20260914, instruments: ['KRX:000660', 'KRX:005930'], frames: 60, from: nine, to: nine + 59_000 },
    ])
  })

  it('ends with exit code 1 where --verify finds damage', async () => {
    const folder = await recordedMinute()
    const file = `${folder}/2026-09-14/000001.kisrec`
    const bytes = readFileSync(file)
    bytes[100] = (bytes[100] as number) ^ 1
    writeFileSync(file, bytes)
    const { code, out } = await runCommand(['recordings', folder, '--verify'])
    expect([code, out]).toEqual([1, expect.stringContaining('1 damaged')])
    expect((await runCommand(['recordings', folder, '--verify', '--json'])).code).toBe(1)
  })

  it('says what is no recording, with exit code 2', async () => {
    const { code, err } = await runCommand(['recordings', '/nowhere', '--wrong'])
    expect([code, err]).toEqual([2, expect.stringContaining("unknown flag '--wrong'")])
    expect((await runCommand(['recordings', '/nowhere'])).err).toContain('no recording at /nowhere')
  })
})

describe('kis-stream replay', () => {
  it('prints a part of a day, for some instruments', async () => {
    const folder = await recordedMinute()
    const part = ['--from', '09:00:10', '--to', '09:00:20', '--instruments', 'KRX:005930']
    const { code, out } = await runCommand(['replay', folder, ...part, '--speed', 'max', '--format', 'ndjson'])
    const events = jsonLinesOf(out)
    expect(code).toBe(0)
    const trades = events.filter(({ type }) => type === 'trade')
    expect(trades.map(({ receivedTime }) => receivedTime)).toEqual(
      [10, 12, 14, 16, 18].map(second => nine + second * 1_000),
    )
    expect(new Set(events.map(({ instrument }) => instrument))).toEqual(new Set(['KRX:005930']))
  })

  it('says when nothing was recorded in the part it is asked for', async () => {
    const folder = temporaryFolder()
    const recorder = recorderFor(folder)
    give(recorder, tradeAt('090000', 100), nine)
    await recorder.stop()
    const { code, out, err } = await runCommand(['replay', folder, '--from', '15:00', '--speed', 'max'])
    expect({ code, out }).toEqual({ code: 0, out: '' })
    expect(err).toContain('nothing was recorded in this part of')
  })

  it('lists every mistake at once, with exit code 2', async () => {
    const folder = await recordedMinute()
    const wrong = ['--date', '2026-09-15', '--from', '9', '--speed', 'slow', '--instruments', 'AAPL', '--format', 'xml']
    const { code, err } = await runCommand(['replay', folder, ...wrong])
    expect(code).toBe(2)
    for (const word of [
      '--date 2026-09-15: not recorded',
      "'9' is no time",
      "'slow' is no speed",
      "'AAPL'",
      '--format',
    ]) {
      expect(err).toContain(word)
    }
  })
})

describe('kis-stream simulate --recording', () => {
  it('serves the last recorded day', async () => {
    const folder = await recordedMinute()
    const simulating = startCommand(['simulate', '--recording', folder, '--port', '0', '--speed', 'max'])
    // What it prints to paste is of the recorded day, its hour included: for a feed of today it would be old.
    const pasted = /kis-stream run (--market KR --instruments KRX:000660,KRX:005930 --at 2026-09-14T\S+)\n/
    let printed = ''
    await simulating.printed(out => pasted.test((printed = out)))
    const variables = [...printed.matchAll(/(KIS_\w+)=(\S+)/g)].map(([, name, value]) => [name, value])
    const words = pasted.exec(printed)?.[1]?.split(' ') ?? []
    const running = startCommand(['run', ...words, '--format', 'ndjson', '--no-jobs'], {
      ...(Object.fromEntries(variables) as Record<string, string>),
      KIS_GRACE_MS: '50',
    })
    await running.printed(out => out.includes('"type":"trade"'))
    running.process.kill('SIGINT')
    expect((await running.finished).out).not.toContain('"type":"malformed"')
    simulating.process.kill('SIGINT')
    const { code, err } = await simulating.finished
    expect(code).toBe(0)
    expect(err).toContain('tape: the recording of 2026-09-14')
  })
})
