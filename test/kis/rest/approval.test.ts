// One approval key for everybody, renewed in time.
import { describe, expect, it } from 'vitest'
import { hourMs } from '../../../market/basics/durations.ts'
import { createApprovalKeys } from '../../../kis/rest/approval.ts'
import { KisError } from '../../../kis/errors.ts'
import { Secret } from '../../../kis/secret.ts'

/** Approval keys whose issues are answered by hand. */
function rig() {
  const asked: { resolve: (key: Secret) => void; reject: (error: Error) => void }[] = []
  let now = Date.parse('2026-09-14T08:00:00+09:00')
  const keys = createApprovalKeys(
    () => new Promise<Secret>((resolve, reject) => void asked.push({ resolve, reject })),
    { now: () => now },
  )
  return {
    keys,
    /** How many issues KIS was asked for. */
    issues: () => asked.length,
    advance: (ms: number) => void (now += ms),
    answer: (key: string) => asked.at(-1)?.resolve(new Secret(key)),
    fail: (error: Error) => asked.at(-1)?.reject(error),
    /** Asks, and has KIS answer if it is asked in turn. */
    async current(answer: string): Promise<string> {
      const before = asked.length
      const key = keys.current()
      if (asked.length > before) asked.at(-1)?.resolve(new Secret(answer))
      return (await key).reveal()
    },
  }
}

describe('an approval key', () => {
  it('is asked for when it is needed, not before', async () => {
    const { issues, current } = rig()
    expect(issues()).toBe(0)
    expect(await current('first')).toBe('first')
    expect(issues()).toBe(1)
  })

  it('is asked for once, however many wait for it', async () => {
    const { keys, issues, answer } = rig()
    const waiting = [keys.current(), keys.current(), keys.current()]
    answer('first')
    expect((await Promise.all(waiting)).map(key => key.reveal())).toEqual(['first', 'first', 'first'])
    expect(issues()).toBe(1)
  })

  it('is kept for 23 hours, and then asked for again', async () => {
    const { issues, advance, current } = rig()
    await current('first')
    advance(23 * hourMs - 1)
    expect(await current('second')).toBe('first')
    expect(issues()).toBe(1)
    advance(1)
    expect(await current('second')).toBe('second')
    expect(issues()).toBe(2)
  })

  it('is counted from when it was issued, not from when it was asked for', async () => {
    const { keys, issues, advance, answer } = rig()
    const key = keys.current()
    advance(hourMs)
    answer('first')
    await key
    advance(23 * hourMs - 1)
    expect((await keys.current()).reveal()).toBe('first')
    expect(issues()).toBe(1)
  })
})

describe('an approval key that KIS refused', () => {
  it('is forgotten: the next one who needs one gets a new one', async () => {
    const { keys, issues, current } = rig()
    await current('first')
    keys.forget()
    expect(issues()).toBe(1)
    expect(await current('second')).toBe('second')
    expect(await current('third')).toBe('second')
  })

  it('may be forgotten twice, or before there was any', async () => {
    const { keys, issues, current } = rig()
    keys.forget()
    keys.forget()
    expect(await current('first')).toBe('first')
    expect(issues()).toBe(1)
  })

  it('may be forgotten while a new one is on its way, which is then good', async () => {
    const { keys, issues, answer, current } = rig()
    await current('first')
    keys.forget()
    const renewed = keys.current()
    keys.forget()
    answer('second')
    expect((await renewed).reveal()).toBe('second')
    expect(await current('third')).toBe('second')
    expect(issues()).toBe(2)
  })
})

describe('an issue that fails', () => {
  it('fails for all who waited, and is tried again by the next', async () => {
    const { keys, issues, fail, current } = rig()
    const waiting = [keys.current(), keys.current()]
    const trouble = new KisError('network', 'no answer')
    fail(trouble)
    expect(await Promise.allSettled(waiting)).toEqual([
      { status: 'rejected', reason: trouble },
      { status: 'rejected', reason: trouble },
    ])
    expect(await current('second')).toBe('second')
    expect(issues()).toBe(2)
  })

  it('does not bring back the key that has expired', async () => {
    const { keys, advance, fail, current } = rig()
    await current('first')
    advance(23 * hourMs)
    const renewal = keys.current()
    fail(new KisError('server', 'later'))
    await expect(renewal).rejects.toThrow('later')
    expect(await current('second')).toBe('second')
  })

  it('is tried again even when it failed before there was anything to wait for', async () => {
    let asked = 0
    const keys = createApprovalKeys(
      () => {
        asked++
        if (asked === 1) throw new Error('no keys to ask with')
        return Promise.resolve(new Secret('second'))
      },
      { now: () => 0 },
    )
    await expect(keys.current()).rejects.toThrow('no keys to ask with')
    expect((await keys.current()).reveal()).toBe('second')
  })
})
