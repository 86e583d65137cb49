// The one place where secrets are taken out of what is shown, kept or passed on, and the only way in for
// texts that came from outside.
//
// | What                                    | How         | Because                                 |
// | --------------------------------------- | ----------- | --------------------------------------- |
// | a value of a record                     | `known`     | data, thousands a second                |
// | a frame that is kept                    | `frame`     | what is left decodes to the same events |
// | the text of a frame that cannot be read | `exact`     | evidence: nothing else may change       |
// | a crash, a report, a bundle for support | `report`    | lines stay lines; in doubt, text goes   |
// | a line of a log, a cause, an error      | `line`      | one line, whatever it quotes            |
// | a text of KIS or of a gateway           | `quote`     | the same, and short                     |
// | a code of KIS or of a gateway           | `code`      | it is compared and counted              |
// | an address                              | `addressOf` | a user and a password may stand in it   |
import { visible } from '../market/basics/visible-text.ts'
import { bar, caret, one, zero } from './wire/bytes.ts'
import { frameText, readEnvelope, transactionAt, transactionLength } from './wire/frame.ts'
import { columnsFor, type Layout, layoutOf } from './wire/layout.ts'
import { redacted, type Secret } from './secret.ts'

export type Redaction = {
  /** Another secret, issued since. The last ones are kept; older ones open nothing any more. */
  add(secret: Secret): void
  /** Without known secrets; everything else as it came. */
  known(text: string): string
  /** Also without the values of fields that hold secrets, by their names. */
  exact(text: string): string
  /** Also without whatever has the shape of a secret. */
  report(text: string): string
  /** The same in one line of at most 4,000 characters, without anything that a terminal would obey. */
  line(text: string): string
  /** The same, of at most 300 characters. */
  quote(text: string): string
  /** `[A-Z0-9]{1,16}` as it is, nothing as nothing, and everything else as `malformed`. */
  code(text: string): string
  /** A frame to be kept: the same one, or one in its place. */
  frame(frame: Uint8Array): Uint8Array
  /** What people may see of a frame, at most 4 KB of it. */
  shown(frame: Uint8Array): string
  /** Whether a frame holds a known secret. Cheap enough to be asked of every frame. */
  suspects(frame: Uint8Array): boolean
}

/**
 * What is shown of a code that has not the form of one. Not of that form itself, so that it is no code of
 * KIS's.
 */
export const malformedCode = 'malformed'

/** Shorter than any secret KIS hands out: hiding such a word would only blot out ordinary text. */
const shortestSecret = 6
/**
 * A token and an approval key a day; a server that has them renewed all the time must not fill the memory.
 */
const mostIssued = 32
const longestLine = 4_000
const longestQuote = 300
const longestShown = 4_096
/** More than this is not looked through for a line. */
const longestRead = 64 * 1_024
/** A secret that was cut in two is not recognised, so this much goes where something was cut off. */
const longestSecret = 1_024

