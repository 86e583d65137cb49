// What can go wrong between us and KIS, as one type that says whether trying again is worth it.

export type KisErrorKind =
  /** The token or the keys: refresh, then once more; or the keys are wrong. */
  | 'authentication'
  /** Too many calls: wait. */
  | 'rate-limit'
  /** The request itself: trying again changes nothing. */
  | 'invalid-request'
  /** KIS has trouble of its own. */
  | 'server'
  /** Refused without a code, in words that no source quotes: worth another try, at most three times. */
  | 'unknown'
  /** There was no answer. */
  | 'network'

export class KisError extends Error {
  override readonly name = 'KisError'
  readonly kind: KisErrorKind
  /** KIS's code, or undefined when it said none. */
  readonly code: string | undefined
  /** KIS's text, which tells the meanings of a code apart; undefined when it sent none. */
  readonly said: string | undefined
  readonly retryable: boolean

  constructor(
    kind: KisErrorKind,
    message: string,
    facts: { code?: string; said?: string; retryable?: boolean; cause?: unknown } = {},
  ) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.kind = kind
    this.code = facts.code
    this.said = facts.said
    this.retryable = facts.retryable ?? kind !== 'invalid-request'
  }
}

/** How often words that no source quotes are taken for trouble that passes. */
export const mostUnknown = 3

/** The same refusal, said too often to be passing. */
export function asFinal(error: KisError): KisError {
  return new KisError('invalid-request', `${error.message} It said so ${mostUnknown + 1} times in a row.`, {
    cause: error,
  })
}
