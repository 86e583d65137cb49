// A number as people and programs write one. JavaScript's own conversion reads `true`, `[1]`, `''` and
// `'0x10'` as numbers too, and so turns a mistake into a setting.

/** A finite number, or its decimal digits as text (`3000`, `-0.5`); undefined for everything else. */
export function plainNumber(given: unknown): number | undefined {
  if (typeof given === 'number') return Number.isFinite(given) ? given : undefined
  if (typeof given !== 'string' || !/^[+-]?\d{1,20}(?:\.\d{1,20})?$/.test(given.trim())) return undefined
  return Number(given)
}

/** A value as a mistake quotes it: its text, short enough for a line. */
export function quoted(given: unknown): string {
  const text = (typeof given === 'string' ? given : shown(given)).replaceAll(/\p{Cc}/gu, '�')
  return `'${text.length > 60 ? `${text.slice(0, 57)}…` : text}'`
}

/** An object may hold a secret, or itself. */
function shown(given: unknown): string {
  if (Array.isArray(given)) return `[${given.slice(0, 10).map(shown).join(',')}]`
  if (typeof given === 'object' && given !== null) return 'an object'
  return typeof given === 'function' ? 'a function' : String(given)
}
