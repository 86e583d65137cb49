// The shape of a REST answer: its blocks, filled in KIS's order and in KIS's spelling of values. Every value
// is text.

/**
 * How a value is written: whole, with N decimals, with N decimals and a plus or a blank in front, or as it
 * is. `text`, `code` and `yn` without a simulated value are those of an ordinary issue, as captured.
 */
export type FieldKind = string

export type Field = readonly [code: string, kind: FieldKind, ordinary: string, label: string]

export type Block = { readonly isList: boolean; readonly fields: readonly Field[] }

export type RestShape = {
  readonly name: string
  readonly method: string
  readonly path: string
  /** On production and on paper; none for a call without one. */
  readonly trs: readonly string[]
  /** The code of success. */
  readonly message: string
  readonly blocks: Readonly<Record<string, Block>>
}

/** By KIS's name of a key. Numbers are formatted for the key; text goes out as it is. */
export type Values = Readonly<Record<string, string | number | undefined>>

export type Row = Readonly<Record<string, string>>

/**
 * One object of a block. A missing number stays empty, which no client takes for a price; tests look for
 * those.
 */
export function fill({ fields }: Block, values: Values): Row {
  return Object.fromEntries(
    fields.map(([code, kind, ordinary]) => [code, textOf(kind, values[code]) ?? (isOrdinary(kind) ? ordinary : '')]),
  )
}

/**
 * The block of an unknown symbol: every number is 0 for Korean symbols, every value empty for overseas ones.
 */
export function fillUnknown({ fields }: Block, way: 'zeros' | 'empty'): Row {
  return Object.fromEntries(fields.map(([code, kind]) => [code, way === 'zeros' ? zeroOf(kind) : '']))
}

function isOrdinary(kind: FieldKind): boolean {
  return kind === 'text' || kind === 'code' || kind === 'yn'
}

function textOf(kind: FieldKind, value: string | number | undefined): string | undefined {
  if (typeof value !== 'number') return value
  if (!Number.isFinite(value)) return zeroOf(kind)
  const decimals = decimalsOf(kind)
  const text = (decimals === 0 ? Math.round(value) : value).toFixed(decimals)
  const unsignedZero = /^-0(\.0*)?$/.test(text) ? text.slice(1) : text
  if (!kind.startsWith('+') || unsignedZero.startsWith('-')) return unsignedZero
  return `${Number(unsignedZero) === 0 ? ' ' : '+'}${unsignedZero}`
}

function zeroOf(kind: FieldKind): string {
  if (kind === 'sign') return '3'
  return kind === 'int' || decimalsOf(kind) > 0 ? (0).toFixed(decimalsOf(kind)) : ''
}

function decimalsOf(kind: FieldKind): number {
  return Number(/^\+?dec(\d)$/.exec(kind)?.[1] ?? 0)
}
