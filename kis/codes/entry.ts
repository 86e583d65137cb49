// What the catalogue says about one answer code of KIS.

export type Severity = 'info' | 'medium' | 'high' | 'critical'

/** What an answer makes us do. */
export type Reaction =
  /** The subscription is active. Only data proves that data will come (protocol notes, fact 8). */
  | 'acknowledged'
  /** The subscription is gone, or was never there. */
  | 'released'
  /** ALREADY IN SUBSCRIBE. */
  | 'duplicate'
  /** This request failed for good: asked again, it fails again. The session is fine. */
  | 'refused'
  /** `credentials.refused`: forget the approval key. */
  | 'renew-approval'
  /** Another session holds the app key. */
  | 'occupied'
  /** Refresh the access token, then retry once. */
  | 'renew-token'
  /** Tokens are issued once a minute: wait 60 s, one process only. */
  | 'wait-for-token'
  /** Too many calls per second. */
  | 'slow-down'
  /**
   * Passing trouble at KIS. On the socket: the key is refused now, and is asked for again later. See
   * `isPassing`.
   */
  | 'retry'
  /** The same request would fail again: invalid, not permitted, or the keys are wrong. */
  | 'give-up'
  /** All is well. */
  | 'none'

export type CodeEntry = {
  /** KIS's `msg_cd`, or the `error_code` of the `/oauth2` calls. */
  readonly code: string
  /** KIS's `msg1` or `error_description`; null where no source quotes it. */
  readonly message: string | null
  readonly meaning: { readonly en: string; readonly ko: string }
  readonly severity: Severity
  readonly reaction: Reaction
  readonly remedy: { readonly en: string; readonly ko: string }
}
