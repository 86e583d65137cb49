import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as ledger from '../../machines/ledger.ts'
import type { SubscriptionKey } from '../../market/subscription.ts'

const samsung: SubscriptionKey = 'KRX:005930 trade'
const hynix: SubscriptionKey = 'KRX:000660 trade'
const many = (count: number): SubscriptionKey[] =>
  Array.from({ length: count }, (_, index) => `KRX:${String(index).padStart(6, '0')} trade` as SubscriptionKey)

describe('ledger', () => {
  it('calls nothing active that the server did not confirm', () => {
    let entries = ledger.want(ledger.emptyLedger, [samsung])
    expect(entries[samsung]?.status).toBe('wanted')
    entries = ledger.requested(entries, [samsung])
    expect(entries[samsung]?.status).toBe('requested')
    entries = ledger.acknowledged(entries, samsung)
    expect(entries[samsung]?.status).toBe('active')
  })

  it('does not take a failed send for a request', () => {
    const entries = ledger.unsent(ledger.requested(ledger.want({}, [samsung]), [samsung]), samsung)
    expect(entries[samsung]?.status).toBe('wanted')
  })

  it('refuses the 42nd key itself, with the code KIS would have used', () => {
    const keys = many(42)
    const entries = ledger.want({}, keys)
    expect(ledger.toRequest(entries)).toHaveLength(41)
    expect(entries[keys[41] as SubscriptionKey]).toEqual({
      status: 'refused',
      isWanted: true,
      code: 'OPSP0008',
      isUnplaced: true,
    })
  })

  it('has room again once a key was released', () => {
    const keys = many(42)
    const [first, last] = [keys[0], keys[41]] as [SubscriptionKey, SubscriptionKey]
    let entries = ledger.requested(ledger.want({}, keys), keys.slice(0, 41))
    entries = ledger.acknowledged(entries, first)
    entries = ledger.releasing(ledger.unwant(entries, [first]), [first])
    expect(ledger.want(entries, [last])[last]?.status).toBe('refused')
    entries = ledger.released(entries, first)
    expect(ledger.want(entries, [last])[last]?.status).toBe('wanted')
  })

  it('gives a free slot to a key without one, in the order in which they were wanted', () => {
    const keys = many(45)
    const [first, second] = keys as [SubscriptionKey, SubscriptionKey]
    let entries = ledger.requested(ledger.want({}, keys), keys.slice(0, 41))
    expect(ledger.admitted(entries)).toEqual(entries)
    entries = ledger.releasing(ledger.unwant(entries, [first, second]), [first, second])
    expect(ledger.toRequest(ledger.admitted(entries))).toEqual([])
    entries = ledger.admitted(ledger.released(entries, first))
    expect(ledger.toRequest(entries)).toEqual([keys[41]])
    // What KIS refused for lack of a slot takes none of our free slots.
    entries = ledger.refused(
      ledger.requested(entries, [keys[41] as SubscriptionKey]),
      keys[41] as SubscriptionKey,
      'OPSP0008',
    )
    expect(ledger.toRequest(ledger.admitted(ledger.released(entries, second)))).toEqual([keys[42], keys[43]])
  })

  it('keeps a slot for account notices, wanted before or after everything else', () => {
    const [notices, overseas]: SubscriptionKey[] = ['KRX:NOTICES H0STCNI0', 'KRX:NOTICES H0GSCNI0']
    const keys = many(41)
    const refused = { status: 'refused', isWanted: true, code: 'OPSP0008', isUnplaced: true }
    const full = ledger.want({}, keys, 1)
    expect(ledger.toRequest(full)).toEqual(keys.slice(0, 40))
    expect(full[keys[40] as SubscriptionKey]).toEqual(refused)
    const both = ledger.want(full, [notices as SubscriptionKey], 1)
    // First, so that it has its slot even where KIS has fewer than 41.
    expect(ledger.toRequest(both)).toEqual([notices, ...keys.slice(0, 40)])
    // Only one slot is reserved.
    expect(ledger.want(both, [overseas as SubscriptionKey], 1)[overseas as SubscriptionKey]).toEqual(refused)
    expect(ledger.toRequest(ledger.want(ledger.want({}, [notices as SubscriptionKey], 1), keys, 1))).toHaveLength(41)
    expect(ledger.newSession(both, 1)).toEqual(both)
    expect(ledger.fitted(both, 1)).toEqual(both)
  })

  it('requests again a key that rests in a full session: it has kept its slot', () => {
    const keys = many(41)
    const [first] = keys as [SubscriptionKey]
    const refused = ledger.refused(ledger.requested(ledger.want({}, keys), keys), first, 'OPSP0007', true)
    expect(ledger.want(refused, [first])[first]).toEqual({ status: 'wanted', isWanted: true })
  })

  it('keeps the slot of an unanswered key that is requested again', () => {
    const keys = many(42)
    const [first, last] = [keys[0], keys[41]] as [SubscriptionKey, SubscriptionKey]
    const asked = ledger.requested(ledger.want({}, keys.slice(0, 41)), keys.slice(0, 41))
    const answered = keys.slice(1, 41).reduce(ledger.acknowledged, asked)
    const resting = ledger.giveUpWaiting(answered, [first])
    expect(ledger.want(resting, [last])[last]).toEqual({
      status: 'refused',
      isWanted: true,
      code: 'OPSP0008',
      isUnplaced: true,
    })
    expect(ledger.toRequest(ledger.rested(resting, first))).toEqual([first])
  })

  it('refuses what no longer fits, because the server held a key after all that it had refused', () => {
    const keys = many(42)
    const [first, last] = [keys[0], keys[41]] as [SubscriptionKey, SubscriptionKey]
    let entries = ledger.requested(ledger.want({}, keys.slice(0, 41)), keys.slice(0, 41))
    entries = ledger.want(ledger.refused(entries, first, 'OPSP0007'), [last])
    expect(ledger.fitted(entries)).toEqual(entries)
    entries = ledger.acknowledged(entries, first)
    expect(ledger.held(entries)).toHaveLength(41)
    expect(ledger.toRequest(ledger.fitted(entries))).toEqual([])
    expect(ledger.fitted(entries)[last]).toEqual({
      status: 'refused',
      isWanted: true,
      code: 'OPSP0008',
      isUnplaced: true,
    })
  })

  it('keeps what is wanted and forgets every status when a session ends', () => {
    let entries = ledger.requested(ledger.want({}, [samsung, hynix]), [samsung, hynix])
    entries = ledger.refused(ledger.acknowledged(entries, samsung), hynix, 'OPSP0007')
    entries = ledger.releasing(ledger.unwant(entries, [samsung]), [samsung])
    expect(ledger.newSession(entries)).toEqual({ [hynix]: { status: 'wanted', isWanted: true } })
  })

  it('keeps releasing a key whose old acknowledgement comes late', () => {
    let entries = ledger.requested(ledger.want({}, [samsung]), [samsung])
    entries = ledger.releasing(ledger.unwant(entries, [samsung]), [samsung])
    expect(ledger.acknowledged(entries, samsung)[samsung]?.status).toBe('releasing')
  })

  it('takes a refused release for a key that is gone', () => {
    let entries = ledger.acknowledged(ledger.requested(ledger.want({}, [samsung]), [samsung]), samsung)
    entries = ledger.releasing(ledger.unwant(entries, [samsung]), [samsung])
    expect(ledger.refused(entries, samsung, 'OPSP0007')).toEqual({})
  })

  it('ignores answers for unknown keys', () => {
    for (const step of [ledger.acknowledged, ledger.released, ledger.duplicated, ledger.flowing, ledger.unsent]) {
      expect(step({}, samsung)).toEqual({})
    }
    expect(ledger.refused({}, samsung, 'OPSP0007')).toEqual({})
  })
})

