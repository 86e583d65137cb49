// Opens encrypted account notices (AES-256-CBC, PKCS#7). The key comes with the acknowledgement of each
// subscription and is valid for that session alone, so each session creates its own opener.
//
// 1|H0STCNI0|001|<base64> → 0|H0STCNI0|001|<values>
import { createDecipheriv } from 'node:crypto'
import type { NoticeKey } from './control.ts'
import { isPersonal } from '../redaction.ts'
import { frameText, transactionAt, transactionLength } from './frame.ts'

export type NoticeOpener = {
  learn(tr: string, key: NoticeKey): void
  /** The frame in clear; `unknown-key` while its transaction has none; itself when decryption fails. */
  open(frame: Uint8Array): Uint8Array | 'unknown-key'
}

export function createNoticeOpener(): NoticeOpener {
  const keys = new Map<string, NoticeKey>()
  return {
    learn(tr, key) {
      // Every acknowledgement has a key; a server that invents transactions must not fill the memory.
      if (isPersonal(tr)) keys.set(tr, key)
    },
    open(frame) {
      const key = keys.get(frameText(frame.subarray(transactionAt, transactionAt + transactionLength)))
      return key === undefined ? 'unknown-key' : (decrypted(frame, key) ?? frame)
    },
  }
}

export function isEncrypted(frame: Uint8Array): boolean {
  return frame[0] === 49
}

function decrypted(frame: Uint8Array, { key, iv }: NoticeKey): Uint8Array | undefined {
  const text = frameText(frame)
  const payload = text.split('|', 3).join('|').length + 1
  try {
    const decipher = createDecipheriv('aes-256-cbc', Buffer.from(key, 'utf8'), Buffer.from(iv, 'utf8'))
    const clear = Buffer.concat([decipher.update(text.slice(payload), 'base64'), decipher.final()])
    return Buffer.concat([Buffer.from(`0${text.slice(1, payload)}`), clear])
  } catch {
    return undefined
  }
}
