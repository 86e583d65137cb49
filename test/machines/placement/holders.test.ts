import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Ask,
  type Handle,
  hold,
  holderCount,
  letGo,
  letGoOfAll,
  noHolders,
  wantedBy,
} from '../../../machines/placement/holders.ts'
import { ranks } from '../../../machines/placement/words.ts'
import { tries } from '../../support/property.ts'
import { tradeOf } from './rig.ts'

const key = tradeOf(1)
const other = tradeOf(2)

describe('holders', () => {
  it('each handle is a holder of its own unless a holder is named', () => {
    const first = hold(noHolders, [key])
    const second = hold(first.holders, [key])
    expect(holderCount(second.holders, key)).toBe(2)
    const left = letGo(second.holders, first.handle)
    expect(wantedBy(left)).toEqual([{ key, rank: 'watched', shadow: false }])
    expect(wantedBy(letGo(left, second.handle))).toEqual([])
  })

  it('a named holder holds once however often it asks, and its last rank counts', () => {
    const first = hold(noHolders, [key], { holder: 'page', rank: 'held', shadow: true })
    const second = hold(first.holders, [key], { holder: 'page', rank: 'scanned' })
    expect(holderCount(second.holders, key)).toBe(1)
    expect(wantedBy(second.holders)).toEqual([{ key, rank: 'scanned', shadow: false }])
    expect(wantedBy(letGo(second.holders, first.handle))).toEqual([])
  })

  it('rank and shadow are the highest any holder asks for', () => {
    const first = hold(noHolders, [key], { rank: 'scanned', shadow: true })
    const second = hold(first.holders, [key, other], { rank: 'held' })
    expect(wantedBy(second.holders)).toEqual([
      { key, rank: 'held', shadow: true },
      { key: other, rank: 'held', shadow: false },
    ])
    expect(wantedBy(letGo(second.holders, second.handle))).toEqual([{ key, rank: 'scanned', shadow: true }])
  })

  it('letting go twice is harmless, also after the same name has asked again', () => {
    const first = hold(noHolders, [key], { holder: 'page' })
    const gone = letGo(first.holders, first.handle)
    expect(letGo(gone, first.handle).holds).toEqual({})
    const again = hold(gone, [key], { holder: 'page' })
    expect(holderCount(letGo(again.holders, first.handle), key)).toBe(1)
  })

  it('a name that looks like a handle is a name', () => {
    const first = hold(noHolders, [key])
    const named = hold(first.holders, [key], { holder: '1' })
    expect(holderCount(named.holders, key)).toBe(2)
  })

  it('unsubscribe lets go of all that this process holds of it', () => {
    const first = hold(noHolders, [key, other], { holder: 'page' })
    const second = hold(first.holders, [key])
    const left = letGoOfAll(second.holders, [key])
    expect(wantedBy(left).map(each => each.key)).toEqual([other])
    expect(holderCount(letGo(left, second.handle), key)).toBe(0)
  })
})

describe('holders, in any order', () => {
  type Step = { readonly ask: Ask; readonly key: number } | { readonly letGo: number } | { readonly all: number }
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.record({
      key: fc.nat(3),
      ask: fc
        .record({
          rank: fc.constantFrom(...ranks),
          shadow: fc.boolean(),
          holder: fc.option(fc.constantFrom('page', 'settings'), { nil: undefined }),
        })
        .map(({ holder, ...rest }) => (holder === undefined ? rest : { ...rest, holder })),
    }),
    fc.record({ letGo: fc.nat(20) }),
    fc.record({ all: fc.nat(3) }),
  )

  it('the counts are right', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), steps => {
        let holders = noHolders
        const handles: Handle[] = []
        // The same, kept by hand: who holds what, and which handle began it.
        const model = new Map<string, { key: number; rank: number; shadow: boolean; handles: Set<number> }>()
        for (const each of steps) {
          if ('ask' in each) {
            const { holder, rank = 'watched', shadow = false } = each.ask
            const number = handles.length
            const held = hold(holders, [tradeOf(each.key)], each.ask)
            holders = held.holders
            handles.push(held.handle)
            const name = `${each.key} ${holder ?? number}`
            const known = model.get(name)?.handles ?? new Set()
            model.set(name, { key: each.key, rank: ranks.indexOf(rank), shadow, handles: known.add(number) })
          } else if ('letGo' in each) {
            const handle = handles[each.letGo]
            if (handle !== undefined) holders = letGo(holders, handle)
            for (const [name, { handles: begun }] of model) if (begun.has(each.letGo)) model.delete(name)
          } else {
            holders = letGoOfAll(holders, [tradeOf(each.all)])
            for (const [name, held] of model) if (held.key === each.all) model.delete(name)
          }
        }
        for (let number = 0; number <= 3; number++) {
          const all = [...model.values()].filter(held => held.key === number)
          expect(holderCount(holders, tradeOf(number))).toBe(all.length)
          const wanted = wantedBy(holders).find(each => each.key === tradeOf(number))
          expect(wanted && [ranks.indexOf(wanted.rank), wanted.shadow]).toEqual(
            all.length === 0 ? undefined : [Math.max(...all.map(({ rank }) => rank)), all.some(({ shadow }) => shadow)],
          )
        }
      }),
      tries(2_000),
    )
  })
})
