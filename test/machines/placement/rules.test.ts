import { describe, expect, it } from 'vitest'
import { explain } from '../../../machines/placement/explain.ts'
import { learnLimit } from '../../../machines/placement/learn.ts'
import { keysOn } from '../../../machines/placement/place.ts'
import type { PlacementLine, Rank, Wanted } from '../../../machines/placement/words.ts'
import { minuteMs, secondMs } from '../../../market/basics/durations.ts'
import { bookOf, countOn, line, lineOf, shadowLineOf, start, story, tradeOf, trades } from './rig.ts'

const full = (rank: Wanted['rank'] = 'watched') => trades(41, rank, 1000)
const book = (number: number, rank: Wanted['rank'] = 'watched'): Wanted => ({ key: bookOf(number), rank })

describe('1. nothing moves that need not', () => {
  it('moves nothing when the same is placed again, at any time', () => {
    const { step } = story([line('1'), line('2')])
    const wanted = [...trades(50), book(3), { key: tradeOf(90), rank: 'held', shadow: true } as const]
    const first = step(wanted)
    expect(first.moves).toHaveLength(53)
    for (const afterMs of [0, 1, 59_999, 60_000, 10 * minuteMs]) {
      const again = step(wanted, afterMs)
      expect(again.moves).toEqual([])
      expect(again.placement.entries).toEqual(first.placement.entries)
    }
  })

  it('moves nothing when the order, a rank or a new line makes another placement just as good', () => {
    const { step } = story([line('1'), line('2')])
    step(trades(50))
    expect(step(trades(50).toReversed(), 1).moves).toEqual([])
    expect(step(trades(50, 'held'), 2).moves).toEqual([])
    expect(step(trades(50, 'held'), 3, [line('3'), line('2'), line('1')]).moves).toEqual([])
  })
})

describe('2. rank decides who has a slot', () => {
  it('places held before watched before scanned', () => {
    const { step } = story([line('1')])
    const wanted = [...trades(20, 'scanned'), ...trades(20, 'watched', 100), ...trades(20, 'held', 200)]
    const { placement, unplaced } = step(wanted)
    expect(trades(20, 'held', 200).every(({ key }) => lineOf(placement, key) === '1')).toBe(true)
    expect(unplaced.map(({ key }) => key)).toEqual(trades(19, 'scanned', 1).map(({ key }) => key))
  })

  it('an equal never evicts an equal', () => {
    const { step } = story([line('1')])
    step(full())
    const { moves, unplaced, placement } = step([{ key: tradeOf(1), rank: 'watched' }, ...full()], 10 * minuteMs)
    expect(moves).toEqual([])
    expect(unplaced).toEqual([{ key: tradeOf(1), isShadow: false, why: { code: 'full', lines: 1 } }])
    expect(explain(placement, tradeOf(1))).toBe(
      'KRX:000001 trade (watched) has no slot: every slot of the line has an equal or a higher rank, and an equal is not evicted. Release one, raise its rank, or add an app key.',
    )
  })

  it('a higher rank evicts at once, whatever the dwell', () => {
    const { step } = story([line('1')])
    step(full('scanned'))
    const { moves, placement } = step([{ key: tradeOf(1), rank: 'held' }, ...full('scanned')], 1)
    const [out, into] = moves
    expect(moves).toHaveLength(2)
    expect(out).toMatchObject({ from: '1', to: null, cause: 'evicted', isReleased: true })
    expect(into).toMatchObject({ key: tradeOf(1), from: null, to: '1', cause: 'wanted', isByRank: true })
    expect(explain(placement, tradeOf(1))).toContain(
      'no slot was free for it, and it took that of KRX:001000 trade, which has a lower rank',
    )
  })

  it('the lowest rank gives way first, of any line', () => {
    const { step } = story([line('1'), line('2')])
    const wanted = [...trades(81), ...trades(1, 'scanned', 500)]
    step(wanted)
    const { moves } = step([...wanted, ...trades(1, 'held', 900)], minuteMs)
    expect(moves.map(({ key, to }) => [key, to !== null])).toEqual([
      [tradeOf(500), false],
      [tradeOf(900), true],
    ])
  })

  it('only the budget delays a higher rank, and its sentence says until when', () => {
    const { step } = story([line('1')])
    // 41, and then 34 of the next rank: each evicts one, with two requests.
    step(full('scanned'))
    step([...full('scanned'), ...trades(41, 'watched')], secondMs)
    const wanted = [...full('scanned'), ...trades(41, 'watched'), ...trades(41, 'held', 100)]
    const { unplaced, placement, nextAt } = step(wanted, minuteMs)
    const delayed = unplaced.filter(({ why }) => why.code === 'budget')
    expect(delayed).toHaveLength(7)
    expect(delayed[0]?.why).toEqual({ code: 'budget', line: '1', until: start + 10 * minuteMs + secondMs })
    expect(nextAt).toBe(start + 10 * minuteMs + secondMs)
    expect(explain(placement, delayed[0]?.key ?? tradeOf(0))).toBe(
      'KRX:000134 trade (held) has no slot: line 1 has used its requests for moves until 2026-12-01 10:10:01 KST; then it is placed. Nothing needs to be done.',
    )
    expect(step(wanted, 10 * minuteMs).moves).toEqual([])
    expect(step(wanted, 10 * minuteMs + secondMs).moves.filter(({ isByRank }) => isByRank)).toHaveLength(7)
  })
})

