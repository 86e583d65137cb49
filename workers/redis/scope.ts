// Separates the app keys in Redis, and makes their values unreadable there: names are made from a hash, and
// credentials are sealed with a key that only a holder of the app secret can make.
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'
import type { AppKeys } from '../../kis/credentials.ts'
import type { Secret } from '../../kis/secret.ts'

/** An app key at one address: paper, production and a simulator issue different things. */
export type Owner = AppKeys & { readonly restUrl: string }

/**
 * Begins the name of every key of an app key. An app key is 36 random characters, so its hash does not reveal
 * it. The braces keep all of them on one node of a cluster.
 */
export function prefixOf({ appKey, restUrl }: Owner): string {
  return `{kis-${shortHash(`${restUrl} ${appKey.reveal()}`)}}`
}

/** Names a token where the token itself must not be written. */
export function fingerprintOf(secret: Secret): string {
  return shortHash(secret.reveal())
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}

export type Seal = {
  close(text: string): string
  /** Undefined when it was sealed with another app secret or under another name, or was changed since. */
  open(closed: string): string | undefined
}

const nonceBytes = 12
const tagBytes = 16

/**
 * AES-256-GCM under a key derived (HKDF) from the app secret, which never leaves the process. `name` is bound
 * in: a value sealed as a token does not open as an approval key.
 */
export function createSeal(owner: Owner, name: string): Seal {
  const label = Buffer.from(`kis-stream ${prefixOf(owner)} ${name}`)
  const key = Buffer.from(hkdfSync('sha256', owner.appSecret.reveal(), owner.appKey.reveal(), label, 32))
  return {
    close(text) {
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(label)
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url')
    },
    open(closed) {
      const bytes = Buffer.from(closed, 'base64url')
      if (bytes.length < nonceBytes + tagBytes) return undefined
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes)).setAAD(label)
        decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes))
        const text = Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()])
        return text.toString('utf8')
      } catch {
        return undefined
      }
    },
  }
}