export function createRedaction(given: readonly Secret[] = []): Redaction {
  const issued: Secret[] = []
  let spellings: readonly string[] = []
  let longNeedles: readonly Buffer[] = []
  let shortNeedles: readonly Buffer[] = []
  let shortest = Number.POSITIVE_INFINITY
  learn()

  function learn(): void {
    const values = [...given, ...issued].map(secret => secret.reveal()).filter(value => value.length >= shortestSecret)
    // The longest first: one may be a part of another.
    spellings = [...new Set(values.flatMap(spellingsOf))].sort((a, b) => b.length - a.length)
    const needles = spellings.map(spelling => Buffer.from(spelling))
    longNeedles = needles.filter(({ length }) => length >= longRun)
    shortNeedles = needles.filter(({ length }) => length < longRun)
    shortest = spellings.at(-1)?.length ?? Number.POSITIVE_INFINITY
  }

  function known(text: string): string {
    if (text.length < shortest) return text
    let shown = text
    for (const spelling of spellings) if (shown.includes(spelling)) shown = shown.replaceAll(spelling, redacted)
    return shown
  }

  const exact = (text: string) => withoutNamed(known(text))
  const report = (text: string) => shapes.reduce((shown, shape) => shown.replaceAll(shape, redacted), exact(text))
  const oneLine = (text: string) => visible(report(text))

  return {
    add(secret) {
      if (issued.some(one => one.reveal() === secret.reveal())) return
      issued.push(secret)
      if (issued.length > mostIssued) issued.shift()
      learn()
    },
    known,
    exact,
    report,
    line: text => beginning(text, longestRead, longestLine, oneLine),
    quote: text => beginning(text, longestRead, longestQuote, oneLine),
    code(text) {
      const code = text.trim()
      if (code === '') return ''
      return /^[A-Z0-9]{1,16}$/.test(code) && known(code) === code ? code : malformedCode
    },
    frame: frame => keptFrame(frame, isData(frame) ? known : exact),
    shown(frame) {
      if (isData(frame) && frame[0] === one) return `an encrypted notice of ${frame.length} bytes, ${redacted}`
      const text = shownText(frame.subarray(0, 2 * longestShown))
      return beginning(text, longestShown + longestSecret, longestShown, exact, frame.length)
    },
    suspects(frame) {
      if (shortNeedles.some(needle => viewOf(frame).includes(needle))) return true
      return longNeedles.length > 0 && hasRun(frame) && longNeedles.some(needle => viewOf(frame).includes(needle))
    },
  }
}

/**
 * The beginning of a text without its secrets: at most `read` characters are looked through, at most `most`
 * are left.
 */
function beginning(
  text: string,
  read: number,
  most: number,
  redact: (text: string) => string,
  length = text.length,
): string {
  const isCut = text.length > read
  const shown = redact(isCut ? text.slice(0, read) : text)
  const kept = Math.min(most, isCut ? shown.length - longestSecret : shown.length)
  return kept === shown.length ? shown : `${shown.slice(0, Math.max(0, kept))}… (${length} in all)`
}

function viewOf(frame: Uint8Array): Buffer {
  return Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength)
}

/**
 * As a gateway may give a value back: as it was sent, or escaped as in an address, or as some libraries
 * escape JSON.
 */
function spellingsOf(value: string): string[] {
  // By way of a buffer: half a character of two could not be escaped.
  return [value, encodeURIComponent(Buffer.from(value).toString()), value.replaceAll('/', String.raw`\/`)]
}

const names =
  'approval_?key|app_?key|app_?secret|secret_?key|access_?token|authorization|personal_?seckey|hts_?id|cano|acnt_no|acct_no'

/**
 * `"appkey": "…"`, `'appkey': '…'`, `\"appkey\":\"…\"`, `appkey=…`, `authorization: Bearer …`. `iv` and
 * `key`, which open account notices, are everyday words and count in quotation marks only. A value that never
 * ends is one up to the end of the text.
 */
const named = new RegExp(
  String.raw`((?:\b(?:${names})(?:\\{0,3}["'])?|\\{0,3}(["'])(?:iv|key)\\{0,3}\2)\s{0,9}[:=]\s{0,9})` +
    String.raw`(?:"[^"\\]*(?:\\[^][^"\\]*)*|'[^'\\]*(?:\\[^][^'\\]*)*|\\{1,3}["'][^"'\\]*` +
    String.raw`|(?:Bearer\s)?(?!(?:true|false|null|undefined)\b)[\w+/.~-][^\s"'\\,;&}\]]*)`,
  'gi',
)