describe("3. account notices belong to their account's line", () => {
  const notices = (more: Partial<Wanted> = {}): Wanted => ({ key: 'KRX:NOTICES H0STCNI0', rank: 'scanned', ...more })

  it('stand there however full it is, and are never evicted', () => {
    const { step } = story([line('1'), line('2')])
    step(trades(82, 'held'))
    const { placement, moves } = step([...trades(82, 'held'), notices({ line: '2' })], minuteMs)
    expect(lineOf(placement, 'KRX:NOTICES H0STCNI0')).toBe('2')
    expect(moves.map(({ cause }) => cause)).toEqual(['evicted', 'wanted'])
    expect(explain(placement, 'KRX:NOTICES H0STCNI0')).toContain('account notices belong to the line of their account')
    expect(
      lineOf(step([...trades(90, 'held'), notices({ line: '2' })], 2 * minuteMs).placement, 'KRX:NOTICES H0STCNI0'),
    ).toBe('2')
  })

  it('do not leave it when it is lost', () => {
    const { step } = story([line('1'), line('2')])
    step([notices()])
    const lost = line('1', { state: 'lost', mayLeave: ['held', 'watched', 'scanned'] })
    const { moves, placement } = step([notices()], 1, [lost, line('2')])
    expect(moves).toEqual([])
    expect(explain(placement, 'KRX:NOTICES H0STCNI0')).toContain('Line 1 has no session at the moment')
  })

  it('once, whatever the instruments', () => {
    const { step } = story([line('1')])
    const other = { key: 'KRX:005930 H0STCNI0', rank: 'held' } as const
    const { placement, moves, unplaced } = step([notices(), other])
    expect([moves.length, unplaced.length]).toEqual([1, 0])
    expect(explain(placement, other.key)).toBe(
      'KRX:005930 H0STCNI0 needs no slot: KIS sends the same account notices as for KRX:NOTICES H0STCNI0.',
    )
  })

  it('and keep a slot', () => {
    const { step } = story([line('1', { noticeSlots: 1 })])
    expect(step(trades(45)).unplaced).toHaveLength(5)
    const { moves, placement } = step([...trades(45), notices()], 1)
    expect(moves).toMatchObject([{ key: 'KRX:NOTICES H0STCNI0', to: '1', isByRank: false }])
    expect(countOn(placement, '1')).toBe(41)
  })

  it('say so when that line does not serve their market', () => {
    const { placement, unplaced } = story([line('1')]).step([notices({ line: '7' })])
    expect(unplaced).toMatchObject([{ why: { code: 'account', line: '7' } }])
    expect(explain(placement, 'KRX:NOTICES H0STCNI0')).toContain('line 7 cannot have them')
  })
})

