// A fault that is limited to one app key sees only the sessions and calls of that key. A session has its app
// key from its first request with a valid approval key on: for such a fault it opens then.
import type { Hooks, Host } from './hooks.ts'
import type { SubscriptionRequest } from '../request.ts'
import type { Session } from '../session.ts'

export type IsMeant = (appKey: string | undefined) => boolean

export function hostOfOneKey(host: Host, isMeant: IsMeant): Host {
  return {
    ...host,
    sessions: () => host.sessions().filter(({ appKey }) => isMeant(appKey)),
    forgetApprovals: () => host.forgetApprovals(isMeant),
  }
}

/** Releases and the end are left as they are: they concern only what the fault has acted on. */
export function hooksOfOneKey(hooks: Hooks, isMeant: IsMeant, host: Host): Hooks {
  const isOf = (session: Session, request?: SubscriptionRequest) => isMeant(host.appKeyOf(session, request))
  const { frames, opened, ...others } = hooks
  return {
    ...others,
    ...(frames === undefined
      ? {}
      : { frames: { ...frames, concern: to => isOf(to.session) && frames.concern(to) } satisfies Hooks['frames'] }),
    answer: (session, request) => (isOf(session) ? hooks.answer?.(session, request) : undefined),
    isOccupied: (session, appKey) => isMeant(appKey) && (hooks.isOccupied?.(session, appKey) ?? false),
    reply: (session, request) => (isOf(session, request) ? hooks.reply?.(session, request) : undefined),
    reword: (session, request, text) => (isOf(session, request) ? hooks.reword?.(session, request, text) : undefined),
    isAbsent: (session, message) => isOf(session) && (hooks.isAbsent?.(session, message) ?? false),
    ignoresPing: session => isOf(session) && (hooks.ignoresPing?.(session) ?? false),
    closing: session => (isOf(session) ? hooks.closing?.(session) : undefined),
    rest: (path, appKey) => (isMeant(appKey) ? hooks.rest?.(path, appKey) : undefined),
    restAnswer: (path, answer, appKey) => (isMeant(appKey) ? hooks.restAnswer?.(path, answer, appKey) : undefined),
    restDelay: (path, appKey) => (isMeant(appKey) ? hooks.restDelay?.(path, appKey) : undefined),
    identified(session) {
      if (isOf(session)) opened?.(session)
    },
    closed(session) {
      if (isOf(session)) hooks.closed?.(session)
    },
  }
}