describe('ledger, with any steps and any answers', () => {
  const key = fc.constantFrom(...many(50))
  const keys = fc.array(key, { maxLength: 45 })
  type Step = { readonly name: string; readonly take: (entries: ledger.Ledger) => ledger.Ledger }
  const answer = fc.constantFrom(ledger.acknowledged, ledger.released, ledger.duplicated, ledger.flowing, ledger.unsent)
  const step: fc.Arbitrary<Step> = fc.oneof(
    keys.map(some => ({ name: 'want', take: (entries: ledger.Ledger) => ledger.want(entries, some) })),
    keys.map(some => ({ name: 'unwant', take: (entries: ledger.Ledger) => ledger.unwant(entries, some) })),
    fc.constant({
      name: 'request',
      take: (entries: ledger.Ledger) => ledger.requested(entries, ledger.toRequest(entries)),
    }),
    fc.constant({
      name: 'release',
      take: (entries: ledger.Ledger) => ledger.releasing(entries, ledger.toRelease(entries)),
    }),
    fc.constant({
      name: 'release all',
      take: (entries: ledger.Ledger) => ledger.releasing(entries, ledger.held(entries)),
    }),
    fc.constant({ name: 'give up waiting', take: ledger.giveUpWaiting }),
    fc.constant({ name: 'new session', take: ledger.newSession }),
    fc.tuple(key, answer).map(([one, step]) => ({
      name: 'answer',
      // A session that is full cannot acknowledge a key it refused.
      take: (entries: ledger.Ledger) => (entries[one]?.status === 'refused' ? entries : step(entries, one)),
    })),
    key.map(one => ({ name: 'refuse', take: (entries: ledger.Ledger) => ledger.refused(entries, one, 'OPSP0007') })),
  )
  const run = (steps: readonly Step[]) => steps.reduce((entries, { take }) => take(entries), ledger.emptyLedger)
  const wantedKeys = (entries: ledger.Ledger) =>
    ledger.entriesOf(entries).flatMap(([one, { isWanted }]) => (isWanted ? [one] : []))

  it('never requests more than 41 keys at a time', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), steps => {
        const entries = run(steps)
        expect(ledger.held(entries).length + ledger.toRequest(entries).length).toBeLessThanOrEqual(
          ledger.mostSubscriptions,
        )
      }),
    )
  })

  it('never loses a wanted key that was not unwanted', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), step, (steps, last) => {
        fc.pre(last.name !== 'unwant')
        const before = run(steps)
        expect(wantedKeys(last.take(before))).toEqual(expect.arrayContaining(wantedKeys(before)))
      }),
    )
  })

  it('is unchanged by a key that is wanted and unwanted before anything was sent', () => {
    fc.assert(
      fc.property(keys, key, (some, one) => {
        fc.pre(!some.includes(one))
        const before = ledger.want({}, some)
        expect(ledger.unwant(ledger.want(before, [one]), [one])).toEqual(before)
      }),
    )
  })

  it('is settled after giving up waiting, except for what is not requested yet', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), steps => {
        const entries = ledger.giveUpWaiting(run(steps))
        expect(ledger.isSettled(entries)).toBe(ledger.toRequest(entries).length === 0)
      }),
    )
  })
})
