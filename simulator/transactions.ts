// Which transactions KIS's real-time server knows, and what their keys look like (protocol notes 3.2).
import { redacted } from '../kis/secret.ts'
import { layoutOf } from '../kis/wire/layout.ts'

/** `tr` and `key` are KIS's `tr_id` and `tr_key`. */
export type Registration = { readonly tr: string; readonly key: string }

export function isTransaction(tr: string): boolean {
  return layoutOf(tr) !== undefined
}

/** Account notices: encrypted, and keyed by a person's HTS login id. */
export function isNotice(tr: string): boolean {
  return layoutOf(tr)?.kind === 'notice'
}

const koreanKey = /^[0-9A-Z]{6,7}$/
const overseasKey = /^[DR](NAS|NYS|AMS|BAQ|BAY|BAA|HKS|TSE|SHS|SZS|HSX|HNX)[0-9A-Z][0-9A-Z._/-]{0,19}$/
/** Overseas options have a space in theirs: `OESH23 C3900`. */
const anyKey = /^[\w./@-]+( [\w./@-]+)?$/

/**
 * Whether a key has the form of its transaction. Whether there is such a symbol does not matter: KIS
 * acknowledges a wrong but well-formed key, and then sends no data (protocol notes 1).
 */
export function isKeyOf(tr: string, key: string): boolean {
  if (/^H0(ST|NX|UN)(CNT|ASP)0$/.test(tr)) return koreanKey.test(key)
  if (/^HDFS(CNT0|ASP[01])$/.test(tr)) return overseasKey.test(key)
  return key.length <= 40 && anyKey.test(key)
}

/** A registration for the log. A login id identifies a person, so it is left out. */
export function nameOf({ tr, key }: Registration): string {
  return isNotice(tr) ? `${tr} ${redacted}` : `${tr} ${key}`
}
