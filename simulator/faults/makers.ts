// Which function makes which fault.
import { bareAcks, expireApprovalKeys, lateAcks, lostAcks, occupied, refuse } from './answers.ts'
import type { FaultMaker, Hooks, Work } from './hooks.ts'
import type { Fault, FaultKind } from './faults.ts'
import { duplicate, lose, muteSymbol, newColumn, reorder } from './frames.ts'
import { ghosts } from './ghosts.ts'
import { restError, restRefusal, restSlow, tokenWithout } from './rest.ts'
import { cut, halfOpen, malformedTexts, muteSession, noPongs, refuseHandshake, slowClose } from './session.ts'

const makers: { readonly [K in FaultKind]: FaultMaker<K> } = {
  cut,
  'half-open': halfOpen,
  'mute-session': muteSession,
  'mute-symbol': muteSymbol,
  refuse,
  occupied,
  ghosts,
  'late-acks': lateAcks,
  'bare-acks': bareAcks,
  'lost-acks': lostAcks,
  lose,
  duplicate,
  reorder,
  'new-column': newColumn,
  rubbish: malformedTexts,
  'expire-approval-keys': expireApprovalKeys,
  'rest-500': restError,
  'rest-refuse': restRefusal,
  'token-without': tokenWithout,
  'rest-slow': restSlow,
  'refuse-handshake': refuseHandshake,
  'no-pongs': noPongs,
  'slow-close': slowClose,
}

export function makeFault(fault: Fault, work: Work): Hooks {
  // The table has the maker of each kind under its name.
  return (makers[fault.kind] as (fault: Fault, work: Work) => Hooks)(fault, work)
}
