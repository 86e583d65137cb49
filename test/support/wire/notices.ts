// Account notices as KIS sends them: encrypted with the key that came with the acknowledgement.
import { createCipheriv } from 'node:crypto'
import type { NoticeKey } from '../../../kis/wire/control.ts'

/** A key of the shape KIS hands out, 32 and 16 characters, used as text. */
export const testNoticeKey: NoticeKey = { key: 'abcdefghijklmnopqrstuvwxyzabcdef', iv: '0123456789abcdef' }

/** `1|H0STCNI0|001|<base64>`: AES-256-CBC with PKCS#7 padding (protocol notes 4). */
export function encryptedFrame(
  tr: string,
  plaintext: string,
  options: { count?: string; noticeKey?: NoticeKey } = {},
): string {
  const { key, iv } = options.noticeKey ?? testNoticeKey
  const cipher = createCipheriv('aes-256-cbc', Buffer.from(key), Buffer.from(iv))
  const payload = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]).toString('base64')
  return `1|${tr}|${options.count ?? '001'}|${payload}`
}
