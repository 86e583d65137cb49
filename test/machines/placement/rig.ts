// Short ways to write lines and wanted subscriptions, and to read who stands where.
import type { SubscriptionKey } from '../../../market/subscription.ts'
import { place, type Placed } from '../../../machines/placement/place.ts'
import {
  emptyPlacement,
  type Placement,
  type PlacementLine,
  type Rank,
  type Wanted,
} from '../../../machines/placement/words.ts'

/** A Tuesday in a Korean session. */
export const start = Date.UTC(2026, 11, 1, 1, 0, 0)

export function line(id: string, more: Partial<PlacementLine> = {}): PlacementLine {
  return { id, now: 'KR', next: 'US', overseasFeed: 'free', ...more }
}

/** `count` Korean instruments from a number on, on the trade channel. */
export function trades(count: number, rank: Rank = 'watched', from = 0): Wanted[] {
  return Array.from({ length: count }, (_, index) => ({ key: tradeOf(from + index), rank }))
}

export function tradeOf(number: number): SubscriptionKey {
  return `KRX:${String(number).padStart(6, '0')} trade`
}

export function bookOf(number: number): SubscriptionKey {
  return `KRX:${String(number).padStart(6, '0')} order-book`
}

export function lineOf({ entries }: Placement, key: SubscriptionKey): string | undefined {
  return entries[key]?.first?.line
}

export function shadowLineOf({ entries }: Placement, key: SubscriptionKey): string | undefined {
  return entries[key]?.shadow?.line
}

/** First slots and shadows on a line, whatever the market. */
export function countOn({ entries }: Placement, id: string): number {
  return Object.values(entries)
    .flatMap(({ first, shadow }) => [first, shadow])
    .filter(slot => slot?.line === id).length
}

/** A placement that goes on: each step starts from the last. */
export function story(lines: readonly PlacementLine[]) {
  let placement = emptyPlacement
  return {
    step(wanted: readonly Wanted[], afterMs = 0, on: readonly PlacementLine[] = lines): Placed {
      const placed = place(placement, wanted, on, start + afterMs)
      placement = placed.placement
      return placed
    },
    change(how: (placement: Placement) => Placement): void {
      placement = how(placement)
    },
  }
}