describe('4. trade and book of one instrument share a line', () => {
  it('whichever is asked for first, and whatever else is there', () => {
    const { step } = story([line('1'), line('2'), line('3')])
    const wanted = [...trades(30), ...Array.from({ length: 30 }, (_, index) => book(index))]
    const { placement } = step(wanted)
    for (let number = 0; number < 30; number++)
      expect(lineOf(placement, bookOf(number))).toBe(lineOf(placement, tradeOf(number)))
    expect(['1', '2', '3'].map(id => countOn(placement, id))).toEqual([20, 20, 20])
    const later = step([...wanted, book(70), ...trades(1, 'watched', 70)], 1).placement
    expect(lineOf(later, bookOf(70))).toBe(lineOf(later, tradeOf(70)))
  })

  it('where one slot is left, the trade has it and the book is unplaced, with the reason', () => {
    const { step } = story([line('1')])
    step(trades(40))
    const { placement, unplaced } = step([...trades(40), book(77), ...trades(1, 'watched', 77)], 1)
    expect(lineOf(placement, tradeOf(77))).toBe('1')
    expect(unplaced).toEqual([
      { key: bookOf(77), isShadow: false, why: { code: 'shared-full', line: '1', other: tradeOf(77) } },
    ])
    expect(explain(placement, bookOf(77))).toContain('it has to share line 1 with KRX:000077 trade')
  })

  it('the trade moves to a line with room for both, and stays until that has confirmed it', () => {
    const { step } = story([line('1'), line('2')])
    const first = step(trades(82))
    const onOne = keysOn(first.placement, '1', 'KR')
    const ofTwo = keysOn(first.placement, '2', 'KR').slice(0, 2)
    const left = trades(82).filter(({ key }) => !ofTwo.includes(key))
    step(left, 5 * minuteMs)
    const [moving] = onOne as [Wanted['key']]
    const wantedBook = { key: moving.replace('trade', 'order-book') as Wanted['key'], rank: 'watched' } as const
    const { moves, placement } = step([...left, wantedBook], 5 * minuteMs)
    expect(moves).toMatchObject([
      { key: moving, from: '1', to: '2', cause: 'shared', isPlacedFirst: true, isReleased: true },
      { key: wantedBook.key, from: null, to: '2' },
    ])
    expect(explain(placement, moving)).toContain('It came from line 1: trade and order book share a line')
  })

  it('a book that outranks lower ones elsewhere takes its trade along', () => {
    const { step } = story([line('1'), line('2')])
    step([...trades(41, 'held'), ...trades(41, 'scanned', 100)], 0)
    // All held ones first on one line: place them with the other line absent.
    const other = story([line('1')])
    other.step(trades(41, 'held'))
    const both = [line('1'), line('2')]
    other.step([...trades(41, 'held'), ...trades(41, 'scanned', 100)], 1, both)
    const { placement, moves } = other.step(
      [...trades(41, 'held'), ...trades(41, 'scanned', 100), book(5, 'held')],
      2,
      both,
    )
    expect(lineOf(placement, bookOf(5))).toBe('2')
    expect(lineOf(placement, tradeOf(5))).toBe('2')
    expect(moves.filter(({ cause }) => cause === 'evicted')).toHaveLength(2)
  })
})

