// Finds what must not stand in code, comments and documents: words with more than one meaning, and comment
// lines that are too long.
import quotations from './quotations.json' with { type: 'json' }
import retired from './retired-words.json' with { type: 'json' }

export type Finding = { readonly file: string; readonly line: number; readonly what: string; readonly text: string }

const mostColumns = 110

/** The word by itself, or as a part of an identifier (camel case, and capitals). */
function asPattern(word: string): string {
  const capital = word.charAt(0).toUpperCase() + word.slice(1)
  const upper = word.toUpperCase()
  return [`(?<![A-Za-z])${word}(?![a-z])`, `(?<![A-Z])${capital}(?![a-z])`, `(?<![A-Za-z])${upper}(?![A-Za-z])`]
    .join('|')
    .replaceAll(' ', '\\s+')
}

const patterns = retired.flatMap(({ words, instead }) =>
  words.map(word => ({ word, instead, pattern: new RegExp(asPattern(word), 'u') })),
)

/**
 * Everything in a file that should be written otherwise. `allowed`: texts that may hold a retired word there.
 */
export function findWords(file: string, source: string, allowed: readonly string[] = allowedIn(file)): Finding[] {
  const lines = source.split('\n')
  const end = file === 'CHANGELOG.md' ? endOfUnreleased(lines) : lines.length
  return lines.slice(0, end).flatMap((text, index) => {
    const at = { file, line: index + 1, text: text.trim() }
    const rest = allowed.reduce((left, quotation) => left.replaceAll(quotation, ''), text)
    const found: Finding[] = patterns
      .filter(({ pattern }) => pattern.test(rest))
      .map(({ word, instead }) => ({ ...at, what: `«${word}»: say ${instead}` }))
    const columns = isComment(file, text) ? text.length : 0
    if (columns > mostColumns) found.push({ ...at, what: `${columns} columns: at most ${mostColumns} in a comment` })
    return found
  })
}

/** Released versions stay as they were written. */
function endOfUnreleased(lines: readonly string[]): number {
  const releases = lines.flatMap((text, index) => (text.startsWith('## [') ? [index] : []))
  return lines[releases[0] ?? 0]?.includes('Unreleased') === true ? (releases[1] ?? lines.length) : (releases[0] ?? 0)
}

/** A captured record or an address cannot be wrapped. */
function isComment(file: string, text: string): boolean {
  return !file.endsWith('.md') && /^\s*(?:\/\/|\/?\*)/u.test(text) && !/\S{60}/u.test(text)
}

function allowedIn(file: string): readonly string[] {
  return quotations.filter(quotation => quotation.file === file || quotation.file === '*').map(({ text }) => text)
}
