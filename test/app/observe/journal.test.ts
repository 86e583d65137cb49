import { describe, expect, it } from 'vitest'
import { createJournal } from '../../../app/observe/journal.ts'
import { createCounter } from '../../../app/observe/counts.ts'
import { explain } from '../../../kis/codes/codes.ts'
import { eventually, feedRig } from '../../support/rigs/feed.ts'

type Line = { readonly level: string; readonly facts: Record<string, unknown>; readonly message: string }

function recordingLog() {
  const lines: Line[] = []
  const at = (level: string) => (facts: object, message: string) =>
    void lines.push({ level, facts: { ...facts }, message })
  return { lines, log: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') } }
}

describe('the journal of a feed', () => {
  it('has one line for each state change, in order, with its cause', async () => {
    const { lines, log } = recordingLog()
    const rig = await feedRig({ log })
    await rig.feed.confirmed('KRX:005930')
    rig.simulator.cut()
    await rig.until('resume')
    await eventually(() => rig.feed.status().sockets.KR.phase === 'subscribed.settled')
    await rig.feed.stop()

    const steps = lines.filter(({ facts }) => 'from' in facts && facts['market'] === 'KR')
    const transitions = rig.feed.status().sockets.KR.transitions
    expect(steps.map(({ facts }) => [facts['from'], facts['to'], facts['cause']])).toEqual(
      transitions.map(({ from, to, cause }) => [from, to, cause]),
    )
    const losses = steps.filter(({ facts }) => /reconnecting|grace/.test(String(facts['to'])))
    expect(losses).toHaveLength(2)
    for (const { facts } of losses) expect(facts['cause']).toEqual(expect.stringMatching(/close code 1006|stop/))
  })

  it('warns of a line that was lost, and not of one that was left on purpose', async () => {
    const { lines, log } = recordingLog()
    const rig = await feedRig({ log })
    await rig.feed.confirmed('KRX:005930')
    rig.simulator.cut()
    await rig.until('resume')
    await rig.feed.stop()
    const down = lines.filter(({ message }) => message === 'KR is disconnected')
    expect(down.map(({ level, facts }) => [level, facts['reason']])).toEqual([
      ['warn', expect.stringContaining('1006')],
      ['info', 'stop'],
    ])
  })

  it('says the same trouble at 1, 10 and 100, and at the end how many lines it left out', async () => {
    const { lines, log } = recordingLog()
    const rig = await feedRig({ log })
    await rig.feed.confirmed('KRX:005930')
    for (let i = 1; i <= 57; i++) rig.simulator.send(`0|H0STCNT0|002|005930^${i}`)
    await eventually(() => rig.of('malformed').length === 57)
    await rig.feed.stop()
    const malformed = lines.filter(({ message }) => message === 'malformed frame')
    expect(malformed.map(({ facts }) => [facts['soFar'], facts['leftOut']])).toEqual([
      [1, undefined],
      [10, 8],
      [undefined, 47],
    ])
  })

  it('says at most 400 codes of a server that invents them, and counts the rest as repeats', () => {
    const { lines, log } = recordingLog()
    const clock = { now: () => 0 }
    const journal = createJournal({ log, clock, redact: text => text, counter: createCounter() })
    const answer = (code: string) =>
      journal.answer({ line: '1', market: 'KR', entry: explain(code, ''), key: undefined })
    for (let i = 0; i < 1_000; i++) answer(`OPSP${9_000 + i}X`)
    expect(lines.filter(({ level }) => level === 'warn')).toHaveLength(400)
    expect(lines.filter(({ level }) => level === 'debug')).toHaveLength(600)
  })
})