/** A text without the values of fields that hold secrets, whosever they are. */
export function withoutNamed(text: string): string {
  return text.replaceAll(named, (found, field: string) => {
    const quotation = /^\\*["']/.exec(found.slice(field.length))?.[0] ?? ''
    return `${field}${quotation}${redacted}`
  })
}

/** A text of KIS without the approval key that it refuses and quotes. */
export function withoutApproval(text: string): string {
  return text.replace(/(invalid approval[^:]*:\s*)(?!not found)\S.*/i, `$1${redacted}`)
}

/** What KIS hands out and what people write down, by its shape. */
const shapes: readonly RegExp[] = [
  /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, // an approval key
  /(?<![\w-])eyJ[\w-]+\.[\w-]+\.[\w-]+/g, // an access token
  /\bPS[A-Za-z0-9]{34}\b/g, // an app key
  /[A-Za-z0-9+/]{120,}={0,2}/g, // an app secret, a sealed notice
  /\b\d{8}-\d{2}\b/g, // an account number, as brokers write it
  /(?<=:\/\/)[^/\s@]+(?=@)/g, // user and password of an address
]

/**
 * An address without user and password. Also one that is misspelt, whose parts cannot be separated:
 * everything up to the last `@` goes, and everything behind a colon that is followed by no port.
 */
export function addressOf(url: string): string {
  const scheme = /^[a-z][a-z0-9+.-]*:\/*/i.exec(url)?.[0] ?? ''
  const rest = url.slice(scheme.length)
  if (rest.includes('@')) return `${scheme}${redacted}${rest.slice(rest.lastIndexOf('@'))}`
  return /^[^/[]*:(?!\d{1,5}(?:[/?#]|$))/.test(rest) ? `${scheme}${redacted}` : url
}

/** Whether a transaction's records identify an account's holder. */
export function isPersonal(tr: string): boolean {
  return layoutOf(tr)?.encrypted === true
}

/**
 * What may be shown of a frame: nothing of an account notice, sealed or opened, because what is broken in it
 * may well be where the account number stands.
 */
export function shownText(frame: Uint8Array): string {
  const tr = transactionOf(frame)
  return isData(frame) && frame[0] === zero && isPersonal(tr)
    ? `${tr}: a notice of ${frame.length} bytes, ${redacted}`
    : frameText(frame)
}

/** App keys and approval keys have 36 characters, everything else of KIS's more. */
const longRun = 32

function isData(frame: Uint8Array): boolean {
  return (frame[0] === zero || frame[0] === one) && frame[1] === bar
}

function transactionOf(frame: Uint8Array): string {
  return frameText(frame.subarray(transactionAt, transactionAt + transactionLength))
}

/**
 * Whether so much stands between two carets as keys and tokens are long, which no value of a trade is. Looks
 * at one byte in so many, and back from there to the last caret: most of a frame is never read.
 */
function hasRun(frame: Uint8Array): boolean {
  let free = -1
  for (let at = longRun - 1; at < frame.length; at = free + longRun) {
    const last = free
    free = at
    while (free > last && frame[free] !== caret) free--
    if (free === last) return true
  }
  return false
}

function keptFrame(frame: Uint8Array, redact: (text: string) => string): Uint8Array {
  const layout = layoutOf(transactionOf(frame))
  // An open notice; an encrypted one is not readable.
  if (layout?.encrypted && frame[0] === zero) return keptNotice(frame, layout)
  const text = frameText(frame)
  const shown = redact(text)
  if (shown === text) return frame
  const buffer = Buffer.from(text)
  return Buffer.from(shown, buffer.equals(frame) ? 'utf8' : 'latin1')
}

const payloadAt = transactionAt + transactionLength + 1

function keptNotice(frame: Uint8Array, layout: Layout): Uint8Array {
  const envelope = readEnvelope(frame)
  if (typeof envelope === 'string') return blackened(frame, countAt(frame))
  const { count, payload } = envelope
  const values = Buffer.from(frame.subarray(payload)).toString('latin1').split('^')
  const width = values.length / count
  // Of these the decoder says nothing but how long they are and how many values they have.
  if (!Number.isInteger(width) || width < layout.minWidth) return blackened(frame, payload)
  const columns = columnsFor(layout, width)
  const kept = values.map((value, at) => {
    const type = columns[at % width]?.[1] ?? 'secret'
    return type === 'secret' && value !== '' ? redacted : value
  })
  return Buffer.concat([frame.subarray(0, payload), Buffer.from(kept.join('^'), 'latin1')])
}

/** The same length, the same number of values, and nothing in them. */
function blackened(frame: Uint8Array, from: number): Uint8Array {
  return frame.map((byte, at) => (at < from || byte === caret ? byte : 120))
}

/** Behind the count, if there is one. */
function countAt(frame: Uint8Array): number {
  const head = Buffer.from(frame.subarray(payloadAt, payloadAt + 7)).toString('latin1')
  return payloadAt + (/^\d{1,6}\|/.exec(head)?.[0].length ?? 0)
}
