import { describe, expect, it } from 'vitest'
import { foldRepeats } from '../../../app/observe/log-throttle.ts'

type Line = { readonly level: string; readonly facts: object; readonly message: string }

function rig() {
  const said: Line[] = []
  const at = (level: string) => (facts: object, message: string) => void said.push({ level, facts, message })
  let now = 1_000
  const log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
  return { said, log: foldRepeats(log, { now: () => now }), pass: (ms: number) => (now += ms) }
}

describe('a folded log', () => {
  it('says a message the 1st, 10th and 100th time, and how many lines it left out', () => {
    const { said, log } = rig()
    for (let i = 1; i <= 150; i++) log.warn({ i }, 'malformed frame')
    expect(said).toEqual([
      { level: 'warn', facts: { i: 1 }, message: 'malformed frame' },
      { level: 'warn', facts: { i: 10, leftOut: 8 }, message: 'malformed frame' },
      { level: 'warn', facts: { i: 100, leftOut: 89 }, message: 'malformed frame' },
    ])
    log.flush()
    expect(said.at(-1)).toEqual({ level: 'warn', facts: { leftOut: 50 }, message: 'malformed frame' })
    log.flush()
    expect(said).toHaveLength(4)
  })

  it('leaves no line out without a word: what was said and what was left out add up', () => {
    const { said, log, pass } = rig()
    for (let i = 1; i <= 537; i++) {
      log.error({ i }, 'a')
      pass(i % 100 === 0 ? 60_000 : 10)
    }
    log.flush()
    const leftOut = said.reduce((sum, { facts }) => sum + ((facts as { leftOut?: number }).leftOut ?? 0), 0)
    const shown = said.filter(({ facts }) => 'i' in facts).length
    expect(shown + leftOut).toBe(537)
  })

  it('is new after a minute of quiet', () => {
    const { said, log, pass } = rig()
    for (let i = 1; i <= 5; i++) log.warn({ i }, 'slow')
    pass(59_999)
    log.warn({ i: 6 }, 'slow')
    expect(said).toHaveLength(1)
    pass(60_000)
    log.warn({ i: 7 }, 'slow')
    expect(said).toEqual([
      { level: 'warn', facts: { i: 1 }, message: 'slow' },
      { level: 'warn', facts: { i: 7, leftOut: 5 }, message: 'slow' },
    ])
  })

  it('does not fall silent when the clock is set back', () => {
    const { said, log, pass } = rig()
    log.warn({}, 'slow')
    pass(-3_600_000)
    log.warn({}, 'slow')
    expect(said).toHaveLength(2)
  })

  it('keeps messages and levels apart, and passes debug on', () => {
    const { said, log } = rig()
    for (const _ of [1, 2]) {
      log.warn({}, 'a')
      log.warn({}, 'b')
      log.error({}, 'a')
      log.debug({}, 'a')
    }
    expect(said.map(({ level, message }) => `${level} ${message}`)).toEqual([
      'warn a',
      'warn b',
      'error a',
      'debug a',
      'debug a',
    ])
  })

  it('remembers so many messages, and says what was left out of one before it forgets it', () => {
    const { said, log } = rig()
    log.warn({}, 'first')
    log.warn({}, 'first')
    for (let i = 1; i <= 400; i++) log.warn({}, `message ${i}`)
    expect(said.filter(({ message }) => message === 'first')).toEqual([
      { level: 'warn', facts: {}, message: 'first' },
      { level: 'warn', facts: { leftOut: 1 }, message: 'first' },
    ])
  })
})
