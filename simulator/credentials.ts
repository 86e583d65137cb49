// The issued tokens and approval keys, and their app keys (protocol notes 2). Any app key with any secret is
// accepted: the simulator protects nothing.
import { hourMs, minuteMs } from '../market/basics/durations.ts'
import { randomBytes, randomUUID } from 'node:crypto'
import type { Clock } from '../market/clock.ts'

/** How long both tokens and approval keys are good for. */
export const lifetimeMs = 24 * hourMs
/** Asked again within this time, KIS returns the same token (since 2023-04-28). */
const sameTokenMs = 6 * hourMs
/** KIS's notice says one a second; it enforces one a minute. */
const tokenPaceMs = minuteMs

export type Token = { readonly token: string; readonly issuedAt: number }

/**
 * The app key of an approval key or token. KIS checks the age of an approval key only when a session opens,
 * so the caller decides whether it matters.
 */
export type Approval = { readonly appKey: string; readonly expired: boolean }

export type CredentialCounts = {
  /** New tokens. The same token issued again counts as repeated. */
  readonly tokensIssued: number
  readonly tokensRepeated: number
  /** Asked for within a minute of the last one. */
  readonly tokensRefused: number
  readonly approvalsIssued: number
}

export type Credentials = {
  /** Undefined within a minute of the last token this app key was given. */
  issueToken(appKey: string): Token | undefined
  /** False when the app key has no such token. */
  revokeToken(appKey: string, token: string): boolean
  /** The app key of a token; undefined for one that was never issued, or was replaced or revoked. */
  tokenOf(token: string): Approval | undefined
  issueApproval(appKey: string): string
  approvalOf(approvalKey: string): Approval | undefined
  /** Invalidates the approval keys issued so far to these app keys; returns how many. */
  forgetApprovals(isMeant: (appKey: string) => boolean): number
  counts(): CredentialCounts
}

export function createCredentials(clock: Clock): Credentials {
  const tokens = new Map<string, Token>()
  const lastGiven = new Map<string, number>()
  const approvals = new Map<string, { readonly appKey: string; readonly issuedAt: number }>()
  const counts = { tokensIssued: 0, tokensRepeated: 0, tokensRefused: 0, approvalsIssued: 0 }

  return {
    issueToken(appKey) {
      const now = clock.now()
      if (now - (lastGiven.get(appKey) ?? Number.NEGATIVE_INFINITY) < tokenPaceMs) {
        counts.tokensRefused++
        return undefined
      }
      lastGiven.set(appKey, now)
      const held = tokens.get(appKey)
      if (held !== undefined && now - held.issuedAt < sameTokenMs) {
        counts.tokensRepeated++
        return held
      }
      // Of the length of a real one, which has about 350 characters.
      const issued = { token: randomBytes(256).toString('base64url'), issuedAt: now }
      tokens.set(appKey, issued)
      counts.tokensIssued++
      return issued
    },
    revokeToken: (appKey, token) => tokens.get(appKey)?.token === token && tokens.delete(appKey),
    tokenOf(text) {
      for (const [appKey, { token, issuedAt }] of tokens)
        if (token === text) return { appKey, expired: clock.now() - issuedAt >= lifetimeMs }
      return undefined
    },
    issueApproval(appKey) {
      const approvalKey = randomUUID()
      approvals.set(approvalKey, { appKey, issuedAt: clock.now() })
      counts.approvalsIssued++
      return approvalKey
    },
    approvalOf(approvalKey) {
      const approval = approvals.get(approvalKey)
      if (approval === undefined) return undefined
      return { appKey: approval.appKey, expired: clock.now() - approval.issuedAt >= lifetimeMs }
    },
    forgetApprovals(isMeant) {
      const { size } = approvals
      for (const [approvalKey, { appKey }] of approvals) if (isMeant(appKey)) approvals.delete(approvalKey)
      return size - approvals.size
    },
    counts: () => ({ ...counts }),
  }
}
