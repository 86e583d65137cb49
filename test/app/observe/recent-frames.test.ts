import { describe, expect, it } from 'vitest'
import { createRecentFrames } from '../../../app/observe/recent-frames.ts'
import { createRedaction } from '../../../kis/redaction.ts'
import { Secret } from '../../../kis/secret.ts'
import { encryptedFrame } from '../../support/wire/notices.ts'

const recentFrames = () => createRecentFrames(createRedaction([new Secret('planted-secret')]))
const frame = (text: string, receivedTime = 0) => ({
  line: '1',
  market: 'KR' as const,
  bytes: Buffer.from(text),
  receivedTime,
})

describe('the recent frames', () => {
  it('are the last 64, oldest first', () => {
    const recent = recentFrames()
    for (let i = 1; i <= 100; i++) recent.note(frame(`0|H0STCNT0|001|${i}`, i))
    const shown = recent.shown()
    expect(shown).toHaveLength(64)
    expect(shown[0]).toEqual({ market: 'KR', receivedTime: 37, text: '0|H0STCNT0|001|37' })
    expect(shown.at(-1)?.text).toBe('0|H0STCNT0|001|100')
  })

  it('are cut to 4 KB each, and hold on to no more than that of a long one', () => {
    const recent = recentFrames()
    const bytes = Buffer.alloc(1_000_000, 'x')
    for (let i = 0; i < 64; i++) recent.note({ line: '1', market: 'KR', bytes, receivedTime: i })
    const shown = recent.shown()
    expect(shown).toHaveLength(64)
    for (const { text } of shown) expect(text).toBe(`${'x'.repeat(4_096)}… (1000000 in all)`)
  })

  it('are none before the first', () => {
    expect(recentFrames().shown()).toEqual([])
  })

  it('show no account notice, sealed or opened, and no secret that a server threw back', () => {
    const recent = recentFrames()
    recent.note(frame(encryptedFrame('H0STCNI0', 'PERSON^1234567801')))
    recent.note(frame('0|H0STCNI0|001|PERSON^1234567801^rest'))
    recent.note(frame('0|H0STCNT0|001|planted-secret^1'))
    recent.note(frame(`{"header":{"tr_id":"H0STCNI0","key":"${'k'.repeat(32)}","iv":"${'v'.repeat(16)}"`))
    const [sealed, opened, thrownBack, broken] = recent.shown().map(({ text }) => text)
    expect(sealed).toMatch(/^an encrypted notice of \d+ bytes, \[redacted\]$/)
    expect(opened).toBe('H0STCNI0: a notice of 37 bytes, [redacted]')
    expect(thrownBack).toBe('0|H0STCNT0|001|[redacted]^1')
    expect(broken).not.toMatch(/k{6}|v{6}/)
  })
})
