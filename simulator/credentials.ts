// The tokens and approval keys that were issued, and to whom (protocol notes 2). Any app key with any secret
// is welcome: the simulator guards nothing.
import { hourMs, minuteMs } from '../market/basics/durations.ts'
import { randomBytes, randomUUID } from 'node:crypto'
import type { Clock } from '../market/clock.ts'

/** How long both tokens and approval keys are good for. */
export const lifetimeMs = 24 * hourMs
/** Asked again before this, KIS hands out the same token (since 2023-04-28). */
const sameTokenMs = 6 * hourMs
/** One a second is what the notice says; one a minute is what is enforced. */
const tokenPaceMs = minuteMs

export type Token = { readonly token: string; readonly issuedAt: number }

/**
 * Whose approval key or token it is. KIS looks at an approval key's age only when a session opens: whether it
 * matters is for the caller.
 */
export type Approval = { readonly appKey: string; readonly expired: boolean }

export type CredentialCounts = {
  /** New tokens. The same one handed out again counts as repeated. */
  readonly tokensIssued: number
  readonly tokensRepeated: number
  /** Asked for within a minute of the last one. */
  readonly tokensRefused: number
  readonly approvalsIssued: number
}

export type Credentials = {
  /** Undefined within a minute of the last token this app key was given. */
  issueToken(appKey: string): Token | undefined
  /** False when the app key holds no such token. */
  revokeToken(appKey: string, token: string): boolean
  /** Whose token it is; undefined for one that was never issued, or was replaced or revoked. */
  tokenOf(token: string): Approval | undefined
  issueApproval(appKey: string): string
  approvalOf(approvalKey: string): Approval | undefined
  /** No approval key issued so far is known afterwards; says how many were. */
  forgetApprovals(): number
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
    forgetApprovals() {
      const { size } = approvals
      approvals.clear()
      return size
    },
    counts: () => ({ ...counts }),
  }
}
