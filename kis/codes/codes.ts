// What KIS's answer codes mean, how grave they are, what we do and what the user can do: the catalogue and
// its look-up. It only explains. Whether an answer is a refusal at all is for the caller to say, from
// `rt_cd`.
import { withoutApproval } from '../redaction.ts'
import { restCatalogue } from './catalogue-rest.ts'
import { webSocketCatalogue } from './catalogue-ws.ts'
import type { CodeEntry } from './entry.ts'

export type { CodeEntry, Reaction, Severity } from './entry.ts'

/**
 * Every code that a source describes. A code with several meanings is here once for each, the default meaning
 * last.
 */
export const catalogue: readonly CodeEntry[] = [...webSocketCatalogue, ...restCatalogue]

// A Map, because codes come from the wire and an object would answer to `__proto__`.
const entriesByCode = new Map<string, CodeEntry[]>()
for (const entry of catalogue) {
  const entries = entriesByCode.get(entry.code)
  if (entries) entries.push(entry)
  else entriesByCode.set(entry.code, [entry])
}

/**
 * Which text points to which meaning, for codes that have several: one expression for each meaning but the
 * last, which any other text is read as.
 *
 * OPSP0003: the wire says `UNSUBSCRIBE ERROR(not found!)` (protocol notes 3.5), spelt with and without a
 * space before the bracket, so "not found" is what counts. `MANDATORY INPUT MISSING` (operating guide 3.2),
 * and everything that is neither, is a refusal: to take a refusal for a release would lose a key in silence,
 * the opposite costs a line of log.
 *
 * EGW00213: anything but the missing company name is "not a paper TR", because only allied corporations send
 * a name.
 *
 * OPSQ2001: three texts are reported by clients. Only the one about the hour passes.
 */
const telltales: ReadonlyMap<string, readonly RegExp[]> = new Map([
  ['OPSP0003', [/not\s+found/i]],
  ['EGW00213', [/corpname|제휴사명/i]],
  ['OPSQ2001', [/time\s+limit/i, /field\s+not\s+found/i]],
])

/** Texts with a part that varies, for answers without a code. */
const varyingTexts: readonly (readonly [side: Side, text: RegExp, code: string])[] = [
  ['socket', /^\s*invalid approval\b/i, 'OPSP0011'],
  ['socket', /^\s*unsubscribe error\b.*not\s+found/i, 'OPSP0003'],
  ['rest', /time\s+limit/i, 'OPSQ2001'],
  ['rest', /input field not found/i, 'OPSQ2001'],
]

/** Where an answer came from. Each side has codes of its own, and some texts are those of both. */
export type Side = 'socket' | 'rest'

const entriesByText: Readonly<Record<Side, ReadonlyMap<string, CodeEntry>>> = {
  socket: byText(webSocketCatalogue),
  rest: byText(restCatalogue),
}

/**
 * Explains an answer by its code, and by its text where the code has several meanings. The texts of all other
 * codes vary too much to decide anything (MCA00000 was captured as 정상처리 되었습니다 with a full stop and with an
 * exclamation mark), so a text of its own is quoted in `message` and changes nothing else. Unknown codes are
 * kept verbatim.
 *
 * Without a code the text decides, as the socket says it; one that no source quotes is a passing refusal.
 */
export function explain(code: string, text: string): CodeEntry {
  const known = code.trim()
  if (known === '') return explainText(text, 'socket') ?? unknown(code, text)
  const entry = entryOf(known, text)
  return entry === undefined ? unknown(code, text) : saying(entry, text)
}

/** Explains an answer that came without a code. Undefined when no source quotes its text. */
export function explainText(text: string, side: Side): CodeEntry | undefined {
  const entries = entriesByText[side]
  const quoted = entries.get(essenceOf(text)) ?? entries.get(essenceOf(withoutHead(text)))
  if (quoted !== undefined) return saying(quoted, text)
  const varying = varyingTexts.find(([where, pattern]) => where === side && pattern.test(text))
  const entry = varying === undefined ? undefined : entryOf(varying[2], text)
  return entry === undefined ? undefined : saying(entry, text)
}