describe('5. a shadow stands on another line', () => {
  const shadowed: Wanted = { key: tradeOf(1), rank: 'held', shadow: true }

  it('than the subscription itself', () => {
    const { placement } = story([line('1'), line('2')]).step([shadowed])
    expect([lineOf(placement, tradeOf(1)), shadowLineOf(placement, tradeOf(1))]).toEqual(['1', '2'])
  })

  it('one line only: it says so and runs without', () => {
    const { placement, unplaced } = story([line('1')]).step([shadowed])
    expect(lineOf(placement, tradeOf(1))).toBe('1')
    expect(unplaced).toEqual([{ key: tradeOf(1), isShadow: true, why: { code: 'one-line' } }])
    expect(explain(placement, tradeOf(1))).toContain(
      'It runs without a shadow: a shadow stands on another line, and there is only one. Add an app key.',
    )
  })

  it('becomes the first slot without a request when that is lost', () => {
    const { step } = story([line('1'), line('2')])
    const first = step([shadowed])
    const home = lineOf(first.placement, tradeOf(1))
    const lines = [line('1'), line('2')].map(
      (each): PlacementLine => (each.id === home ? { ...each, state: 'lost', mayLeave: ['held'] } : each),
    )
    const { placement, moves } = step([shadowed], 1, lines)
    expect(moves).toEqual([])
    expect(lineOf(placement, tradeOf(1))).not.toBe(home)
    expect(shadowLineOf(placement, tradeOf(1))).toBe(home)
  })

  it('moves from a lost line to a third one', () => {
    const { step } = story([line('1'), line('2'), line('3')])
    step([shadowed])
    const lost = [line('1', { state: 'lost', mayLeave: ['held'] }), line('2'), line('3')]
    const { placement, moves } = step([shadowed], 1, lost)
    expect(lineOf(placement, tradeOf(1))).toBe('2')
    expect(moves).toMatchObject([{ from: '1', to: '3', cause: 'lost', isReleased: false }])
  })

  it('is released when it is no longer wanted, and the subscription stays', () => {
    const { step } = story([line('1'), line('2')])
    step([shadowed])
    const { moves, placement } = step([{ ...shadowed, shadow: false }], minuteMs)
    expect(moves).toMatchObject([{ from: '2', to: null, cause: 'released' }])
    expect(lineOf(placement, tradeOf(1))).toBe('1')
  })
})

describe('6. the emptiest line first; three slots of each are filled last', () => {
  it('spreads over the lines', () => {
    const { placement } = story([line('1'), line('2'), line('3')]).step(trades(31))
    expect(['1', '2', '3'].map(id => countOn(placement, id))).toEqual([11, 10, 10])
  })

  it('never leaves them empty while something waits', () => {
    const { placement, unplaced } = story([line('1'), line('2')]).step(trades(82))
    expect(unplaced).toEqual([])
    const choices = Object.values(placement.entries).map(({ first }) => first?.choice)
    expect(choices.filter(choice => choice === 'last-slots')).toHaveLength(6)
    expect(explain(placement, tradeOf(81))).toContain('only the 3 that are filled last were free there')
  })

  it('one line alone keeps none', () => {
    const { placement, unplaced } = story([line('1')]).step(trades(41))
    expect(unplaced).toEqual([])
    expect(new Set(Object.values(placement.entries).map(({ first }) => first?.choice))).toEqual(new Set(['only-line']))
  })

  it('a pair goes where three stay free, while there is such a line', () => {
    const { step } = story([line('1'), line('2')])
    step(trades(37), 0, [line('1')])
    const { placement } = step(
      [...trades(37), ...trades(36, 'watched', 100), book(500), ...trades(1, 'watched', 500)],
      1,
    )
    expect(lineOf(placement, tradeOf(500))).toBe('2')
    expect(lineOf(placement, bookOf(500))).toBe('2')
  })
})

