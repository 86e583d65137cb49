// Placement over random histories: subscriptions come and go, ranks change, lines are lost and come back,
// leave, change turns and turn out to be smaller. `PLACEMENT_HISTORIES=10000` tries as many; the default is
// what a suite can afford.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  type Handle,
  hold,
  holderCount,
  letGo,
  letGoOfAll,
  noHolders,
  wantedBy,
} from '../../../machines/placement/holders.ts'
import { learnLimit } from '../../../machines/placement/learn.ts'
import { place } from '../../../machines/placement/place.ts'
import { emptyPlacement, type PlacementLine, ranks } from '../../../machines/placement/words.ts'
import { minuteMs, secondMs } from '../../../market/basics/durations.ts'
import type { SubscriptionKey } from '../../../market/subscription.ts'
import { tries } from '../../support/property.ts'
import { note, problemsOf, type Requests } from './checks.ts'
import { start } from './rig.ts'

type World = { readonly lines: number; readonly limit: number; readonly instruments: number; readonly batch: number }
/** What happens, and three numbers that say to what. */
type Event = readonly [number, number, number, number]

const histories = Number(process.env['PLACEMENT_HISTORIES'] ?? 1_500)

const event: fc.Arbitrary<Event> = fc.tuple(fc.nat(15), fc.nat(9_999), fc.nat(9_999), fc.nat(9_999))

const small = fc.record({
  lines: fc.integer({ min: 1, max: 5 }),
  limit: fc.integer({ min: 1, max: 6 }),
  instruments: fc.integer({ min: 1, max: 16 }),
  batch: fc.constant(3),
})

/** Lines of 41, with as many changes at a time as use up the budget. */
const middle = fc.record({
  lines: fc.integer({ min: 1, max: 4 }),
  limit: fc.constant(41),
  instruments: fc.integer({ min: 20, max: 120 }),
  batch: fc.constant(40),
})

const large = fc.record({
  lines: fc.integer({ min: 50, max: 100 }),
  limit: fc.constant(41),
  instruments: fc.integer({ min: 1_500, max: 2_050 }),
  batch: fc.constant(1_500),
})

function keyOf(number: number, isBook: boolean): SubscriptionKey {
  const channel = isBook ? 'order-book' : 'trade'
  return number % 4 === 3 ? `NAS:A${number} ${channel}` : `KRX:${String(number).padStart(6, '0')} ${channel}`
}

function live({ lines: count, limit, instruments, batch }: World, events: readonly Event[]): void {
  let lines = Array.from(
    { length: count },
    (_, index): PlacementLine => ({
      id: String(index + 1),
      now: 'KR',
      next: 'US',
      overseasFeed: index % 3 === 2 ? 'paid' : 'free',
    }),
  )
  let placement = lines.reduce((known, { id }) => learnLimit(known, id, limit), emptyPlacement)
  let holders = noHolders
  const handles: Handle[] = []
  const counts = new Map<SubscriptionKey, number>()
  const requests: Requests = new Map()
  let now = start
  const change = (index: number, how: (line: PlacementLine) => PlacementLine) => {
    lines = lines.map((line, position) => (position === index % lines.length ? how(line) : line))
  }
  const addTo = (keys: readonly SubscriptionKey[], by: number) => {
    for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + by)
  }
  for (const [kind, a, b, c] of events) {
    if (kind <= 6) {
      const keys = Array.from({ length: 1 + (b % batch) }, (_, index) =>
        keyOf((a + index) % instruments, (b + (c % 3) * index) % 3 === 0),
      )
      const held = hold(holders, [...new Set(keys)], { rank: ranks[c % 3] ?? 'held', shadow: c % 5 === 0 })
      holders = held.holders
      handles.push(held.handle)
      addTo(held.handle.keys, 1)
    } else if (kind <= 8) {
      const [handle] = handles.splice(a % Math.max(1, handles.length), 1)
      if (handle !== undefined) {
        holders = letGo(holders, handle)
        addTo(handle.keys, -1)
      }
    } else if (kind === 9) {
      const key = keyOf(a % instruments, b % 2 === 0)
      holders = letGoOfAll(holders, [key])
      counts.delete(key)
      for (const [index, handle] of handles.entries())
        handles[index] = { ...handle, keys: handle.keys.filter(each => each !== key) }
    } else if (kind === 10) change(a, line => ({ ...line, state: 'lost', mayLeave: ranks.slice(3 - (b % 4)) }))
    else if (kind === 11) change(a, ({ state: _state, mayLeave: _mayLeave, ...line }) => line)
    else if (kind === 12) {
      if (b % 3 > 0) change(a, line => ({ ...line, state: 'departing' }))
      else if (lines.length > 1) lines = lines.filter((_, position) => position !== a % lines.length)
    } else if (kind === 13) {
      const turned = (line: PlacementLine): PlacementLine => ({ ...line, now: line.next, next: line.now ?? 'KR' })
      if (b % 2 === 0) lines = lines.map(turned)
      else change(a, turned)
    } else if (kind === 14) {
      const { id } = lines[a % lines.length] as PlacementLine
      placement = learnLimit(placement, id, b % (limit + 1))
    }
    now += [0, 0, secondMs, 30 * secondMs, minuteMs, 5 * minuteMs][c % 6] ?? 0
    const step = {
      before: placement,
      wanted: wantedBy(holders),
      lines,
      now,
      placed: place(placement, wantedBy(holders), lines, now),
    }
    expect(problemsOf(step, requests)).toEqual([])
    note(requests, step)
    placement = step.placed.placement
    // Nothing moves that need not: the same again changes nothing.
    expect(place(placement, step.wanted, lines, now).moves).toEqual([])
  }
  for (const [key, count] of counts) expect(holderCount(holders, key)).toBe(count)
}

it('holds its rules over any history of a few lines', () => {
  fc.assert(fc.property(small, fc.array(event, { maxLength: 14 }), live), tries(histories))
})

it('holds its rules where moves use up the budget', () => {
  fc.assert(fc.property(middle, fc.array(event, { maxLength: 14 }), live), tries(Math.ceil(histories / 50)))
})

it('holds its rules with a hundred lines and four thousand subscriptions', () => {
  fc.assert(
    fc.property(large, fc.array(event, { minLength: 4, maxLength: 8 }), live),
    tries(Math.ceil(histories / 300)),
  )
})
