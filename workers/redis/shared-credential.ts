// A process's access to a credential that all processes of its app key share: the present one, or, after KIS
// refused it, a new one.
import type { Clock } from '../../market/clock.ts'
import type { Secret } from '../../kis/secret.ts'
import { fingerprintOf } from './scope.ts'
import { type RefreshDeps, refresh } from '../jobs/token-refresh.ts'

export type SharedCredential = {
  /** Rejects when KIS must not be asked yet (TryLater), when KIS refuses, and when Redis is away. */
  current(): Promise<Secret>
  /**
   * KIS refused `refused` (EGW00123, EGW00121, IGW00221 for a token): renewed at once, unless another process
   * has already renewed it.
   */
  renew(refused: Secret): Promise<Secret>
  /** The last one read, for as long as it is valid by our own clock: Redis may be away for a while. */
  last(): Secret | undefined
  /** When KIS issued the last one read, by Redis's clock. */
  issuedAt(): number | undefined
}

export type SharedCredentialParts = RefreshDeps & {
  readonly clock: Clock
  /** Called with everything issued, so that it can be kept out of logs. */
  readonly onSecret: (secret: Secret) => void
}

export function createSharedCredential({ clock, onSecret, ...deps }: SharedCredentialParts): SharedCredential {
  let last: { readonly secret: Secret; readonly issuedAt: number; readonly usableUntil: number } | undefined

  async function read(refused?: string): Promise<Secret> {
    const { held } = await refresh(deps, refused)
    if (last?.secret.reveal() !== held.secret.reveal()) onSecret(held.secret)
    // The least remaining lifetime of a returned credential.
    last = { secret: held.secret, issuedAt: held.issuedAt, usableUntil: clock.now() + deps.rules.renewBeforeMs }
    return held.secret
  }

  return {
    current: () => read(),
    async renew(refused) {
      const fingerprint = fingerprintOf(refused)
      if (last !== undefined && fingerprintOf(last.secret) === fingerprint) last = undefined
      return await read(fingerprint)
    },
    issuedAt: () => last?.issuedAt,
    last: () => (last !== undefined && clock.now() < last.usableUntil ? last.secret : undefined),
  }
}
