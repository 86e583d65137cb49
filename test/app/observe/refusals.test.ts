import { expect, it } from 'vitest'
import type { SubscriptionState } from '../../../app/feed/subscription-states.ts'
import { createRefusalWatch } from '../../../app/observe/refusals.ts'

const refused = (instrument: SubscriptionState['instrument'], code = 'OPSP0007'): SubscriptionState => ({
  instrument,
  channel: 'trade',
  status: 'refused',
  code,
  ...(code === 'OPSP0007' ? { isPassing: true } : {}),
})
const accepted: SubscriptionState = { instrument: 'KRX:005930', channel: 'trade', status: 'active' }

function watched() {
  const lines: string[] = []
  let now = 0
  const log = {
    debug: () => {},
    info: (_: object, text: string) => void lines.push(`${now / 1_000} info ${text}`),
    warn: (_: object, text: string) => void lines.push(`${now / 1_000} warn ${text}`),
    error: () => {},
  }
  const watch = createRefusalWatch({ now: () => now }, log)
  return {
    lines,
    /** One look a second. */
    look(seconds: number, ...subscriptions: readonly SubscriptionState[]) {
      for (let passed = 0; passed < seconds; passed++) {
        watch.look(subscriptions)
        now += 1_000
      }
    },
    setClock: (time: number) => {
      now = time
    },
  }
}

it('warns of what stays refused, with its code and whether it is asked for again, and says when that is over', () => {
  const { lines, look } = watched()
  look(10, accepted, refused('KRX:000660'), refused('KRX:999999', 'OPSP8992'))
  look(60, accepted)
  expect(lines).toEqual([
    '5 warn 2 subscriptions stay refused and without data: KRX:000660 trade (OPSP0007, asked for again), KRX:999999 trade (OPSP8992, for good)',
    '35 info no subscription is refused any more',
  ])
})

it('goes on warning every ten minutes, although it is asked for in between', () => {
  const { lines, look } = watched()
  const asked: SubscriptionState = { instrument: 'KRX:000660', channel: 'trade', status: 'requested' }
  for (let round = 0; round < 70; round++) {
    look(29, refused('KRX:000660'))
    look(1, asked)
  }
  expect(lines.map(line => line.split(' ', 2).join(' '))).toEqual(['5 warn', '605 warn', '1205 warn', '1805 warn'])
})

it('says nothing of what is accepted within five seconds, and no more than one line in 30 seconds', () => {
  const quick = watched()
  quick.look(4, refused('KRX:000660'))
  quick.look(60, accepted)
  expect(quick.lines).toEqual([])

  const many = watched()
  for (let count = 1; count <= 60; count++) {
    many.look(1, ...Array.from({ length: count }, (_, index) => refused(`KRX:${100_000 + index}`)))
  }
  expect(many.lines).toHaveLength(2)
  expect(many.lines[1]).toMatch(/and 21 more$/)
})

it('is not silenced by a clock that is set back', () => {
  const { lines, look, setClock } = watched()
  look(100, refused('KRX:000660'))
  setClock(-3_600_000)
  look(10, refused('KRX:000660'))
  expect(lines).toHaveLength(2)
})
