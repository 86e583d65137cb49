// Faults of answers: subscriptions refused, app keys taken, acknowledgements late or lost, approval keys
// forgotten.
import { type FaultMaker, isChosen, striker } from './hooks.ts'
import type { SubscriptionRequest } from '../request.ts'
import type { Session } from '../session.ts'
import { nameOf } from '../transactions.ts'

export const refuse: FaultMaker<'refuse'> = (fault, work) => {
  const strike = striker(fault.count, work)
  return {
    answer(session, request) {
      if (request.verb !== 'subscribe' || !isChosen(fault, request)) return undefined
      strike(`session ${session.id}: ${nameOf(request)} refused with ${fault.code}`)
      return fault.code
    },
  }
}

export const occupied: FaultMaker<'occupied'> = (_fault, work) => ({
  isOccupied(session) {
    work.strike(`session ${session.id} refused`)
    return true
  },
})

export const lateAcks: FaultMaker<'late-acks'> = (fault, work) => {
  const strike = striker(fault.count, work)
  return {
    reply(session, request) {
      if (!isChosen(fault, request)) return undefined
      strike(`${answerTo(session, request)} comes ${fault.byMs} ms late`)
      return fault.byMs
    },
  }
}

export const bareAcks: FaultMaker<'bare-acks'> = (fault, work) => {
  const strike = striker(fault.count, work)
  return {
    reword(session, request, text) {
      if (!isChosen(fault, request)) return undefined
      strike(`${answerTo(session, request)} comes without ${fault.without}`)
      const { header, body } = JSON.parse(text) as { header: object; body: Readonly<Record<string, unknown>> }
      if (fault.without === 'header') return JSON.stringify({ body })
      return JSON.stringify({ header, body: { ...body, msg_cd: undefined } })
    },
  }
}

export const lostAcks: FaultMaker<'lost-acks'> = (fault, work) => {
  const strike = striker(fault.count, work)
  return {
    reply(session, request) {
      if (!isChosen(fault, request)) return undefined
      strike(`${answerTo(session, request)} withheld`)
      return 'lost'
    },
  }
}

export const expireApprovalKeys: FaultMaker<'expire-approval-keys'> = (_fault, work) => {
  work.strike(`${work.host.forgetApprovals()} approval keys forgotten`)
  work.over()
  return {}
}

function answerTo({ id }: Session, request: SubscriptionRequest): string {
  return `session ${id}: the answer to ${request.verb} ${nameOf(request)}`
}
