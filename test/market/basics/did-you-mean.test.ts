import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { didYouMean, nearest, unknownOptions } from '../../../market/basics/did-you-mean.ts'

const names = ['instruments', 'channels', 'market', 'columns', 'KIS_GRACE_MS', 'graceMs', 'trade', 'order-book']

describe('a misspelt name', () => {
  it.each([
    ['intruments', 'instruments'],
    ['instrument', 'instruments'],
    ['chanels', 'channels'],
    ['markte', 'market'],
    ['KIS_GRACE_MSEC', 'KIS_GRACE_MS'],
    ['gracems', 'graceMs'],
    ['trades', 'trade'],
    ['orderbook', 'order-book'],
    ['ORDER_BOOK', 'order-book'],
  ])('%s is %s', (text, name) => expect(nearest(text, names)).toBe(name))

  it.each([[''], ['-'], ['xyz'], ['colour'], ['a'.repeat(100_000)]])('%s is none of them', text =>
    expect(nearest(text, names)).toBeUndefined(),
  )

  it('becomes the end of a sentence', () => {
    expect(didYouMean('trades', names)).toBe('; did you mean trade?')
    expect(didYouMean('xyz', names)).toBe('')
    expect(unknownOptions({ trade: 1, graceMS: 2, xyz: undefined }, names, 'timing.')).toEqual([
      'timing.graceMS is no option here; did you mean graceMs?',
      'timing.xyz is no option here',
    ])
  })

  it('is found again after one slip, whichever it is', () => {
    const long = names.filter(name => name.length >= 5)
    fc.assert(
      fc.property(
        fc.constantFrom(...long),
        fc.nat(),
        fc.constantFrom('left out', 'doubled', 'swapped'),
        (name, at, slip) => {
          const i = at % (name.length - 1)
          const slipped = {
            'left out': name.slice(0, i) + name.slice(i + 1),
            doubled: name.slice(0, i + 1) + name.slice(i),
            swapped: name.slice(0, i) + name[i + 1] + name[i] + name.slice(i + 2),
          }[slip] as string
          expect(nearest(slipped, names)).toBe(name)
        },
      ),
    )
  })

  it('of any kind is compared without trouble, and a known name is always its own neighbour', () => {
    fc.assert(fc.property(fc.string(), text => names.includes(nearest(text, names) ?? 'trade')))
    for (const name of names) expect(nearest(name, names)).toBe(name)
  })
})
