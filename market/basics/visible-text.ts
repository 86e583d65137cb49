// Text from outside, made safe to print: on a terminal or in a line of a log it could move the cursor, clear
// the screen, or begin a line of its own.

/**
 * Control characters (C0, DEL, C1), line and paragraph separators, and marks that turn the direction of the
 * text or take no room.
 */
const unsafe = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/u
const everyUnsafe = new RegExp(unsafe, 'gu')

/** The text with each of them written out, as `\x1b` or `\u202e`. */
export function visible(text: string): string {
  return unsafe.test(text) ? text.replaceAll(everyUnsafe, writtenOut) : text
}

function writtenOut(character: string): string {
  const code = character.charCodeAt(0)
  return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
}

/**
 * JSON of the same value, in which they are escaped too: JSON itself lets all but the first 32 stand as they
 * are.
 */
export function visibleJson(json: string): string {
  return unsafe.test(json) ? json.replaceAll(everyUnsafe, escaped) : json
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