/** KIS's text with a full stop, so that a sentence can follow it. */
export function sentenceOf(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}

/** What the text of a REST refusal asks for, whatever its code; undefined for nothing. */
export function patienceIn(text: string): 'slow-down' | 'retry' | undefined {
  if (/초당/.test(text)) return 'slow-down'
  return /잠시\s*후|일시적|다시\s*시도|재\s*조회/.test(text) ? 'retry' : undefined
}

function entryOf(code: string, text: string): CodeEntry | undefined {
  const entries = entriesByCode.get(code) ?? []
  const index = (telltales.get(code) ?? []).findIndex(telltale => telltale.test(text))
  return entries[index] ?? entries.at(-1)
}

/**
 * The entry with the text that came, if that is another one. An approval key that KIS quotes in it is left
 * out.
 */
function saying(entry: CodeEntry, text: string): CodeEntry {
  if (text.trim() === '' || alike(text, entry.message)) return entry
  return { ...entry, message: withoutApproval(text) }
}

/** By their texts, and without what KIS puts in front of some of them. Where two have one text, the first. */
function byText(entries: readonly CodeEntry[]): ReadonlyMap<string, CodeEntry> {
  const found = new Map<string, CodeEntry>()
  for (const shorten of [(text: string) => text, withoutHead]) {
    for (const entry of entries) {
      const essence = entry.message === null ? '' : essenceOf(shorten(entry.message))
      if (essence !== '' && !found.has(essence)) found.set(essence, entry)
    }
  }
  return found
}

/** KIS's own list and its wire differ in this, and in the spelling of WARNNING. */
function withoutHead(text: string): string {
  return text.replace(/^\s*(?:json parsing error|subscribe error|subscribe warn+ing)\s*:/i, '')
}

/** Letters and digits: white space, case, full stops and exclamation marks vary. */
function essenceOf(text: string): string {
  return text
    .normalize('NFC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '')
}

/**
 * Whether a refused subscription may be accepted later. Every other refusal is final: the request itself is
 * at fault.
 */
export function isPassing({ reaction }: CodeEntry): boolean {
  return reaction === 'retry'
}

/** Whether any source describes the code. */
export function isCatalogued(code: string): boolean {
  return entriesByCode.has(code.trim())
}

function alike(text: string, message: string | null): boolean {
  return message !== null && text.trim().toLowerCase() === message.trim().toLowerCase()
}

/**
 * An entry for a code that no source describes. The socket has only ever sent OPSP codes, and a control frame
 * may lack its code, so these two are refusals, and passing ones: to ask again costs little, and never to ask
 * loses the day. A REST code is judged by what its text asks for: codes newer than KIS's list ask for
 * patience in the same words as the listed ones (EGW00215 초당, EGW00316 재 조회, both from users' reports).
 */
function unknown(code: string, text: string): CodeEntry {
  const quoted = text.trim() === '' ? { en: 'no text', ko: '메시지 없음' } : { en: text, ko: text }
  return {
    code,
    message: text.trim() === '' ? null : text,
    meaning: {
      en: `A code this catalogue does not know. KIS said: ${sentenceOf(quoted.en)}`,
      ko: `목록에 없는 코드입니다. KIS 메시지: ${sentenceOf(quoted.ko)}`,
    },
    ...verdict(code.trim(), text),
    remedy: {
      en: 'Look the code up in the FAQ of the KIS Developers portal, and report it so that it can be added here.',
      ko: 'KIS Developers 포털의 FAQ에서 코드를 확인하고, 목록에 추가할 수 있도록 이슈로 알려 주세요.',
    },
  }
}

function verdict(code: string, text: string): Pick<CodeEntry, 'severity' | 'reaction'> {
  if (code === '' || code.startsWith('OPSP')) return { severity: 'high', reaction: 'retry' }
  const patience = patienceIn(text)
  return patience === undefined ? { severity: 'high', reaction: 'give-up' } : { severity: 'medium', reaction: patience }
}
