// Any of the simulator's faults, with values drawn for a story that lasts seconds. The table has a row for
// every kind, so a new fault cannot be left out.
import { toWire, type WireKey } from '../../../kis/channel.ts'
import type { Instrument } from '../../../market/instrument.ts'
import type { Fault, FaultKind, FaultOf } from '../../../simulator/faults/faults.ts'
import type { Dice } from '../dice.ts'

type Draw<K extends FaultKind> = (dice: Dice, instruments: readonly Instrument[]) => Omit<FaultOf<K>, 'kind'>

/** How long a trouble lasts: 10 s to two minutes and a half of the real world. */
const lasting = (dice: Dice) => dice.between(200, 3_000)
/** About as often as not without an end of its own; then the quiet end clears it. */
const perhapsLasting = (dice: Dice) => (dice.chance(0.5) ? { forMs: lasting(dice) } : {})
const ofRecords = (dice: Dice) => ({ probability: dice.share(0.02, 0.4), ...perhapsLasting(dice) })
const onApproval = { path: '/oauth2/Approval' } as const

/**
 * Refusals of one subscription. Those that speak of the approval key are `expire-approval-keys`. OPSP0002
 * without a registration behind it is a ghost that never brings anything.
 */
const refusals = ['OPSP0002', 'OPSP0007', 'OPSP0008', 'OPSP0009', 'OPSP8996', 'OPSP8999', 'OPSP9995'] as const

const lottery: { readonly [K in FaultKind]: { readonly weight: number; readonly draw: Draw<K> } } = {
  cut: { weight: 3, draw: () => ({}) },
  'half-open': { weight: 1, draw: dice => ({ forMs: lasting(dice) }) },
  'mute-session': { weight: 1, draw: dice => ({ forMs: lasting(dice) }) },
  'mute-symbol': {
    weight: 2,
    draw: (dice, instruments) => ({ ...tradesOf(dice.oneOf(instruments)), ...perhapsLasting(dice) }),
  },
  refuse: { weight: 2, draw: dice => ({ code: dice.oneOf(refusals), count: dice.between(1, 4) }) },
  occupied: { weight: 1, draw: dice => ({ forMs: lasting(dice) }) },
  ghosts: {
    weight: 2,
    draw: dice => ({
      rememberMs: dice.between(300, 2_500),
      delivering: dice.chance(0.5),
      ...(dice.chance(0.3) ? { occupiedMs: 900 } : {}),
    }),
  },
  'late-acks': { weight: 1, draw: dice => ({ byMs: dice.between(20, 700), ...perhapsLasting(dice) }) },
  'bare-acks': {
    weight: 1,
    draw: dice => ({ without: dice.oneOf(['msg_cd', 'header'] as const), count: dice.between(1, 6) }),
  },
  'lost-acks': { weight: 1, draw: dice => ({ count: dice.between(1, 6) }) },
  lose: { weight: 3, draw: ofRecords },
  duplicate: { weight: 2, draw: ofRecords },
  reorder: { weight: 2, draw: ofRecords },
  'new-column': { weight: 1, draw: dice => ({ extra: dice.between(1, 3), ...perhapsLasting(dice) }) },
  rubbish: { weight: 1, draw: () => ({}) },
  'expire-approval-keys': { weight: 1, draw: () => ({}) },
  'rest-500': { weight: 1, draw: dice => ({ ...onApproval, count: dice.between(1, 2) }) },
  'rest-refuse': {
    weight: 1,
    draw: dice => ({
      ...onApproval,
      codeIn: dice.oneOf(['usual', 'message', 'nowhere', 'empty'] as const),
      status: dice.oneOf([200, 429, 500] as const),
      count: dice.between(1, 2),
    }),
  },
  'token-without': { weight: 1, draw: () => ({ field: 'expires_in', count: 1 }) },
  'rest-slow': { weight: 1, draw: dice => ({ ...onApproval, byMs: dice.between(50, 1_200), count: 1 }) },
  'refuse-handshake': { weight: 1, draw: dice => ({ count: dice.between(1, 2) }) },
  'no-pongs': { weight: 1, draw: perhapsLasting },
  'slow-close': { weight: 1, draw: dice => ({ byMs: dice.between(20, 600), count: dice.between(1, 2) }) },
}

const tickets = Object.entries(lottery).flatMap(([kind, { weight }]) => Array<string>(weight).fill(kind))

export function anyFault(dice: Dice, instruments: readonly Instrument[]): Fault {
  const kind = dice.oneOf(tickets) as FaultKind // the table's own names
  // The table has the values of each kind under its name.
  return { kind, ...lottery[kind].draw(dice, instruments) } as Fault
}

function tradesOf(instrument: Instrument): WireKey {
  return toWire({ instrument, channel: 'trade' }, { overseasFeed: 'free' })
}