describe('7. a slot that was given is kept 60 s', () => {
  it('against its own release: a holder that lets go and comes back costs nothing', () => {
    const { step } = story([line('1')])
    step(trades(3))
    const gone = step(trades(2), 59_999)
    expect(gone.moves).toEqual([])
    expect(gone.nextAt).toBe(start + minuteMs)
    expect(explain(gone.placement, tradeOf(2))).toContain('no longer wanted')
    expect(step(trades(3), 59_999).moves).toEqual([])
    expect(step(trades(2), minuteMs).moves).toMatchObject([{ key: tradeOf(2), from: '1', to: null, cause: 'released' }])
  })

  it('against equals, which wait, and not against a higher rank', () => {
    const { step } = story([line('1')])
    step(full())
    const wanted = [...full().slice(1), ...trades(1)]
    const { unplaced, moves } = step(wanted, secondMs)
    expect(moves).toEqual([])
    expect(unplaced).toMatchObject([{ key: tradeOf(0), why: { code: 'kept', line: '1', until: start + minuteMs } }])
    expect(step([...wanted, ...trades(1, 'held', 50)], 2 * secondMs).moves).toMatchObject([
      { key: tradeOf(1000), to: null, cause: 'released' },
      { key: tradeOf(50), to: '1' },
    ])
  })

  it('and is the next one’s when the time is over', () => {
    const { step } = story([line('1')])
    step(full())
    const wanted = [...full().slice(1), ...trades(1)]
    step(wanted, secondMs)
    expect(step(wanted, minuteMs).moves).toMatchObject([
      { key: tradeOf(1000), to: null },
      { key: tradeOf(0), to: '1' },
    ])
  })

  it('a clock that was set back keeps no slot longer', () => {
    const { step } = story([line('1')])
    step(trades(2), 60 * minuteMs)
    step(trades(1), 0)
    expect(step(trades(1), minuteMs).moves).toMatchObject([{ key: tradeOf(1), to: null }])
  })

  it('moves use at most 150 of a line’s requests in ten minutes', () => {
    const { step } = story([line('1')])
    let requests = 0
    for (let second = 0; second < 600; second += 50) {
      const [some, others]: Rank[] = second % 100 === 0 ? ['held', 'watched'] : ['watched', 'held']
      const wanted = [...trades(41, some), ...trades(41, others, 100)]
      const { moves } = step(wanted, second * secondMs)
      requests += moves.filter(({ isByRank, cause }) => isByRank || cause === 'evicted').length
    }
    expect(requests).toBe(150)
  })
})

describe('a line serves markets now and next, with 41 slots in each turn', () => {
  const apple = (number: number): Wanted => ({ key: `NAS:A${number} trade`, rank: 'watched' })
  const apples = (count: number) => Array.from({ length: count }, (_, index) => apple(index))

  it('that never compete', () => {
    const { placement, unplaced, moves } = story([line('1')]).step([...trades(41), ...apples(41)])
    expect(unplaced).toEqual([])
    expect(keysOn(placement, '1', 'KR')).toHaveLength(41)
    expect(keysOn(placement, '1', 'US')).toHaveLength(41)
    expect(moves.filter(({ isRequested }) => isRequested)).toHaveLength(41)
    expect(explain(placement, apple(0).key)).toContain('planned for its next turn with 41 slots')
  })

  it('and says so when no line serves the market', () => {
    const { placement, unplaced } = story([line('1', { next: null })]).step([apple(1)])
    expect(unplaced).toMatchObject([{ why: { code: 'not-served', market: 'US' } }])
    expect(explain(placement, apple(1).key)).toContain('no line serves the US market now or next')
  })

  it('at the start of a turn the placement is made afresh, so that evacuated subscriptions come home', () => {
    const { step } = story([line('1'), line('2')])
    step(trades(20, 'held'))
    step(trades(20, 'held'), 1, [line('1', { state: 'lost', mayLeave: ['held'] }), line('2')])
    const between = step(trades(20, 'held'), 2)
    expect([countOn(between.placement, '1'), countOn(between.placement, '2')]).toEqual([0, 20])
    const turned = (id: string) => line(id, { now: 'US', next: 'KR' })
    step(trades(20, 'held'), 3, [turned('1'), turned('2')])
    const { placement, moves } = step(trades(20, 'held'), 4)
    expect([countOn(placement, '1'), countOn(placement, '2')]).toEqual([10, 10])
    expect(moves.some(({ isReleased }) => isReleased)).toBe(false)
    expect(Object.values(placement.lines).every(({ spent }) => spent.every(({ at }) => at === start + 1))).toBe(true)
  })

  it('between turns nothing comes back', () => {
    const { step } = story([line('1'), line('2')])
    step(trades(20))
    step(trades(20), 1, [line('1', { state: 'lost', mayLeave: ['watched'] }), line('2')])
    expect(step(trades(20), minuteMs).moves).toEqual([])
  })

  it('a line that serves the market now goes before one that serves it next', () => {
    const { placement } = story([line('1', { now: 'US', next: 'KR' }), line('2')]).step(trades(50))
    expect([countOn(placement, '1'), countOn(placement, '2')]).toEqual([9, 41])
  })

  it('US instruments are placed only among lines of one overseas feed', () => {
    const lines = [line('1', { now: 'US' }), line('2', { now: 'US', overseasFeed: 'paid' })]
    const { step } = story(lines)
    const { placement, unplaced } = step([{ ...apple(1), shadow: true }])
    expect(lineOf(placement, apple(1).key)).toBe('2')
    expect(unplaced).toMatchObject([{ isShadow: true, why: { code: 'one-line', feed: 'paid' } }])
    const lost = step([apple(1)], minuteMs, [
      lines[0] as PlacementLine,
      { ...(lines[1] as PlacementLine), state: 'lost', mayLeave: ['watched'] },
    ])
    expect(lost.moves).toEqual([])
    expect(explain(lost.placement, apple(1).key)).toContain('Line 2 has no session at the moment')
  })
})

