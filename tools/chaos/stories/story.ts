// A seed → a story: a market, what is wished for, and what goes wrong when. The same seed always gives the
// same story; how the sockets, timers and threads of a machine fall in with it is the part that differs from
// run to run.
import type { Fault } from '../../../simulator/faults/faults.ts'
import { createRandom, seedFor } from '../../../simulator/tape/random.ts'
import type { Instrument, Market } from '../../../market/instrument.ts'
import type { Channel } from '../../../market/subscription.ts'
import { createDice, type Dice } from '../dice.ts'
import { anyFault } from './fault-lottery.ts'

export type Step = { readonly atMs: number } & (
  | { readonly does: 'fault'; readonly fault: Fault }
  /** What a user may do at any time. */
  | { readonly does: 'unsubscribe' | 'subscribe'; readonly instrument: Instrument; readonly channel: Channel }
  | { readonly does: 'switch-url' }
)

export type Story = {
  readonly seed: number
  readonly market: Market
  /** Of the story's clock. In regular trading hours, far from every auction. */
  readonly startsAt: string
  readonly instruments: readonly Instrument[]
  readonly channels: readonly Channel[]
  /** Records a second over all subscriptions. */
  readonly rate: number
  /** In the order of time. */
  readonly steps: readonly Step[]
  /** When the trouble ends: everything still in force is cleared, and nothing goes wrong any more. */
  readonly quietFromMs: number
}

const settings: Readonly<Record<Market, { startsAt: string; instruments: readonly Instrument[] }>> = {
  KR: {
    startsAt: '2026-09-14T10:00:00+09:00',
    instruments: ['KRX:005930', 'KRX:000660', 'KRX:035420', 'NXT:005930', 'NXT:000660', 'UN:035420', 'KRX:247540'],
  },
  US: {
    startsAt: '2026-09-14T23:30:00+09:00',
    instruments: ['NAS:AAPL', 'NAS:NVDA', 'NAS:TSLA', 'NYS:BRK/B', 'NYS:KO', 'AMS:SPY'],
  },
}

export function storyOf(seed: number): Story {
  const dice = createDice(createRandom(seedFor('chaos', seed)))
  const market = dice.chance(0.75) ? 'KR' : 'US'
  const instruments = dice.some(settings[market].instruments, dice.between(2, 6))
  const channels: Channel[] = dice.chance(0.6) ? ['trade', 'order-book'] : ['trade']
  const quietFromMs = dice.between(1_500, 4_000)
  const steps = [...faultSteps(dice, instruments, quietFromMs), ...userSteps(dice, instruments, channels, quietFromMs)]
  return {
    seed,
    market,
    startsAt: settings[market].startsAt,
    instruments,
    channels,
    rate: dice.oneOf([60, 150, 300, 600]),
    steps: steps.toSorted((one, other) => one.atMs - other.atMs),
    quietFromMs,
  }
}

function faultSteps(dice: Dice, instruments: readonly Instrument[], untilMs: number): Step[] {
  const steps: Step[] = []
  let hasExpired = false
  for (let left = dice.between(2, 8); left > 0; left--) {
    const fault = anyFault(dice, instruments)
    // An approval key lives a day: it does not expire twice in these few minutes, and who gets two refused in
    // a row rightly waits a minute.
    if (fault.kind === 'expire-approval-keys' && hasExpired) continue
    hasExpired ||= fault.kind === 'expire-approval-keys'
    // Some are there before the feed is.
    steps.push({ atMs: dice.chance(0.15) ? 0 : dice.between(1, untilMs), does: 'fault', fault })
  }
  return steps
}

function userSteps(
  dice: Dice,
  instruments: readonly Instrument[],
  channels: readonly Channel[],
  untilMs: number,
): Step[] {
  const steps: Step[] = []
  if (dice.chance(0.3)) {
    const pair = { instrument: dice.oneOf(instruments), channel: dice.oneOf(channels) }
    const atMs = dice.between(1, untilMs)
    steps.push(
      { atMs, does: 'unsubscribe', ...pair },
      { atMs: dice.between(atMs, untilMs), does: 'subscribe', ...pair },
    )
  }
  if (dice.chance(0.1)) steps.push({ atMs: dice.between(1, untilMs), does: 'switch-url' })
  return steps
}
