import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createNoticeNames } from '../../../app/feed/notice-names.ts'
import type { SubscriptionKey } from '../../../market/subscription.ts'

const samsung: SubscriptionKey = 'KRX:005930 H0STCNI0'
const hynix: SubscriptionKey = 'KRX:000660 H0STCNI0'
const apple: SubscriptionKey = 'NAS:AAPL H0STCNI0'

describe('account notices', () => {
  it('are one subscription under however many names, and last as long as one of them', () => {
    const names = createNoticeNames(false)
    expect(names.want([samsung, hynix, 'KRX:005930 trade'])).toEqual(['KRX:NOTICES H0STCNI0', 'KRX:005930 trade'])
    expect(names.unwant(samsung)).toBeUndefined()
    expect(names.unwant(samsung)).toBeUndefined()
    expect(names.unwant('KRX:005930 trade')).toBe('KRX:005930 trade')
    expect(names.unwant(hynix)).toBe('KRX:NOTICES H0STCNI0')
  })

  it('are unsubscribed under their shared name, by any of its subscribers', () => {
    const names = createNoticeNames(false)
    names.want([samsung, hynix])
    expect(names.unwant('KRX:NOTICES H0STCNI0')).toBe('KRX:NOTICES H0STCNI0')
    names.want([samsung])
    expect(names.unwant(samsung)).toBe('KRX:NOTICES H0STCNI0')
  })

  it('are asked for on each line that takes turns, and on one of two that do not', () => {
    const turns = createNoticeNames(false)
    expect(turns.want([samsung, apple])).toEqual(['KRX:NOTICES H0STCNI0', 'NAS:NOTICES H0STCNI0'])
    const sideBySide = createNoticeNames(true)
    expect(sideBySide.want([samsung, apple])).toEqual(['KRX:NOTICES H0STCNI0'])
    expect(sideBySide.want(['KRX:005930 H0GSCNI0', 'NAS:AAPL H0GSCNI0'])).toEqual(['NAS:NOTICES H0GSCNI0'])
  })

  it('of each kind are a subscription of their own', () => {
    const names = createNoticeNames(false)
    expect(names.want([samsung, 'KRX:005930 H0IFCNI0'])).toEqual(['KRX:NOTICES H0STCNI0', 'KRX:NOTICES H0IFCNI0'])
  })

  it('are wanted exactly while somebody wants them, in whatever order that comes and goes', () => {
    const asked = fc.constantFrom(samsung, hynix)
    const steps = fc.array(fc.tuple(fc.boolean(), asked), { maxLength: 20 })
    fc.assert(
      fc.property(steps, all => {
        const names = createNoticeNames(false)
        const holders = new Set<SubscriptionKey>()
        let isHeld = false
        for (const [wants, key] of all) {
          if (wants) {
            holders.add(key)
            isHeld = names.want([key]).length === 1
          } else {
            holders.delete(key)
            if (names.unwant(key) !== undefined) isHeld = false
          }
          expect(isHeld).toBe(holders.size > 0)
        }
      }),
    )
  })
})