describe('41 is learnt', () => {
  it('OPSP0008 at a lower number lowers it for that line', () => {
    const { step, change } = story([line('1'), line('2')])
    step(trades(60))
    change(placement => learnLimit(placement, '1', 20))
    const { placement, moves } = step(trades(60), 1)
    expect([countOn(placement, '1'), countOn(placement, '2')]).toEqual([20, 40])
    expect(moves).toHaveLength(10)
    expect(moves.every(({ from, to, cause }) => from === '1' && to === '2' && cause === 'limit')).toBe(true)
    change(known => learnLimit(known, '1', 30))
    expect(step(trades(70), 2).unplaced).toHaveLength(9)
  })

  it('never below one, because another session may linger at KIS', () => {
    const { step, change } = story([line('1')])
    change(placement => learnLimit(placement, '1', 0))
    expect(step(trades(2)).unplaced).toHaveLength(1)
  })
})

describe('loss, evacuation and departure', () => {
  it('what a lost line carried stays there until its rank may leave', () => {
    const { step } = story([line('1'), line('2')])
    step([...trades(10, 'held'), ...trades(10, 'watched', 100)])
    const lost = (mayLeave: PlacementLine['mayLeave']) => [
      line('1', { state: 'lost', mayLeave: mayLeave ?? [] }),
      line('2'),
    ]
    const wanted = [...trades(10, 'held'), ...trades(10, 'watched', 100)]
    expect(step(wanted, 1, lost([])).moves).toEqual([])
    const held = step(wanted, 2, lost(['held'])).moves
    expect(held).toHaveLength(5)
    expect(held.every(({ cause, isReleased, to }) => cause === 'lost' && !isReleased && to === '2')).toBe(true)
    expect(step(wanted, 3, lost(['held', 'watched'])).moves).toHaveLength(5)
  })

  it('free slots first, then slots of lower rank', () => {
    const { step } = story([line('1'), line('2')])
    step(trades(30, 'held'), 0, [line('1')])
    const wanted = [...trades(30, 'held'), ...trades(36, 'scanned', 100)]
    const lines = [line('1'), line('2')]
    step(wanted, 1, lines)
    const before = step(wanted, 1, lines).placement
    const free = 41 - countOn(before, '2')
    const { placement, moves } = step(wanted, 2, [line('1', { state: 'lost', mayLeave: ['held'] }), line('2')])
    expect(trades(30, 'held').every(({ key }) => lineOf(placement, key) === '2')).toBe(true)
    expect(moves.filter(({ cause }) => cause === 'evicted')).toHaveLength(30 - free)
    // The evicted have slots on the lost line: they flow once it is back.
    expect(moves.filter(({ cause, to }) => cause === 'evicted' && to === '1')).toHaveLength(30 - free)
    expect(countOn(placement, '2')).toBe(41)
  })

  it('a planned departure places elsewhere first where there is room', () => {
    const { step } = story([line('1'), line('2')])
    step(trades(20))
    const { moves, placement } = step(trades(20), 1, [line('1', { state: 'departing' }), line('2')])
    expect(moves).toHaveLength(10)
    expect(moves.every(move => move.isPlacedFirst && move.isReleased && move.cause === 'departing')).toBe(true)
    expect(countOn(placement, '1')).toBe(0)
    expect(explain(placement, tradeOf(0))).toContain('It came from line 1: that line departs.')
  })

  it('what finds no room stays on the departing line as long as that serves', () => {
    const { step } = story([line('1'), line('2')])
    step(trades(82))
    const departing = [line('1', { state: 'departing' }), line('2')]
    const { moves, placement } = step(trades(82), 1, departing)
    expect(moves).toEqual([])
    expect(explain(placement, tradeOf(0))).toContain('It stays there: every slot')
    expect(step(trades(82), 2, [line('2')]).unplaced).toHaveLength(41)
  })

  it('a lost line takes a new subscription only where no other has room', () => {
    const lines = [line('1', { state: 'lost' }), line('2')]
    const { placement } = story(lines).step(trades(42))
    expect([countOn(placement, '1'), countOn(placement, '2')]).toEqual([1, 41])
  })

  it('a trade and its book leave together', () => {
    const { step } = story([line('1'), line('2')])
    const wanted: Wanted[] = [{ key: tradeOf(1), rank: 'held' }, book(1, 'scanned')]
    step(wanted)
    const { moves } = step(wanted, 1, [line('1', { state: 'lost', mayLeave: ['held'] }), line('2')])
    expect(moves.map(({ key, to }) => [key, to])).toEqual([
      [tradeOf(1), '2'],
      [bookOf(1), '2'],
    ])
  })
})

describe('a trade, its order book and their shadows', () => {
  const small = (ids: readonly string[], limit: number) => {
    const begun = story(ids.map(id => line(id)))
    begun.change(placement => ids.reduce((known, id) => learnLimit(known, id, limit), placement))
    return begun
  }
  const asked = (key: Wanted['key'], rank: Rank, shadow = false): Wanted => ({ key, rank, shadow })

  it('stay together on a departing line where only one of them would have a slot elsewhere', () => {
    const { step, change } = small(['1', '2'], 2)
    const wanted = [asked(bookOf(0), 'scanned', true), asked(tradeOf(0), 'scanned', true)]
    step(wanted.slice(0, 1))
    change(placement => learnLimit(placement, '2', 1))
    step(wanted)
    const { moves, placement } = step(wanted, 1, [line('1', { state: 'departing' }), line('2')])
    expect(moves).toEqual([])
    expect([lineOf(placement, bookOf(0)), lineOf(placement, tradeOf(0))]).toEqual(['1', '1'])
  })

  it('a trade that leaves its book behind does not give way to its own shadow', () => {
    const { step } = small(['1', '2', '3'], 3)
    const wanted = [asked(bookOf(1), 'held', true), asked(tradeOf(2), 'held', true), asked(tradeOf(0), 'held', true)]
    step(wanted)
    const all = [...wanted, asked(bookOf(0), 'scanned', true)]
    step(all)
    const { placement } = step(all, 1, [line('1'), line('2'), line('3', { state: 'lost', mayLeave: ['held'] })])
    expect([lineOf(placement, tradeOf(0)), shadowLineOf(placement, tradeOf(0))]).toEqual(['2', '1'])
  })

  it('an evicted shadow opens its line to the first slots of its group', () => {
    const { step } = small(['1', '2'], 3)
    const first = [asked(tradeOf(0), 'held'), asked(bookOf(1), 'held')]
    step(first)
    const wanted = [
      asked(tradeOf(0), 'held', true),
      asked(bookOf(1), 'held'),
      asked(tradeOf(1), 'scanned', true),
      asked(tradeOf(2), 'scanned', true),
    ]
    step(wanted)
    const departing = [line('1'), line('2', { state: 'departing' })]
    step(wanted, 1, departing)
    const { placement } = step([...wanted, asked(bookOf(0), 'held')], 2, departing)
    expect(lineOf(placement, bookOf(1))).toBe('1')
  })
})
